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
        rule_id as subject,
        household_key,
        month
    from matched
    union all
    select
        positions.scope,
        case positions.scope
            when 'combination' then together.combination
            when 'town' then together.town_code
            else 'all'
        end as subject,
        together.household_key,
        together.month
    from together
    cross join (values ('combination'), ('town'), ('city')) as positions (scope)
    union all
    select
        'place' as scope,
        place as subject,
        household_key,
        month
    from places
    union all
    select
        'audit' as scope,
        stratum as subject,
        household_key,
        month
    from drawn
),

told as (
    -- a visit speaks of the matches of one month, of the list of one and of the draw of one
    select
        subjects.scope,
        subjects.subject,
        spoken.household_key,
        spoken.visited_on,
        spoken.outcome,
        spoken.is_confirmed,
        spoken.was_covered
    from spoken
    inner join subjects
        on
            spoken.household_key = subjects.household_key
            and spoken.is_audit = (subjects.scope = 'audit')
            and subjects.month = case subjects.scope
                when 'place' then spoken.listed_month
                when 'audit' then spoken.drawn_month
                else spoken.spoken_month
            end
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
    from told
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
