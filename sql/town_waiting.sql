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
)

select
    waiting.town_code,
    households.head_name,
    households.members_zh,
    waiting.dimensions,
    waiting.detail_zh,
    histories.months_waiting,
    waiting.household_key
from waiting
left join histories on waiting.household_key = histories.household_key
left join households on waiting.household_no = households.household_no
