-- One row per household with a case that is there in the month: whether and since when it is covered.
with cases as (
    select
        household_no,
        household_key
    from cases_now
),

profiles as (
    select
        household_no,
        is_covered,
        covered_since_on
    from household_profile
)

select
    cases.household_key,
    profiles.is_covered,
    profiles.covered_since_on
from cases
inner join profiles on cases.household_no = profiles.household_no
