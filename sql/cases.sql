-- One row per household with a match now or in an earlier month.
with previous as (
    select
        household_no,
        household_key,
        date_diff('month', month, cast($month_start as date)) as months_since,
        town_code,
        status,
        reason,
        first_matched_month,
        last_matched_month,
        first_listed_month,
        listed_months_count,
        months_waiting,
        open_rules,
        visited_on,
        dimensions_at_visit,
        medical_at_visit_yuan,
        merged_from_keys
    from carried_cases
),

keys as (
    select
        household_no,
        household_key
    from household_keys
),

decided as (
    select
        cast($month_start as date) as month,
        household_no,
        household_key,
        town_code,
        reason,
        months_waiting,
        status as list_status
    from decisions
),

overlap as (
    select
        household_no,
        dimensions,
        rules
    from household_overlaps
),

explained as (
    select
        household_no,
        detail_zh,
        detail_en
    from exclusions
),

households as (
    select
        household_no,
        town_code,
        is_covered,
        last_visited_on
    from concerned_households
),

visits as (
    select
        household_no,
        dimensions_at_visit,
        medical_at_visit_yuan
    from visit_baselines
),

still as (
    select
        household_no,
        list_sort(list(rule_id)) as open_rules,
        bool_and(is_withdrawn) as is_withdrawn
    from open_before
    where is_open
    group by household_no
),

origins as (
    select
        household_no,
        split_from_key
    from household_origins
),

gone as (
    select household_no
    from deceased_cases
),

matched as (
    select
        decided.household_no,
        decided.household_key,
        decided.town_code,
        case
            when decided.reason is null then 'listed'
            when decided.reason = 'covered' then 'covered'
            when decided.reason = 'below_bar' then 'watch'
            when decided.reason = 'waiting_for_capacity' then 'waiting'
            when decided.reason = 'unassessable' then 'unassessable'
            else 'excluded'
        end as status,
        case when decided.reason is null then decided.list_status end as list_status,
        decided.reason,
        explained.detail_zh as reason_zh,
        explained.detail_en as reason_en,
        coalesce(previous.first_matched_month, decided.month) as first_matched_month,
        decided.month as last_matched_month,
        case
            when previous.first_listed_month is not null then previous.first_listed_month
            when decided.reason is null then decided.month
        end as first_listed_month,
        coalesce(previous.listed_months_count, 0)
        + case when decided.reason is null then 1 else 0 end as listed_months_count,
        case
            when
                coalesce(decided.reason, 'waiting_for_capacity') in ('waiting_for_capacity', 'unassessable')
                then decided.months_waiting
            else 0
        end as months_waiting,
        overlap.dimensions,
        overlap.rules,
        -- Rules of earlier months stay open until they are answered with no.
        list_sort(
            list_distinct(list_concat(overlap.rules, coalesce(still.open_rules, cast([] as varchar[]))))
        ) as open_rules,
        households.last_visited_on as visited_on,
        coalesce(visits.dimensions_at_visit, cast([] as varchar[])) as dimensions_at_visit,
        visits.medical_at_visit_yuan,
        case when previous.town_code <> decided.town_code then previous.town_code end as moved_from_town_code,
        coalesce(previous.merged_from_keys, cast([] as varchar[])) as merged_from_keys,
        origins.split_from_key
    from decided
    inner join overlap on decided.household_no = overlap.household_no
    inner join households on decided.household_no = households.household_no
    left join explained on decided.household_no = explained.household_no
    left join visits on decided.household_no = visits.household_no
    left join still on decided.household_no = still.household_no
    left join origins on decided.household_no = origins.household_no
    left join previous on decided.household_no = previous.household_no
),

former as (
    select
        previous.household_no,
        keys.household_key,
        coalesce(households.town_code, previous.town_code) as town_code,
        case when previous.town_code <> households.town_code then previous.town_code end
            as moved_from_town_code,
        previous.merged_from_keys,
        previous.status as previous_status,
        previous.reason as previous_reason,
        previous.first_matched_month,
        previous.last_matched_month,
        previous.first_listed_month,
        previous.listed_months_count,
        case
            when households.last_visited_on > coalesce(previous.visited_on, date '1900-01-01') then 0
            when
                previous.status in ('listed', 'waiting')
                or (previous.status = 'unassessable' and previous.months_waiting > 0)
                then previous.months_waiting + previous.months_since
            else 0
        end as months_waiting,
        households.household_no is not null as is_present,
        gone.household_no is not null or coalesce(previous.reason, '') = 'deceased' as has_died,
        coalesce(households.is_covered, households.household_no is not null and previous.status = 'covered')
            as is_covered,
        coalesce(still.open_rules, cast([] as varchar[])) as still_open,
        coalesce(still.is_withdrawn, false) as is_withdrawn,
        previous.open_rules,
        coalesce(households.last_visited_on, previous.visited_on) as visited_on,
        previous.dimensions_at_visit,
        previous.medical_at_visit_yuan
    from previous
    inner join keys on previous.household_no = keys.household_no
    left join households on previous.household_no = households.household_no
    left join gone on previous.household_no = gone.household_no
    left join still on previous.household_no = still.household_no
    left join decided on previous.household_no = decided.household_no
    where decided.household_no is null
),

