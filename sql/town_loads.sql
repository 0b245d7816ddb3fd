-- One row per town with a household or with visits to make: what it was given and what it can do.
with households as (
    select
        town_code,
        count(*) as households
    from household_profile
    where town_code is not null
    group by town_code
),

elsewhere as (
    select cast($visits_elsewhere as integer) as visits
),

decided as (
    select
        town_code,
        reason,
        priority,
        months_waiting,
        status
    from decisions
),

counted as (
    select
        town_code,
        count(*) as households_matched,
        count(*) filter (where reason is null) as listed,
        count(*) filter (where reason is null and status = 'new') as listed_new,
        count(*) filter (where reason = 'waiting_for_capacity') as waiting,
        min(priority) filter (where reason is null) as lowest_priority_listed,
        max(priority) filter (where reason = 'waiting_for_capacity') as highest_priority_waiting,
        max(months_waiting) filter (where coalesce(reason, 'waiting_for_capacity') = 'waiting_for_capacity')
            as longest_wait_months
    from decided
    where town_code is not null
    group by town_code
),

places as (
    select
        town_code,
        visits
    from capacities
),

together as (
    select
        coalesce(places.town_code, households.town_code) as town_code,
        coalesce(places.visits, elsewhere.visits) as visits,
        coalesce(households.households, 0) as households,
        coalesce(counted.households_matched, 0) as households_matched,
        coalesce(counted.listed, 0) as listed,
        coalesce(counted.listed_new, 0) as listed_new,
        coalesce(counted.waiting, 0) as waiting,
        counted.lowest_priority_listed,
        counted.highest_priority_waiting,
        coalesce(counted.longest_wait_months, 0) as longest_wait_months
    from places
    full outer join households on places.town_code = households.town_code
    left join counted on coalesce(places.town_code, households.town_code) = counted.town_code
    cross join elsewhere
),

city as (
    select cast(sum(listed + waiting) as double) / nullif(sum(households), 0) as rate
    from together
),

reference as (
    select cast($month_start as date) as month
)

select
    reference.month,
    together.town_code,
    together.households,
    together.households_matched,
    together.listed,
    together.listed_new,
    together.waiting,
    together.visits,
    cast(cast(together.listed + together.waiting as double) / nullif(together.visits, 0) as decimal(9, 2))
        as load,
    cast(cast(together.listed as double) / nullif(together.listed + together.waiting, 0) as decimal(5, 4))
        as served_share,
    cast(1000.0 * (together.listed + together.waiting) / nullif(together.households, 0) as decimal(9, 2))
        as above_bar_per_1000,
    -- Three standard deviations of a town of this size around the city's rate.
    coalesce(
        abs(cast(together.listed + together.waiting as double) / nullif(together.households, 0) - city.rate)
        > 3 * sqrt(city.rate * (1 - city.rate) / nullif(together.households, 0)),
        false
    ) as is_unlike_city,
    together.lowest_priority_listed,
    together.highest_priority_waiting,
    together.longest_wait_months
from together
cross join city
cross join reference
