-- One row per household that is in hardship by the rules and waits because its town's list is full.
with waiting as (
    select
        household_no,
        household_key,
        town_code,
        dimensions,
        detail_zh
    from exclusions
    where reason = 'waiting_for_capacity'
),

histories as (
    select
        household_key,
        months_waiting
    from cases
),

households as (
    select
        household_no,
        head_name,
        members_zh
    from visited_households
),

sentences as (
    select
        household_no,
        rule_id,
        explanation_zh
    from matches
),

-- A list is put in order afterwards: sorting within an aggregate costs several times as much.
gathered as (
    select
        sentences.household_no,
        list(sentences.rule_id) as rules,
        list(sentences.explanation_zh) as sentences_zh
    from sentences
    inner join waiting on sentences.household_no = waiting.household_no
    group by sentences.household_no
),

reasons as (
    select
        household_no,
        array_to_string(list_select(sentences_zh, list_grade_up(rules)), '；') as explanation_zh
    from gathered
),

profiles as (
    select
        household_no,
        community_code
    from household_profile
),

places as (
    select
        community_code,
        name_zh
    from communities
)

select
    waiting.town_code,
    regexp_replace(places.name_zh, '(居民委员会|民委员会)$', '') as community,
    households.head_name,
    households.members_zh,
    waiting.dimensions,
    reasons.explanation_zh,
    waiting.detail_zh,
    histories.months_waiting,
    waiting.household_key
from waiting
left join histories on waiting.household_key = histories.household_key
left join households on waiting.household_no = households.household_no
left join reasons on waiting.household_no = reasons.household_no
left join profiles on waiting.household_no = profiles.household_no
left join places on profiles.community_code = places.community_code
