-- One row per household that was on its town's last list and is not on this one, with the reason.
with last_listed as (
    select
        household_key,
        town_code,
        rank
    from previous_candidates
),

listed as (
    select
        household_key,
        town_code
    from candidates
),

histories as (
    select
        household_no,
        household_key,
        status,
        reason,
        reason_zh
    from cases
),

not_listed as (
    select
        household_key,
        reason,
        detail_zh
    from exclusions
),

households as (
    select
        household_no,
        head_name
    from visited_households
)

select
    last_listed.town_code,
    last_listed.rank as previous_rank,
    households.head_name,
    case
        when listed.town_code is not null then 'moved'
        else coalesce(not_listed.reason, histories.reason, histories.status, 'not_present')
    end as reason,
    coalesce(not_listed.detail_zh, histories.reason_zh) as detail_zh,
    last_listed.household_key
from last_listed
left join listed on last_listed.household_key = listed.household_key
left join histories on last_listed.household_key = histories.household_key
left join not_listed on last_listed.household_key = not_listed.household_key
left join households on histories.household_no = households.household_no
where listed.household_key is null or listed.town_code <> last_listed.town_code
