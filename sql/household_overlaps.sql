-- One row per household with a match: its dimensions, causes, troubles and severity together.
with matched as (
    select
        household_no,
        dimension,
        severity,
        -- what differs between households that the same rule matches: whether old rows stand in, of when
        rule_id || case when is_stale then '@' || array_to_string(evidence_months, '+') else '' end as item
    from matches
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
        path,
        path_position
    from rules
),

gathered as (
    select
        household_no,
        list(item) as items,
        coalesce(max(severity) filter (where dimension = 'medical'), 0) as severity_medical,
        coalesce(max(severity) filter (where dimension = 'employment'), 0) as severity_employment,
        coalesce(max(severity) filter (where dimension = 'disability'), 0) as severity_disability,
        coalesce(max(severity) filter (where dimension = 'education'), 0) as severity_education,
        coalesce(max(severity) filter (where dimension = 'income'), 0) as severity_income,
        coalesce(max(severity) filter (where dimension = 'accident'), 0) as severity_accident,
        coalesce(max(severity) filter (where dimension = 'housing'), 0) as severity_housing
    from matched
    group by household_no
),

households as (
    select
        household_no,
        -- put in order afterwards: sorting within an aggregate costs five times as much
        array_to_string(list_sort(items), ' ') as combination,
        severity_medical,
        severity_employment,
        severity_disability,
        severity_education,
        severity_income,
        severity_accident,
        severity_housing
    from gathered
),

-- What rules say of a household apart from amounts depends on which of them match: a city has tens of
-- thousands of matched households, but some hundred combinations of rules, and lists are slow to make.
items as (
    select
        combination,
        unnest(string_split(combination, ' ')) as item
    from (select distinct combination from households) as distinct_combinations
),

combinations as (
    select
        items.combination,
        facts.rule_id,
        facts.effect,
        facts.dimension,
        facts.cause,
        facts.trouble,
        facts.departments,
        case
            when items.item = facts.rule_id then facts.evidence_months
            else string_split(split_part(items.item, '@', 2), '+')
        end as evidence_months,
        items.item != facts.rule_id as is_stale,
        facts.path,
        facts.path_position
    from items
    inner join facts on split_part(items.item, '@', 1) = facts.rule_id
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
        list_sort(list(rule_id)) as rules,
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
