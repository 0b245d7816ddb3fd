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

households as (
    select
        household_no,
        household_key,
        town_code,
        coalesce(carried_extracts, '') as carried_extracts,
        repaired_extracts
    from concerned_households
),

marks as (
    select
        month,
        carried_extracts,
        rule_id,
        effect,
        dimension,
        cause,
        trouble,
        departments,
        evidence_months,
        is_stale,
        ending_zh,
        ending_en
    from match_marks
),

repaired as (
    select
        repaired_extracts,
        rule_id
    from repaired_rules
)

select
    marks.month,
    sentences.household_no,
    households.household_key,
    households.town_code,
    sentences.rule_id,
    marks.effect,
    marks.dimension,
    marks.cause,
    marks.trouble,
    sentences.severity,
    sentences.explanation_zh
    || case when repaired.rule_id is null then '' else '（含经修正的数据）' end
    || marks.ending_zh as explanation_zh,
    sentences.explanation_en
    || case when repaired.rule_id is null then '' else ' (rests on a repaired value)' end
    || marks.ending_en as explanation_en,
    marks.departments,
    marks.evidence_months,
    marks.is_stale,
    repaired.rule_id is not null as is_repaired,
    sentences.is_imputed
from sentences
inner join households on sentences.household_no = households.household_no
inner join marks on households.carried_extracts = marks.carried_extracts and sentences.rule_id = marks.rule_id
left join repaired
    on households.repaired_extracts = repaired.repaired_extracts and sentences.rule_id = repaired.rule_id
