-- One row per month and household told of: how its case stood and which place it had on the list.
with told as (
    select
        household_key,
        until_on
    from told_keys
),

listed as (
    select
        month,
        household_key,
        rank,
        priority
    from candidates
),

decided as (
    select
        month,
        household_key,
        town_code,
        status,
        list_status,
        reason_zh,
        reason_en,
        dimensions,
        months_waiting,
        moved_from_town_code,
        merged_into_key,
        merged_from_keys,
        split_from_key
    from cases
)

select
    decided.month,
    decided.household_key,
    decided.town_code,
    decided.status,
    decided.list_status,
    decided.reason_zh,
    decided.reason_en,
    decided.dimensions,
    decided.months_waiting,
    decided.moved_from_town_code,
    decided.merged_into_key,
    decided.merged_from_keys,
    decided.split_from_key,
    listed.rank,
    listed.priority
from decided
inner join told on decided.household_key = told.household_key
left join listed on decided.month = listed.month and decided.household_key = listed.household_key
-- A former household is told of until it became part of this one.
where told.until_on is null or decided.month < told.until_on
