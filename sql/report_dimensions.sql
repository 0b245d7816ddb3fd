-- One row per town and combination of dimensions: listed households in which exactly these overlap.
with listed as (
    select
        town_code,
        array_to_string(list_sort(dimensions), '+') as combination
    from candidates
    where month = $month_start
)

select
    town_code,
    combination,
    count(*) as households
from listed
group by town_code, combination
order by town_code asc, combination asc
