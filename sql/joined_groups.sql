-- One row per register group that a couple joins to another: the smallest group it is joined to.
with recursive

register_groups as not materialized (
    select * from register_groups
),

pairs as (
    select
        resident_key,
        spouse_key as partner_key
    from spouses

    union all

    select
        resident_key,
        partner_key
    from co_parents

    union all

    select
        partner_key as resident_key,
        resident_key as partner_key
    from co_parents
),

edges as (
    -- a group above the size cap is a conflict for a person to look at and joins nothing
    select distinct
        own.group_key,
        other.group_key as joined_key
    from pairs
    inner join register_groups as own on pairs.resident_key = own.resident_key
    inner join register_groups as other on pairs.partner_key = other.resident_key
    where own.group_key <> other.group_key and not own.is_too_large and not other.is_too_large
),

reachable as (
    select
        group_key,
        joined_key
    from edges

    union

    select
        reachable.group_key,
        edges.joined_key
    from reachable
    inner join edges on reachable.joined_key = edges.group_key
)

select
    group_key,
    least(group_key, min(joined_key)) as smallest_key
from reachable
group by group_key
