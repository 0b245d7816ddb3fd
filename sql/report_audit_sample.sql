-- One row per stratum: households drawn at random in the twelve months and those they were drawn from.
with drawn as (
    select
        month,
        town_code,
        stratum,
        count(*) as households,
        max(eligible_households) as eligible_households
    from audit_sample
    where month between $window_start and $month_start
    group by month, town_code, stratum
)

select
    stratum,
    cast(sum(households) as bigint) as drawn,
    cast(sum(eligible_households) filter (where month = $month_start) as bigint) as eligible_now
from drawn
group by stratum
order by stratum asc
