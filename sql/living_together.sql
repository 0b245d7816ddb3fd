-- One row per resident: a label that the members living together share.
with

register_groups as not materialized (
    select * from register_groups
),

joined_groups as (
    select * from joined_groups
),

dependants as not materialized (
    select * from dependants
),

independents as (
    select
        register_groups.resident_key,
        coalesce(joined_groups.smallest_key, register_groups.group_key) as label
    from register_groups
    left join joined_groups on register_groups.group_key = joined_groups.group_key
),

group_labels as (
    select
        register_groups.family_register_key,
        register_groups.address_key,
        min(independents.label) as label
    from register_groups
    inner join independents on register_groups.resident_key = independents.resident_key
    where register_groups.family_register_key is not null
    group by register_groups.family_register_key, register_groups.address_key
),

without_parent as (
    -- with the adults of the same family register and address, else with siblings there, else alone
    select
        dependants.resident_key,
        coalesce(
            group_labels.label,
            case
                when dependants.family_register_key is not null
                    then
                        min(dependants.resident_key)
                            over (partition by dependants.family_register_key, dependants.address_key)
            end,
            dependants.resident_key
        ) as label
    from dependants
    left join group_labels
        on
            dependants.family_register_key = group_labels.family_register_key
            and dependants.address_key = group_labels.address_key
    where dependants.parent_key is null
),

with_parent as (
    select
        dependants.resident_key,
        coalesce(independents.label, without_parent.label) as label,
        dependants.parent_key
    from dependants
    left join independents on dependants.parent_key = independents.resident_key
    left join without_parent on dependants.parent_key = without_parent.resident_key
    where dependants.parent_key is not null
),

with_young_parent as (
    -- the parent is a dependant of someone else
    select
        with_parent.resident_key,
        coalesce(with_parent.label, parent.label, with_parent.resident_key) as label
    from with_parent
    left join with_parent as parent on with_parent.parent_key = parent.resident_key
)

select
    resident_key,
    label
from independents

union all

select
    resident_key,
    label
from without_parent

union all

select
    resident_key,
    label
from with_young_parent
