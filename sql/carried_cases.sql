-- One row per household that goes on with cases of last month: its own and those merged into it.
with previous as (
    select
        previous_cases.household_no as former_no,
        coalesce(case_paths.household_no, previous_cases.household_no) as household_no,
        previous_cases.household_key,
        case_paths.former_no is not null as is_merged,
        previous_cases.month,
        previous_cases.town_code,
        previous_cases.status,
        previous_cases.reason,
        previous_cases.first_matched_month,
        previous_cases.last_matched_month,
        previous_cases.first_listed_month,
        previous_cases.listed_months_count,
        previous_cases.months_waiting,
        previous_cases.dimensions,
        previous_cases.open_rules,
        previous_cases.visited_on,
        previous_cases.dimensions_at_visit,
        previous_cases.medical_at_visit_yuan
    from previous_cases
    left join case_paths on previous_cases.household_no = case_paths.former_no
),

-- Of several cases that became one the most pressing says how it stood.
strengths as (
    select
        positions.status,
        positions.strength
    from (
        values
        ('listed', 7),
        ('waiting', 6),
        ('unassessable', 5),
        ('watch', 4),
        ('excluded', 3),
        ('covered', 2),
        ('cleared', 1)
    ) as positions (status, strength)
),

ranked as (
    select
        previous.former_no,
        previous.household_no,
        previous.household_key,
        previous.is_merged,
        previous.month,
        previous.town_code,
        previous.status,
        previous.reason,
        previous.first_matched_month,
        previous.last_matched_month,
        previous.first_listed_month,
        previous.listed_months_count,
        previous.months_waiting,
        previous.dimensions,
        previous.open_rules,
        previous.visited_on,
        previous.dimensions_at_visit,
        previous.medical_at_visit_yuan,
        row_number() over (
            partition by previous.household_no
            order by coalesce(strengths.strength, 0) desc, previous.is_merged asc, previous.former_no asc
        ) as place,
        row_number() over (
            partition by previous.household_no
            order by previous.visited_on desc nulls last, previous.is_merged asc, previous.former_no asc
        ) as visit_place
    from previous
    left join strengths on previous.status = strengths.status
)

select
    household_no,
    max(household_key) filter (where not is_merged) as household_key,
    max(month) as month,
    coalesce(max(town_code) filter (where not is_merged), max(town_code) filter (where place = 1))
        as town_code,
    max(status) filter (where place = 1) as status,
    max(reason) filter (where place = 1) as reason,
    min(first_matched_month) as first_matched_month,
    max(last_matched_month) as last_matched_month,
    min(first_listed_month) as first_listed_month,
    max(listed_months_count) as listed_months_count,
    max(months_waiting) as months_waiting,
    max(dimensions) filter (where place = 1) as dimensions,
    list_sort(list_distinct(flatten(list(open_rules)))) as open_rules,
    max(visited_on) as visited_on,
    max(dimensions_at_visit) filter (where visit_place = 1) as dimensions_at_visit,
    max(medical_at_visit_yuan) filter (where visit_place = 1) as medical_at_visit_yuan,
    coalesce(list_sort(list(household_key) filter (where is_merged)), cast([] as varchar[]))
        as merged_from_keys
from ranked
group by household_no
