-- One row per town and reason: households with a match that are not listed, each for one reason.
select
    town_code,
    reason,
    count(*) as households
from exclusions
where month = $month_start
group by town_code, reason
order by town_code asc, reason asc
