-- One row per case, month and household that it came from in that month: merged into it, or parted from.
with origins as (
    select
        month,
        household_key,
        unnest(list_concat(merged_from_keys, [split_from_key])) as former_key
    from cases
)

select
    month,
    household_key,
    former_key
from origins
where former_key is not null
