-- One row per listed household.
with listed as (
    select
        cast($month_start as date) as month,
        household_no,
        household_key,
        town_code,
        is_vulnerable,
        months_waiting,
        priority,
        rank,
        status
    from decisions
    where reason is null
),

overlap as (
    select
        household_no,
        overlap,
        dimensions,
        stale_dimensions,
        rules,
        causes,
        troubles,
        departments,
        evidence_months,
        is_stale,
        path,
        severity_medical,
        severity_employment,
        severity_disability,
        severity_education,
        severity_income,
        severity_accident,
        severity_housing
    from household_overlaps
),

households as (
    select
        household_no,
        community_code,
        is_address_uncertain,
        members_count,
        has_local_hukou,
        is_covered,
        left(cast(covered_as_of_month as varchar), 7) as covered_as_of,
        income_per_head_12m_yuan,
        net_income_per_head_12m_yuan,
        -- What grid staff report is no register: it counts for nothing and is told to the visitor.
        case when leads_6m_count > 0 then '网格员近6个月上报困难线索' || leads_6m_count || '条' end as leads_zh,
        case when leads_6m_count > 0 then 'reported by grid staff in 6 months: ' || leads_6m_count end
            as leads_en,
        last_visited_on,
        last_visit_outcome
    from concerned_households
),

unanswered as (
    select
        household_no,
        unknown_dimensions
    from unassessed
),

-- Dibao for one person alone leaves the family uncovered, but the roll has a name of it.
alone as (
    select
        household_no,
        count(*) as persons
    from concerned_residents
    where is_covered_alone
    group by household_no
),

-- Sentences are put together for the few that are listed alone: sorting within an aggregate is slow.
explained as (
    select
        matches.household_no,
        string_agg(matches.explanation_zh, '；' order by rules.position) as explanation_zh,
        string_agg(matches.explanation_en, '; ' order by rules.position) as explanation_en
    from matches
    inner join rules on matches.rule_id = rules.rule_id
    inner join listed on matches.household_no = listed.household_no
    group by matches.household_no
),

to_verify as (
    select
        verify_sentences.household_no,
        string_agg(verify_sentences.verify_zh, '；' order by verify_sentences.rule_id) as verify_zh,
        string_agg(verify_sentences.verify_en, '; ' order by verify_sentences.rule_id) as verify_en
    from verify_sentences
    inner join listed on verify_sentences.household_no = listed.household_no
    group by verify_sentences.household_no
)

select
    listed.month,
    listed.household_no,
    listed.household_key,
    listed.town_code,
    households.community_code,
    households.is_address_uncertain,
    listed.rank,
    listed.status,
    listed.priority,
    overlap.overlap,
    overlap.dimensions,
    coalesce(unanswered.unknown_dimensions, cast([] as varchar[])) as unassessed_dimensions,
    overlap.causes,
    overlap.troubles,
    -- Dibao and edge support are for local hukou; others are helped where the trouble is.
    case when households.has_local_hukou = false then 'home_county' else overlap.path end as suggested_path,
    overlap.rules,
    explained.explanation_zh,
    explained.explanation_en,
    nullif(concat_ws('；', to_verify.verify_zh, households.leads_zh), '') as to_verify_zh,
    nullif(concat_ws('; ', to_verify.verify_en, households.leads_en), '') as to_verify_en,
    case
        when households.has_local_hukou = false then '无本地户籍，不属于本地低保、低保边缘、特困、孤儿救助范围'
        when households.is_covered is null or households.covered_as_of is null then '救助名册过期或未收到，未能核对'
        else
            '截至' || households.covered_as_of || '不在低保、低保边缘、特困、孤儿救助名册'
            || coalesce('（另有' || alone.persons || '名成员单人保）', '')
    end as not_covered_zh,
    case
        when households.has_local_hukou = false
            then 'no local hukou: outside local dibao, edge, tekun and orphan support'
        when households.is_covered is null or households.covered_as_of is null
            then 'assistance roll out of date or not received: not checked'
        else
            'not on dibao, edge, tekun, orphan rolls as of ' || households.covered_as_of
            || coalesce(' (members on dibao alone: ' || alone.persons || ')', '')
    end as not_covered_en,
    overlap.departments,
    overlap.evidence_months,
    listed.months_waiting,
    households.members_count,
    households.has_local_hukou,
    listed.is_vulnerable,
    households.income_per_head_12m_yuan as income_per_head_yuan,
    households.net_income_per_head_12m_yuan as net_income_per_head_yuan,
    overlap.severity_medical,
    overlap.severity_employment,
    overlap.severity_disability,
    overlap.severity_education,
    overlap.severity_income,
    overlap.severity_accident,
    overlap.severity_housing,
    overlap.stale_dimensions,
    overlap.is_stale,
    households.last_visited_on,
    households.last_visit_outcome
from listed
inner join overlap on listed.household_no = overlap.household_no
inner join explained on listed.household_no = explained.household_no
inner join households on listed.household_no = households.household_no
left join unanswered on listed.household_no = unanswered.household_no
left join alone on listed.household_no = alone.household_no
left join to_verify on listed.household_no = to_verify.household_no
