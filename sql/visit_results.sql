-- One row per visit delivered in the month: what was found, and the town of the household's case.
with delivered as (
    select
        household_key,
        visited_on,
        outcome,
        wrong_data
    from delivered_visits
),

households as (
    select
        household_key,
        town_code
    from cases
),

reference as (
    select cast($month_start as date) as month
)

select
    reference.month,
    delivered.household_key,
    delivered.visited_on,
    households.town_code,
    delivered.outcome,
    delivered.wrong_data
from delivered
cross join reference
left join households on delivered.household_key = households.household_key
