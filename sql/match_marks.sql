-- One row per deciding rule and combination of carried extracts of a household: what its matches say besides
-- their sentence.
with facts as (
    select
        cast(rule_id as rule_ids) as rule_id,
        position,
        effect,
        dimension,
        cause,
        trouble,
        path,
        path_position,
        departments,
        evidence_months,
        is_stale,
        stale_zh,
        stale_en,
        source_zh,
        source_en
    from rules
    where status = 'stable' and effect in ('signal', 'list')
),

reference as (
    select cast($month_start as date) as month
),

combinations as (
    select distinct coalesce(carried_extracts, '') as carried_extracts
    from concerned_households
),

carried as (
    select
        carried_extracts,
        rule_id,
        months,
        carried_zh,
        carried_en
    from carried_rules
)

select
    reference.month,
    combinations.carried_extracts,
    facts.rule_id,
    facts.position,
    facts.effect,
    facts.dimension,
    facts.cause,
    facts.trouble,
    facts.path,
    facts.path_position,
    facts.departments,
    case
        when carried.rule_id is null then facts.evidence_months
        else list_sort(list_distinct(list_concat(facts.evidence_months, carried.months)))
    end as evidence_months,
    facts.is_stale or carried.rule_id is not null as is_stale,
    facts.stale_zh || coalesce(carried.carried_zh, '') || '［' || facts.source_zh || '］' as ending_zh,
    facts.stale_en || coalesce(carried.carried_en, '') || ' [' || facts.source_en || ']' as ending_en
from combinations
cross join facts
cross join reference
left join carried
    on
        combinations.carried_extracts = carried.carried_extracts
        and cast(facts.rule_id as varchar) = carried.rule_id
