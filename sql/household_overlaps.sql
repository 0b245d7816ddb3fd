-- One row per household with a match: its dimensions, causes, troubles and severity together.
with matched as (
    select
        household_no,
        rule_id,
        severity
    from match_sentences
),

carried as (
    select
        household_no,
        coalesce(carried_extracts, '') as carried_extracts
    from concerned_households
),

marks as (
    select
        carried_extracts,
        rule_id,
        position,
        effect,
        dimension,
        cause,
        trouble,
        departments,
        evidence_months,
        is_stale,
        path,
        path_position
    from match_marks
),

facts as (
    select distinct
        rule_id,
        position,
        dimension
    from marks
),

gathered as (
    select
        matched.household_no,
        list(facts.position) as positions,
        coalesce(max(matched.severity) filter (where facts.dimension = 'medical'), 0) as severity_medical,
        coalesce(max(matched.severity) filter (where facts.dimension = 'employment'), 0)
            as severity_employment,
        coalesce(max(matched.severity) filter (where facts.dimension = 'disability'), 0)
            as severity_disability,
        coalesce(max(matched.severity) filter (where facts.dimension = 'education'), 0) as severity_education,
        coalesce(max(matched.severity) filter (where facts.dimension = 'income'), 0) as severity_income,
        coalesce(max(matched.severity) filter (where facts.dimension = 'accident'), 0) as severity_accident,
        coalesce(max(matched.severity) filter (where facts.dimension = 'housing'), 0) as severity_housing
    from matched
    inner join facts on matched.rule_id = facts.rule_id
    group by matched.household_no
),

households as (
    select
        gathered.household_no,
        -- put in order afterwards: sorting within an aggregate costs five times as much
        array_to_string(list_sort(gathered.positions), ' ') || '|' || carried.carried_extracts as combination,
        gathered.severity_medical,
        gathered.severity_employment,
        gathered.severity_disability,
        gathered.severity_education,
        gathered.severity_income,
        gathered.severity_accident,
        gathered.severity_housing
    from gathered
    inner join carried on gathered.household_no = carried.household_no
),

-- What rules say of a household apart from amounts depends on which of them match, and on which old rows
-- stand in: a city has tens of thousands of matched households, but some hundred combinations, and lists
-- are slow to make.
items as (
    select
        combination,
        split_part(combination, '|', 2) as carried_extracts,
        unnest(cast(string_split(split_part(combination, '|', 1), ' ') as bigint[])) as position
    from (select distinct combination from households) as distinct_combinations
),

combinations as (
    select
        items.combination,
        marks.rule_id,
        marks.effect,
        marks.dimension,
        marks.cause,
        marks.trouble,
        marks.departments,
        marks.evidence_months,
        marks.is_stale,
        marks.path,
        marks.path_position
    from items
    inner join marks
        on items.carried_extracts = marks.carried_extracts and items.position = marks.position
),

-- A dimension is stale when every signal that speaks of it is.
dimensions_matched as (
    select
        combination,
        dimension,
        bool_and(is_stale) as is_stale
    from combinations
    where effect = 'signal'
    group by combination, dimension
),

overlapping as (
    select
        combination,
        count(*) as overlap,
        list_sort(list(dimension)) as dimensions,
        coalesce(list_sort(list(dimension) filter (where is_stale)), cast([] as varchar[]))
            as stale_dimensions
    from dimensions_matched
    group by combination
),

combined as (
    select
        combination,
        bool_or(effect = 'list') as is_listed_alone,
        list_sort(list(cast(rule_id as varchar))) as rules,
        list_sort(list_distinct(list(cause) filter (where cause is not null))) as causes,
        list_sort(list_distinct(list(trouble))) as troubles,
        list_sort(list_distinct(flatten(list(departments)))) as departments,
        list_sort(list_distinct(flatten(list(evidence_months)))) as evidence_months,
        bool_or(is_stale) as is_stale,
        min_by(path, path_position) as path
    from combinations
    group by combination
)

select
    households.household_no,
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
    households.severity_medical,
    households.severity_employment,
    households.severity_disability,
    households.severity_education,
    households.severity_income,
    households.severity_accident,
    households.severity_housing
from households
inner join combined on households.combination = combined.combination
left join overlapping on households.combination = overlapping.combination
