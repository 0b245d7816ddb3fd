-- One row per scope, subject and household visited with a result: the last result.
with spoken as (
    select
        household_key,
        visited_on,
        outcome,
        spoken_month,
        listed_month,
        drawn_month,
        is_audit,
        is_confirmed,
        was_covered
    from visits_spoken
    where has_result
),

matched as (
    select
        month,
        household_key,
        town_code,
        rule_id
    from match_lines
),

together as (
    select
        month,
        household_key,
        max(town_code) as town_code,
        string_agg(rule_id, '+' order by rule_id) as combination
    from matched
    group by month, household_key
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
        matched.rule_id as subject,
        spoken.household_key,
        spoken.visited_on,
        spoken.outcome,
        spoken.is_confirmed,
        spoken.was_covered
    from spoken
    inner join matched
        on spoken.household_key = matched.household_key and spoken.spoken_month = matched.month
    where not spoken.is_audit
    union all
    select
        positions.scope,
        case positions.scope
            when 'combination' then together.combination
            when 'town' then together.town_code
            else 'all'
        end as subject,
        spoken.household_key,
        spoken.visited_on,
        spoken.outcome,
        spoken.is_confirmed,
        spoken.was_covered
    from spoken
    inner join together
        on spoken.household_key = together.household_key and spoken.spoken_month = together.month
    cross join (values ('combination'), ('town'), ('city')) as positions (scope)
    where not spoken.is_audit
    union all
    select
        'place' as scope,
        places.place as subject,
        spoken.household_key,
        spoken.visited_on,
        spoken.outcome,
        spoken.is_confirmed,
        spoken.was_covered
    from spoken
    inner join places
        on spoken.household_key = places.household_key and spoken.listed_month = places.month
    where not spoken.is_audit
    union all
    select
        'audit' as scope,
        drawn.stratum as subject,
        spoken.household_key,
        spoken.visited_on,
        spoken.outcome,
        spoken.is_confirmed,
        spoken.was_covered
    from spoken
    inner join drawn on spoken.household_key = drawn.household_key and spoken.drawn_month = drawn.month
    where spoken.is_audit
),

ranked as (
    select
        scope,
        subject,
        household_key,
        outcome,
        is_confirmed,
        was_covered,
        row_number() over (
            partition by scope, subject, household_key order by visited_on desc, outcome asc
        ) as place
    from subjects
    where subject is not null
)

select
    scope,
    subject,
    household_key,
    outcome,
    is_confirmed,
    was_covered
from ranked
where place = 1
