-- One row per household and stable rule of effect signal or list that matches it.
with sentences as (
    select
        household_no,
        rule_id,
        explanation_zh,
        explanation_en,
        severity,
        is_imputed
    from match_sentences
),

facts as (
    select
        rule_id,
        effect,
        dimension,
        cause,
        trouble,
        departments,
        evidence_months,
        sources,
        is_stale,
        stale_zh,
        stale_en,
        source_zh,
        source_en
    from rules
),

households as (
    select
        household_no,
        household_key,
        town_code,
        repaired_extracts
    from concerned_households
),

marked as (
    select
        sentences.household_no,
        households.household_key,
        households.town_code,
        sentences.rule_id,
        facts.effect,
        facts.dimension,
        facts.cause,
        facts.trouble,
        sentences.severity,
        sentences.explanation_zh,
        sentences.explanation_en,
        facts.departments,
        facts.evidence_months,
        facts.is_stale,
        facts.stale_zh,
        facts.stale_en,
        facts.source_zh,
        facts.source_en,
        sentences.is_imputed,
        list_has_any(string_split(coalesce(households.repaired_extracts, ''), ','), facts.sources)
            as is_repaired
    from sentences
    inner join facts on sentences.rule_id = facts.rule_id
    inner join households on sentences.household_no = households.household_no
)

select
    cast($month_start as date) as month,
    household_no,
    household_key,
    town_code,
    rule_id,
    effect,
    dimension,
    cause,
    trouble,
    severity,
    explanation_zh || case when is_repaired then '（含经修正的数据）' else '' end || stale_zh
    || '［' || source_zh || '］' as explanation_zh,
    explanation_en || case when is_repaired then ' (rests on a repaired value)' else '' end || stale_en
    || ' [' || source_en || ']' as explanation_en,
    departments,
    evidence_months,
    is_stale,
    is_repaired,
    is_imputed
from marked
