-- One row per household that became part of another in an earlier month, and that other.
with merged as (
    select distinct
        household_no as former_no,
        merged_into_key
    from cases
    where merged_into_key is not null
),

keys as (
    select
        household_key,
        household_no
    from household_keys
)

select
    merged.former_no,
    keys.household_no
from merged
inner join keys on merged.merged_into_key = keys.household_key
