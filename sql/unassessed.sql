-- One row per household concerned with a rule without answer: which rules, and in which dimensions at all.
with unanswered as (
    select
        answers_of_interest.household_no,
        answers_of_interest.rule_id,
        rules.dimension
    from answers_of_interest
    inner join rules on answers_of_interest.rule_id = rules.rule_id
    where
        answers_of_interest.answer is null
        and rules.status = 'stable'
        and rules.effect in ('signal', 'list')
),

-- Where another rule of the dimension matched, the dimension was assessed.
assessed as (
    select distinct
        household_no,
        dimension
    from matches
)

select
    unanswered.household_no,
    list_sort(list(unanswered.rule_id)) as unknown_rules,
    coalesce(
        list_sort(
            list_distinct(
                list(unanswered.dimension) filter (
                    where unanswered.dimension is not null and assessed.dimension is null
                )
            )
        ),
        cast([] as varchar[])
    ) as unknown_dimensions
from unanswered
left join assessed
    on unanswered.household_no = assessed.household_no and unanswered.dimension = assessed.dimension
group by unanswered.household_no
