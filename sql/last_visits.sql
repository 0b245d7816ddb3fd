-- One row per household that a town has visited by month end: the last visit.
with

visits as (
    select * from stg_towns__visits
),

household_keys as (
    select * from household_keys
),

reference as (
    select * from reference
)

select
    household_keys.household_no,
    max(visits.visited_on) as last_visited_on,
    arg_max(visits.outcome, visits.visited_on || visits.outcome) as last_visit_outcome
from visits
inner join household_keys on visits.household_key = household_keys.household_key
cross join reference
where visits.visited_on <= reference.month_end
group by household_keys.household_no
