-- One row per household of somebody with assistance that covers: what by, since when.
with

members as (
    select
        resident_key,
        household_no
    from members
    where is_alive
),

covered as (
    select * from covered_residents
)

-- what covers the household comes before what covers a member alone
select
    members.household_no,
    coalesce(
        arg_min(
            covered.household_covered_by,
            covered.household_covered_since_on || covered.household_covered_by
        ),
        arg_min(covered.covered_by, covered.covered_since_on || covered.covered_by)
        filter (where covered.is_covered_alone)
    ) as covered_by,
    coalesce(
        min(covered.household_covered_since_on),
        min(covered.covered_since_on) filter (where covered.is_covered_alone)
    ) as covered_since_on
from covered
inner join members on covered.resident_key = members.resident_key
group by members.household_no
