-- One row per combination of repaired extracts of a household and deciding rule that reads one of them.
with combinations as (
    select distinct repaired_extracts
    from concerned_households
    where repaired_extracts is not null
),

facts as (
    select
        cast(rule_id as rule_ids) as rule_id,
        sources
    from rules
    where status = 'stable' and effect in ('signal', 'list')
)

select
    combinations.repaired_extracts,
    facts.rule_id
from combinations
inner join facts on list_has_any(string_split(combinations.repaired_extracts, ','), facts.sources)
