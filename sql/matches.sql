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
        carried_extracts,
        repaired_extracts
    from concerned_households
),

words as (
    select * from carried_words
),

carried as (
    -- an earlier month's rows of the household's town stand in for what the rule reads
    select
        sentences.household_no,
        sentences.rule_id,
        list(distinct words.as_of_month) as months,
        string_agg(words.carried_zh, '' order by words.carried_extract) as carried_zh,
        string_agg(words.carried_en, '' order by words.carried_extract) as carried_en
    from words
    inner join households
        on list_contains(string_split(households.carried_extracts, ','), words.carried_extract)
    inner join sentences on households.household_no = sentences.household_no
    inner join facts on sentences.rule_id = facts.rule_id and list_contains(facts.sources, words.extract_id)
    group by sentences.household_no, sentences.rule_id
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
        case
            when carried.household_no is null then facts.evidence_months
            else list_sort(list_distinct(list_concat(facts.evidence_months, carried.months)))
        end as evidence_months,
        facts.is_stale or carried.household_no is not null as is_stale,
        facts.stale_zh || coalesce(carried.carried_zh, '') as stale_zh,
        facts.stale_en || coalesce(carried.carried_en, '') as stale_en,
        facts.source_zh,
        facts.source_en,
        sentences.is_imputed,
        list_has_any(string_split(coalesce(households.repaired_extracts, ''), ','), facts.sources)
            as is_repaired
    from sentences
    inner join facts on sentences.rule_id = facts.rule_id
    inner join households on sentences.household_no = households.household_no
    left join carried
        on sentences.household_no = carried.household_no and sentences.rule_id = carried.rule_id
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
