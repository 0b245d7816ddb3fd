-- One row per household that a town has visited by month end, itself or one that joined it: the last visit.
with

visits as (
    select * from stg_towns__visits
),

household_keys as (
    select
        household_key,
        household_no
    from household_keys
),

visited_numbers as (
    select
        visited_no,
        household_no
    from visited_numbers
),

reference as (
    select * from reference
)

select
    visited_numbers.household_no,
    max(visits.visited_on) as last_visited_on,
    arg_max(visits.outcome, visits.visited_on || visits.outcome) as last_visit_outcome
from visits
inner join household_keys on visits.household_key = household_keys.household_key
inner join visited_numbers on household_keys.household_no = visited_numbers.visited_no
cross join reference
where visits.visited_on <= reference.month_end
group by visited_numbers.household_no
