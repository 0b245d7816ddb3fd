-- One row per town and dimension: households and how many of them the worst of its sources leaves unknown.
with assessed as (
    select
        town_code,
        dimension,
        households,
        households_unknown
    from coverage
    where month = $month_start
)

select
    town_code,
    dimension,
    max(households) as households,
    max(households_unknown) as households_unknown
from assessed
group by town_code, dimension
order by town_code asc, dimension asc
