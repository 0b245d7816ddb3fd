-- One row per visit of the twelve months: what it found, and the month whose matches it speaks of.
with span as (
    select
        cast($window_start as date) as window_start,
        cast($month_end as date) as month_end
),

visited as (
    select distinct
        visits.household_key,
        visits.visited_on,
        visits.outcome,
        cast(date_trunc('month', visits.visited_on) as date) as visit_month
    from visits
    cross join span
    where visits.visited_on between span.window_start and span.month_end
),

matched as (
    select distinct
        household_key,
        month
    from match_lines
),

-- A month's matches are known once the month has ended.
spoken as (
    select
        visited.household_key,
        visited.visited_on,
        visited.outcome,
        visited.visit_month,
        coalesce(
            max(matched.month) filter (where matched.month < visited.visit_month),
            min(matched.month) filter (where matched.month >= visited.visit_month)
        ) as spoken_month
    from visited
    left join matched on visited.household_key = matched.household_key
    group by visited.household_key, visited.visited_on, visited.outcome, visited.visit_month
),

listed as (
    select
        spoken.household_key,
        spoken.visited_on,
        max(list_lines.month) as listed_month
    from spoken
    inner join list_lines on spoken.household_key = list_lines.household_key
    where list_lines.month < spoken.visit_month
    group by spoken.household_key, spoken.visited_on
),

drawn as (
    select
        spoken.household_key,
        spoken.visited_on,
        max(drawn_before.month) as drawn_month
    from spoken
    inner join drawn_before on spoken.household_key = drawn_before.household_key
    where drawn_before.month < spoken.visit_month
    group by spoken.household_key, spoken.visited_on
),

-- Covered since before the month of the list: the visit could have been saved.
covered as (
    select
        listed.household_key,
        listed.visited_on
    from listed
    inner join covered_now on listed.household_key = covered_now.household_key
    where covered_now.is_covered and covered_now.covered_since_on <= last_day(listed.listed_month)
)

select distinct
    spoken.household_key,
    spoken.visited_on,
    spoken.outcome,
    spoken.spoken_month,
    listed.listed_month,
    drawn.drawn_month,
    coalesce(drawn.drawn_month > coalesce(listed.listed_month, date '1900-01-01'), false) as is_audit,
    spoken.outcome in ('confirmed_helped', 'confirmed_pending') as is_confirmed,
    spoken.outcome not in ('not_reached', 'declined') as has_result,
    covered.household_key is not null as was_covered
from spoken
left join listed on spoken.household_key = listed.household_key and spoken.visited_on = listed.visited_on
left join drawn on spoken.household_key = drawn.household_key and spoken.visited_on = drawn.visited_on
left join covered on spoken.household_key = covered.household_key and spoken.visited_on = covered.visited_on
