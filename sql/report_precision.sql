-- One row per scope and subject: households listed in twelve months, visited, confirmed, and the days taken.
select
    scope,
    subject,
    listed,
    not_visited,
    without_result,
    visited,
    confirmed,
    precision,
    precision_low,
    precision_high,
    deceased_visited,
    moved_visited,
    covered_visited,
    days_signal_to_listing,
    days_listing_to_visit,
    days_visit_to_help
from metrics
where month = $month_start
order by scope asc, subject asc
