-- One row per scope and subject: how often visits found hardship, and how long everything took.
with listed as (
    select
        listed_subjects.scope,
        listed_subjects.subject,
        count(*) as listed,
        count(*) filter (where not listed_subjects.is_visited) as not_visited,
        count(*) filter (where listed_subjects.is_visited and not listed_subjects.has_result)
            as without_result,
        median(household_delays.days_signal_to_listing) as days_signal_to_listing,
        median(household_delays.days_listing_to_visit) as days_listing_to_visit,
        median(household_delays.days_visit_to_help) as days_visit_to_help
    from listed_subjects
    left join household_delays
        on
            listed_subjects.household_key = household_delays.household_key
            and listed_subjects.scope <> 'audit'
    group by listed_subjects.scope, listed_subjects.subject
),

visited as (
    select
        scope,
        subject,
        count(*) as visited,
        count(*) filter (where is_confirmed) as confirmed,
        count(*) filter (where outcome = 'data_wrong') as data_wrong,
        count(*) filter (where outcome = 'deceased') as deceased_visited,
        count(*) filter (where outcome = 'moved') as moved_visited,
        count(*) filter (where was_covered) as covered_visited
    from visit_subjects
    group by scope, subject
),

-- The city has a row also in the first month, when nothing is known.
subjects as (
    select
        scope,
        subject
    from listed
    union
    select
        scope,
        subject
    from visited
    union
    select
        'city' as scope,
        'all' as subject
),

counted as (
    select
        subjects.scope,
        subjects.subject,
        coalesce(listed.listed, 0) as listed,
        coalesce(listed.not_visited, 0) as not_visited,
        coalesce(listed.without_result, 0) as without_result,
        coalesce(visited.visited, 0) as visited,
        coalesce(visited.confirmed, 0) as confirmed,
        coalesce(visited.data_wrong, 0) as data_wrong,
        coalesce(visited.deceased_visited, 0) as deceased_visited,
        coalesce(visited.moved_visited, 0) as moved_visited,
        coalesce(visited.covered_visited, 0) as covered_visited,
        listed.days_signal_to_listing,
        listed.days_listing_to_visit,
        listed.days_visit_to_help,
        cast(visited.visited as double) as n,
        cast(visited.confirmed as double) / visited.visited as share
    from subjects
    left join listed on subjects.scope = listed.scope and subjects.subject = listed.subject
    left join visited on subjects.scope = visited.scope and subjects.subject = visited.subject
),

-- Wilson's interval of 95 % (z = 1.959964; z * z = 3.841459): sensible also for few visits.
intervals as (
    select
        scope,
        subject,
        (share + 3.841459 / (2 * n)) / (1 + 3.841459 / n) as middle,
        1.959964 * sqrt(share * (1 - share) / n + 3.841459 / (4 * n * n)) / (1 + 3.841459 / n) as half_width
    from counted
    where n > 0
),

reference as (
    select cast($month_start as date) as month
)

select
    reference.month,
    counted.scope,
    counted.subject,
    counted.listed,
    counted.not_visited,
    counted.without_result,
    counted.visited,
    counted.confirmed,
    cast(counted.share as decimal(5, 4)) as precision,
    cast(greatest(intervals.middle - intervals.half_width, 0) as decimal(5, 4)) as precision_low,
    cast(least(intervals.middle + intervals.half_width, 1) as decimal(5, 4)) as precision_high,
    counted.data_wrong,
    counted.deceased_visited,
    counted.moved_visited,
    counted.covered_visited,
    cast(counted.days_signal_to_listing as decimal(9, 1)) as days_signal_to_listing,
    cast(counted.days_listing_to_visit as decimal(9, 1)) as days_listing_to_visit,
    cast(counted.days_visit_to_help as decimal(9, 1)) as days_visit_to_help
from counted
cross join reference
left join intervals on counted.scope = intervals.scope and counted.subject = intervals.subject
