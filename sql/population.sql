-- One row per town and hukou status: households that a town stands for and the people in them.
with households as (
    select
        town_code,
        has_local_hukou,
        members_count
    from household_profile
    where town_code is not null
),

told_apart as (
    select
        town_code,
        members_count,
        case
            when has_local_hukou then 'local'
            when not has_local_hukou then 'elsewhere'
            else 'unknown'
        end as hukou
    from households
),

reference as (
    select cast($month_start as date) as month
)

select
    reference.month,
    told_apart.town_code,
    told_apart.hukou,
    count(*) as households,
    cast(sum(told_apart.members_count) as bigint) as residents
from told_apart
cross join reference
group by reference.month, told_apart.town_code, told_apart.hukou
