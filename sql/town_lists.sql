-- One row per listed household: what its town needs to find and visit it.
with listed as (
    select
        month,
        household_no,
        household_key,
        town_code,
        community_code,
        rank,
        status,
        dimensions,
        unassessed_dimensions,
        causes,
        troubles,
        suggested_path,
        explanation_zh,
        explanation_en,
        to_verify_zh,
        to_verify_en,
        not_covered_zh,
        not_covered_en,
        months_waiting,
        priority,
        members_count,
        has_local_hukou,
        is_address_uncertain,
        is_stale,
        last_visited_on,
        last_visit_outcome
    from candidates
),

households as (
    select
        household_no,
        head_name,
        head_id,
        address,
        grid_no,
        members_zh
    from visited_households
),

places as (
    select
        community_code,
        name_zh
    from communities
)

select
    listed.month,
    listed.town_code,
    listed.rank,
    '…' || right(listed.household_key, 4) as key_check,
    listed.status,
    -- 桂园社区居民委员会 is what the register writes, 桂园社区 what people say.
    regexp_replace(places.name_zh, '(居民委员会|民委员会)$', '') as community,
    households.grid_no,
    households.head_name,
    households.head_id,
    households.address,
    coalesce(households.members_zh, listed.members_count || '人') as members_zh,
    listed.members_count,
    listed.dimensions,
    listed.explanation_zh,
    listed.unassessed_dimensions,
    listed.months_waiting,
    listed.priority,
    listed.last_visited_on,
    listed.last_visit_outcome,
    listed.suggested_path,
    listed.to_verify_zh,
    listed.to_verify_en,
    listed.explanation_en,
    listed.causes,
    listed.troubles,
    listed.not_covered_zh,
    listed.not_covered_en,
    listed.has_local_hukou,
    listed.is_address_uncertain,
    listed.is_stale,
    listed.household_key
from listed
left join households on listed.household_no = households.household_no
left join places on listed.community_code = places.community_code
