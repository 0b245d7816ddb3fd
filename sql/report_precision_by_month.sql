-- One row per month: of the households visited with a result, how many were confirmed in hardship.
select
    month,
    visited,
    confirmed,
    precision,
    precision_low,
    precision_high
from metrics
where month between $window_start and $month_start and scope = 'city'
order by month asc
