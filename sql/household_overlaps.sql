-- One row per household with a match: its dimensions, causes, troubles, severity and sentences together.
with matched as not materialized (
    select
        household_no,
        rule_id,
        effect,
        dimension,
        cause,
        trouble,
        severity,
        explanation_zh,
        explanation_en,
        departments,
        evidence_months,
        is_stale
    from matches
),

facts as (
    select
        rule_id,
        position,
        path,
        path_position
    from rules
),

-- A dimension is stale when every signal that speaks of it is.
dimensions_matched as (
    select
        household_no,
        dimension,
        bool_and(is_stale) as is_stale
    from matched
    where effect = 'signal'
    group by household_no, dimension
),

overlapping as (
    select
        household_no,
        count(*) as overlap,
        list_sort(list(dimension)) as dimensions,
        coalesce(list_sort(list(dimension) filter (where is_stale)), cast([] as varchar[]))
            as stale_dimensions
    from dimensions_matched
    group by household_no
),

combined as (
    select
        matched.household_no,
        bool_or(matched.effect = 'list') as is_listed_alone,
        list_sort(list(matched.rule_id)) as rules,
        list_sort(list_distinct(list(matched.cause) filter (where matched.cause is not null))) as causes,
        list_sort(list_distinct(list(matched.trouble))) as troubles,
        list_sort(list_distinct(flatten(list(matched.departments)))) as departments,
        list_sort(list_distinct(flatten(list(matched.evidence_months)))) as evidence_months,
        bool_or(matched.is_stale) as is_stale,
        min_by(facts.path, facts.path_position) as path,
        string_agg(matched.explanation_zh, '；' order by facts.position) as explanation_zh,
        string_agg(matched.explanation_en, '; ' order by facts.position) as explanation_en,
        coalesce(max(matched.severity) filter (where matched.dimension = 'medical'), 0) as severity_medical,
        coalesce(max(matched.severity) filter (where matched.dimension = 'employment'), 0)
            as severity_employment,
        coalesce(max(matched.severity) filter (where matched.dimension = 'disability'), 0)
            as severity_disability,
        coalesce(max(matched.severity) filter (where matched.dimension = 'education'), 0)
            as severity_education,
        coalesce(max(matched.severity) filter (where matched.dimension = 'income'), 0) as severity_income,
        coalesce(max(matched.severity) filter (where matched.dimension = 'accident'), 0) as severity_accident,
        coalesce(max(matched.severity) filter (where matched.dimension = 'housing'), 0) as severity_housing
    from matched
    inner join facts on matched.rule_id = facts.rule_id
    group by matched.household_no
)

select
    combined.household_no,
    combined.is_listed_alone,
    coalesce(overlapping.overlap, 0) as overlap,
    coalesce(overlapping.dimensions, cast([] as varchar[])) as dimensions,
    coalesce(overlapping.stale_dimensions, cast([] as varchar[])) as stale_dimensions,
    combined.rules,
    coalesce(combined.causes, cast([] as varchar[])) as causes,
    combined.troubles,
    combined.departments,
    combined.evidence_months,
    combined.is_stale,
    combined.path,
    combined.explanation_zh,
    combined.explanation_en,
    combined.severity_medical,
    combined.severity_employment,
    combined.severity_disability,
    combined.severity_education,
    combined.severity_income,
    combined.severity_accident,
    combined.severity_housing
from combined
left join overlapping on combined.household_no = overlapping.household_no
