-- One row per household with a match that is not listed, and per case all of whose members have died.
with left_out as (
    select
        cast($bar_dimensions as integer) as bar_dimensions,
        household_no,
        household_key,
        town_code,
        reason,
        has_overlap,
        rank,
        capacity
    from decisions
    where reason is not null
),

overlap as (
    select
        household_no,
        overlap,
        dimensions,
        rules
    from household_overlaps
),

households as (
    select
        household_no,
        is_covered,
        covered_by,
        left(cast(covered_since_on as varchar), 7) as covered_since,
        left(cast(covered_as_of_month as varchar), 7) as covered_as_of,
        last_visited_on,
        last_visit_outcome,
        conflict_reason,
        carried_extracts
    from concerned_households
),

carried as (
    select
        carried_extracts,
        rule_id,
        carried_zh,
        carried_en
    from carried_rules
),

assets as (
    select
        asset_sentences.household_no,
        string_agg(
            asset_sentences.asset_zh || '［' || rules.source_zh || '，'
            || array_to_string(rules.evidence_months, '、') || '］'
            || rules.stale_zh || coalesce(carried.carried_zh, ''),
            '；' order by asset_sentences.rule_id
        ) as asset_zh,
        string_agg(
            asset_sentences.asset_en || ' [' || rules.source_en || ', '
            || array_to_string(rules.evidence_months, ', ') || ']'
            || rules.stale_en || coalesce(carried.carried_en, ''),
            '; ' order by asset_sentences.rule_id
        ) as asset_en
    from asset_sentences
    inner join rules on asset_sentences.rule_id = rules.rule_id
    inner join left_out
        on asset_sentences.household_no = left_out.household_no and left_out.reason = 'assets'
    inner join households on asset_sentences.household_no = households.household_no
    left join carried
        on
            households.carried_extracts = carried.carried_extracts
            and asset_sentences.rule_id = carried.rule_id
    group by asset_sentences.household_no
),

visits as (
    select
        household_no,
        until_on
    from visit_baselines
),

outcome_words as (
    select
        outcome,
        outcome_zh,
        outcome_en
    from outcomes
),

roll_words as (
    select
        covered_by,
        roll_zh,
        roll_en
    from rolls
),

conflict_words as (
    select
        conflict_reason,
        conflict_zh,
        conflict_en
    from conflict_reasons
),

explained as (
    select
        left_out.household_no,
        left_out.household_key,
        left_out.town_code,
        left_out.reason,
        case left_out.reason
            when 'covered'
                then
                    '已在保：' || coalesce(roll_words.roll_zh, households.covered_by, '社会救助')
                    || coalesce('，自' || households.covered_since || '起', '')
                    || coalesce('（截至' || households.covered_as_of || '名册）', '')
            when 'assets' then '有明显资产：' || assets.asset_zh
            when 'below_bar'
                then
                    case
                        when left_out.has_overlap then '净收入不低于列入线'
                        else overlap.overlap || '个维度，未达' || left_out.bar_dimensions || '个'
                    end
            when 'recently_verified'
                then
                    households.last_visited_on || '已走访：'
                    || coalesce(outcome_words.outcome_zh, '') || '；' || visits.until_on || '前不再列入'
            when 'conflict' then coalesce(conflict_words.conflict_zh, '身份或死亡信息有矛盾') || '，核实前不走访'
            when 'waiting_for_capacity' then '本月走访名额' || left_out.capacity || '户已满，排第' || left_out.rank || '位'
            when 'unassessable' then case
                when households.is_covered is null then '救助名册过期或未收到，无法确认是否在保'
                else '上月依据的数据本月无法使用，暂不能判断'
            end
        end as detail_zh,
        case left_out.reason
            when 'covered'
                then
                    'already covered: ' || coalesce(roll_words.roll_en, households.covered_by, 'assistance')
                    || coalesce(' since ' || households.covered_since, '')
                    || coalesce(' (roll as of ' || households.covered_as_of || ')', '')
            when 'assets' then 'clear assets: ' || assets.asset_en
            when 'below_bar'
                then
                    case
                        when left_out.has_overlap then 'net income at or above the guard line'
                        else overlap.overlap || ' of ' || left_out.bar_dimensions || ' dimensions'
                    end
            when 'recently_verified'
                then
                    'visited on ' || households.last_visited_on || ': '
                    || coalesce(outcome_words.outcome_en, '') || '; not listed before ' || visits.until_on
            when 'conflict'
                then
                    coalesce(conflict_words.conflict_en, 'conflict about identity or death')
                    || ': no visit until it is resolved'
            when 'waiting_for_capacity'
                then
                    'the month''s ' || left_out.capacity || ' visits are taken; place '
                    || left_out.rank
            when 'unassessable' then case
                when households.is_covered is null then 'assistance roll out of date or not received'
                else 'data that counted last month cannot be used this month'
            end
        end as detail_en,
        overlap.dimensions,
        overlap.rules,
        case when left_out.reason = 'recently_verified' then visits.until_on end as until_on
    from left_out
    inner join overlap on left_out.household_no = overlap.household_no
    inner join households on left_out.household_no = households.household_no
    left join assets on left_out.household_no = assets.household_no
    left join visits on left_out.household_no = visits.household_no
    left join outcome_words on households.last_visit_outcome = outcome_words.outcome
    left join roll_words on households.covered_by = roll_words.covered_by
    left join conflict_words on households.conflict_reason = conflict_words.conflict_reason
),

died_out as (
    select
        household_no,
        household_key,
        town_code,
        'deceased' as reason,
        '家庭成员均已去世' as detail_zh,
        'all members have died' as detail_en,
        dimensions,
        rules,
        cast(null as date) as until_on
    from deceased_cases
)

select
    cast($month_start as date) as month,
    household_no,
    household_key,
    town_code,
    reason,
    detail_zh,
    detail_en,
    dimensions,
    rules,
    until_on
from (
    select
        household_no,
        household_key,
        town_code,
        reason,
        detail_zh,
        detail_en,
        dimensions,
        rules,
        until_on
    from explained
    union all
    select
        household_no,
        household_key,
        town_code,
        reason,
        detail_zh,
        detail_en,
        dimensions,
        rules,
        until_on
    from died_out
) as left_out_or_gone
