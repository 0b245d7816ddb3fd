-- One row per month and town: residents, households, and how many of them match, are listed, new or waiting.
with people as (
    select
        month,
        town_code,
        sum(households) as households,
        sum(residents) as residents
    from population
    where month between $window_start and $month_start
    group by month, town_code
),

listed as (
    select
        month,
        town_code,
        count(*) as listed,
        count(*) filter (where status = 'new') as listed_new,
        count(*) filter (where status = 'escalated') as escalated,
        count(*) filter (where status = 'reopened') as reopened,
        count(*) filter (where status = 'continuing') as continuing,
        count(*) filter (where status = 'de_escalated') as de_escalated
    from candidates
    where month between $window_start and $month_start
    group by month, town_code
),

not_listed as (
    select
        month,
        town_code,
        count(*) as excluded,
        count(*) filter (where reason = 'waiting_for_capacity') as waiting
    from exclusions
    where month between $window_start and $month_start
    group by month, town_code
),

places as (
    select
        month,
        town_code
    from people
    union
    select
        month,
        town_code
    from listed
    union
    select
        month,
        town_code
    from not_listed
)

select
    places.month,
    places.town_code,
    cast(coalesce(people.residents, 0) as bigint) as residents,
    cast(coalesce(people.households, 0) as bigint) as households,
    coalesce(listed.listed, 0) + coalesce(not_listed.excluded, 0) as matched,
    coalesce(listed.listed, 0) as listed,
    coalesce(listed.listed_new, 0) as listed_new,
    coalesce(listed.escalated, 0) as escalated,
    coalesce(listed.reopened, 0) as reopened,
    coalesce(listed.continuing, 0) as continuing,
    coalesce(listed.de_escalated, 0) as de_escalated,
    coalesce(not_listed.waiting, 0) as waiting
from places
left join people
    on places.month = people.month and places.town_code is not distinct from people.town_code
left join listed
    on places.month = listed.month and places.town_code is not distinct from listed.town_code
left join not_listed
    on places.month = not_listed.month and places.town_code is not distinct from not_listed.town_code
order by places.month asc, places.town_code asc
