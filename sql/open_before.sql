-- One row per household with a case and rule that matched before: whether it is still without a no.
with before as (
    select
        household_no,
        unnest(open_rules) as rule_id
    from carried_cases
),

known as (
    select
        rule_id,
        dimension,
        is_run
    from known_rules
),

-- Answers that are not no.
asked as (
    select
        household_no,
        rule_id,
        answer
    from answers_of_interest
),

run_dimensions as (
    select distinct dimension
    from known
    where is_run and dimension is not null
),

open_dimensions as (
    select distinct
        asked.household_no,
        known.dimension
    from asked
    inner join known on asked.rule_id = known.rule_id
    where known.is_run and known.dimension is not null
)

select
    before.household_no,
    before.rule_id,
    not coalesce(known.is_run, false) as is_withdrawn,
    case
        when known.is_run then asked.rule_id is not null and asked.answer is null
        -- A rule that is run no more is answered by the others of its dimension, never by its end.
        when run_dimensions.dimension is null then true
        else open_dimensions.household_no is not null
    end as is_open
from before
left join known on before.rule_id = known.rule_id
left join asked on before.household_no = asked.household_no and before.rule_id = asked.rule_id
left join run_dimensions on known.dimension = run_dimensions.dimension
left join open_dimensions
    on before.household_no = open_dimensions.household_no and known.dimension = open_dimensions.dimension
