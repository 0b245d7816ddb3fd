-- One row per household that a town was asked to visit and household it is, or is part of, this month.
with recursive asked as (
    select household_no
    from household_keys
),

mergers as (
    select
        former_no,
        household_no
    from household_merges
),

-- In earlier months: two that joined may have joined a third since.
joined as (
    select
        household_no as visited_no,
        household_no
    from asked
    union
    select
        joined.visited_no,
        mergers.household_no
    from joined
    inner join mergers on joined.household_no = mergers.former_no
),

members as not materialized (
    select
        household_no,
        resident_key
    from members
    where is_alive
),

present as (
    -- of those asked alone: most households never were
    select distinct household_no
    from members
    where household_no in (select joined.household_no from joined)
),

absent as (
    select
        joined.visited_no,
        joined.household_no
    from joined
    left join present on joined.household_no = present.household_no
    where present.household_no is null
),

-- This month: where most of its living members are now.
moved as (
    select
        absent.visited_no,
        members.household_no,
        count(*) as persons
    from absent
    inner join previous_members on absent.household_no = previous_members.household_no
    inner join members on previous_members.resident_key = members.resident_key
    group by absent.visited_no, members.household_no
),

ranked as (
    select
        visited_no,
        household_no,
        row_number() over (partition by visited_no order by persons desc, household_no asc) as place
    from moved
)

select
    joined.visited_no,
    joined.household_no
from joined
inner join present on joined.household_no = present.household_no
union
select
    ranked.visited_no,
    ranked.household_no
from ranked
where ranked.place = 1
