-- One row per town, month of visit and outcome: households visited, each day of a household once.
with visits as (
    select distinct
        household_key,
        visited_on,
        outcome
    from visit_results
    where month between $window_start and $month_start and visited_on >= $window_start
),

-- The town as it is known in the latest month in which the visit was delivered.
places as (
    select
        household_key,
        visited_on,
        arg_max(town_code, month) as town_code
    from visit_results
    where month between $window_start and $month_start
    group by household_key, visited_on
),

dated as (
    select
        places.town_code,
        visits.outcome,
        visits.household_key,
        cast(date_trunc('month', visits.visited_on) as date) as visit_month
    from visits
    inner join places
        on visits.household_key = places.household_key and visits.visited_on = places.visited_on
)

select
    town_code,
    visit_month,
    outcome,
    count(*) as visits,
    count(distinct household_key) as households
from dated
group by town_code, visit_month, outcome
order by town_code asc, visit_month asc, outcome asc
