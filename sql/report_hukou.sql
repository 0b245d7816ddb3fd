-- One row per town and hukou status: residents, households, and how many of them are listed or new.
with people as (
    select
        town_code,
        hukou,
        households,
        residents
    from population
    where month = $month_start
),

listed as (
    select
        town_code,
        case
            when has_local_hukou then 'local'
            when not has_local_hukou then 'elsewhere'
            else 'unknown'
        end as hukou,
        count(*) as listed,
        count(*) filter (where status = 'new') as listed_new
    from candidates
    where month = $month_start
    group by town_code, has_local_hukou
)

select
    coalesce(people.town_code, listed.town_code) as town_code,
    coalesce(people.hukou, listed.hukou) as hukou,
    coalesce(people.residents, 0) as residents,
    coalesce(people.households, 0) as households,
    coalesce(listed.listed, 0) as listed,
    coalesce(listed.listed_new, 0) as listed_new
from people
full outer join listed on people.town_code = listed.town_code and people.hukou = listed.hukou
order by coalesce(people.town_code, listed.town_code) asc, coalesce(people.hukou, listed.hukou) asc