unmatched as (
    select
        household_no,
        household_key,
        town_code,
        moved_from_town_code,
        merged_from_keys,
        is_withdrawn,
        case
            when previous_status = 'merged' then 'merged'
            when has_died then 'excluded'
            when is_covered then 'covered'
            when previous_status = 'cleared' then 'cleared'
            when not is_present then 'unassessable'
            -- Cleared only when every rule that matched has been answered with no.
            when len(still_open) = 0 then 'cleared'
            else 'unassessable'
        end as status,
        case
            when previous_status = 'merged' then 'merged'
            when has_died then 'deceased'
            when is_covered then 'covered'
            when previous_status = 'cleared' then null
            when not is_present then 'not_present'
            when len(still_open) = 0 then null
            else 'unassessable'
        end as reason,
        first_matched_month,
        last_matched_month,
        first_listed_month,
        listed_months_count,
        months_waiting,
        case when is_present then still_open else open_rules end as open_rules,
        visited_on,
        dimensions_at_visit,
        medical_at_visit_yuan
    from former
),

-- Members of two households who live together now have one case; the other says where it went on.
merged as (
    select
        previous_cases.household_no,
        previous_cases.household_key,
        previous_cases.town_code,
        previous_cases.first_matched_month,
        previous_cases.last_matched_month,
        previous_cases.first_listed_month,
        previous_cases.listed_months_count,
        previous_cases.visited_on,
        previous_cases.dimensions_at_visit,
        previous_cases.medical_at_visit_yuan,
        keys.household_key as merged_into_key
    from previous_cases
    inner join case_paths on previous_cases.household_no = case_paths.former_no
    inner join keys on case_paths.household_no = keys.household_no
),

all_cases as (
    select
        household_no,
        household_key,
        town_code,
        status,
        list_status,
        reason,
        reason_zh,
        reason_en,
        first_matched_month,
        last_matched_month,
        first_listed_month,
        listed_months_count,
        months_waiting,
        dimensions,
        rules,
        open_rules,
        visited_on,
        dimensions_at_visit,
        medical_at_visit_yuan,
        moved_from_town_code,
        cast(null as varchar) as merged_into_key,
        merged_from_keys,
        split_from_key
    from matched
    union all
    select
        household_no,
        household_key,
        town_code,
        status,
        cast(null as varchar) as list_status,
        reason,
        case
            when reason = 'merged' then '家庭已并入其他家庭'
            when reason = 'deceased' then '家庭成员均已去世'
            when reason = 'covered' then '已纳入救助'
            when reason = 'not_present' then '家庭已不在册'
            when reason = 'unassessable' and is_withdrawn then '命中过的规则已停用，尚无数据表明困难已解除'
            when reason = 'unassessable' then '上月依据的数据本月无法使用，暂不能判断'
            else '各项困难情形均有数据表明已解除'
        end as reason_zh,
        case
            when reason = 'merged' then 'now part of another household'
            when reason = 'deceased' then 'all members have died'
            when reason = 'covered' then 'now covered by assistance'
            when reason = 'not_present' then 'no longer a household here'
            when reason = 'unassessable' and is_withdrawn
                then 'the rule that matched is run no more and no data say that the hardship has ended'
            when reason = 'unassessable' then 'data that counted before cannot be used this month'
            else 'every rule that matched is answered with no'
        end as reason_en,
        first_matched_month,
        last_matched_month,
        first_listed_month,
        listed_months_count,
        case when reason = 'unassessable' then months_waiting else 0 end as months_waiting,
        cast([] as varchar[]) as dimensions,
        cast([] as varchar[]) as rules,
        open_rules,
        visited_on,
        dimensions_at_visit,
        medical_at_visit_yuan,
        moved_from_town_code,
        cast(null as varchar) as merged_into_key,
        merged_from_keys,
        cast(null as varchar) as split_from_key
    from unmatched
    union all
    select
        household_no,
        household_key,
        town_code,
        'merged' as status,
        cast(null as varchar) as list_status,
        'merged' as reason,
        '已并入家庭' || merged_into_key as reason_zh,
        'now part of household ' || merged_into_key as reason_en,
        first_matched_month,
        last_matched_month,
        first_listed_month,
        listed_months_count,
        0 as months_waiting,
        cast([] as varchar[]) as dimensions,
        cast([] as varchar[]) as rules,
        cast([] as varchar[]) as open_rules,
        visited_on,
        dimensions_at_visit,
        medical_at_visit_yuan,
        cast(null as varchar) as moved_from_town_code,
        merged_into_key,
        cast([] as varchar[]) as merged_from_keys,
        cast(null as varchar) as split_from_key
    from merged
)

select
    cast($month_start as date) as month,
    household_no,
    household_key,
    town_code,
    status,
    list_status,
    reason,
    reason_zh,
    reason_en,
    first_matched_month,
    last_matched_month,
    first_listed_month,
    listed_months_count,
    months_waiting,
    dimensions,
    rules,
    open_rules,
    visited_on,
    dimensions_at_visit,
    medical_at_visit_yuan,
    moved_from_town_code,
    merged_into_key,
    merged_from_keys,
    split_from_key
from all_cases
