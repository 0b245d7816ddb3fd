-- One row per household on a list in the twelve months before: days from signal to listing, visit and help.
with listed as (
    select distinct household_key
    from list_lines
),

stages as (
    select
        cases_now.household_key,
        last_day(cases_now.first_matched_month) as matched_on,
        last_day(cases_now.first_listed_month) as listed_on
    from cases_now
    inner join listed on cases_now.household_key = listed.household_key
    where cases_now.first_listed_month is not null
),

visited as (
    select
        stages.household_key,
        min(visits_spoken.visited_on) as visited_on,
        min(visits_spoken.visited_on) filter (where visits_spoken.outcome = 'confirmed_helped') as helped_on
    from stages
    inner join visits_spoken
        on
            stages.household_key = visits_spoken.household_key
            and stages.listed_on < visits_spoken.visited_on
    group by stages.household_key
),

covered as (
    select
        stages.household_key,
        covered_now.covered_since_on
    from stages
    inner join covered_now on stages.household_key = covered_now.household_key
    where covered_now.is_covered and covered_now.covered_since_on > stages.listed_on
),

helped as (
    select
        visited.household_key,
        visited.visited_on,
        case
            when visited.helped_on is null then covered.covered_since_on
            when covered.covered_since_on is null then visited.helped_on
            else least(visited.helped_on, covered.covered_since_on)
        end as helped_on
    from visited
    left join covered on visited.household_key = covered.household_key
)

select
    stages.household_key,
    date_diff('day', stages.matched_on, stages.listed_on) as days_signal_to_listing,
    date_diff('day', stages.listed_on, helped.visited_on) as days_listing_to_visit,
    case
        when helped.helped_on < helped.visited_on then 0
        else date_diff('day', helped.visited_on, helped.helped_on)
    end as days_visit_to_help
from stages
left join helped on stages.household_key = helped.household_key
