-- One row per scope, subject and household on a list (or drawn) in the twelve months before: was it visited.
with lines as (
    select
        month,
        household_key,
        town_code,
        rules
    from list_lines
),

places as (
    select
        month,
        household_key,
        place
    from list_places
),

drawn as (
    select
        month,
        household_key,
        stratum
    from drawn_before
),

subjects as (
    select
        'rule' as scope,
        unnest(rules) as subject,
        household_key,
        month
    from lines
    union all
    select
        'combination' as scope,
        array_to_string(list_sort(rules), '+') as subject,
        household_key,
        month
    from lines
    union all
    select
        'town' as scope,
        town_code as subject,
        household_key,
        month
    from lines
    union all
    select
        'place' as scope,
        place as subject,
        household_key,
        month
    from places
    union all
    select
        'city' as scope,
        'all' as subject,
        household_key,
        month
    from lines
    union all
    select
        'audit' as scope,
        stratum as subject,
        household_key,
        month
    from drawn
),

first_lines as (
    select
        scope,
        subject,
        household_key,
        last_day(min(month)) as listed_on
    from subjects
    where subject is not null
    group by scope, subject, household_key
),

visited as (
    select
        household_key,
        visited_on,
        has_result
    from visits_spoken
)

select
    first_lines.scope,
    first_lines.subject,
    first_lines.household_key,
    count(visited.visited_on) > 0 as is_visited,
    coalesce(bool_or(visited.has_result), false) as has_result
from first_lines
left join visited
    on first_lines.household_key = visited.household_key and first_lines.listed_on < visited.visited_on
group by first_lines.scope, first_lines.subject, first_lines.household_key
