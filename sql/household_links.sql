-- One row per link that makes people a household, with its kind and source.
with

spouses as (
    select * from spouses
),

dependants as (
    select * from dependants
),

register_groups as (
    select * from register_groups
),

co_parents as (
    select * from co_parents
),

links as (
    select
        resident_key,
        spouse_key as linked_key,
        'spouse' as link_type,
        'civil_affairs__marriages' as source,
        registered_on as since_on
    from spouses
    where resident_key < spouse_key

    union all

    select
        resident_key,
        parent_key as linked_key,
        'dependant' as link_type,
        source,
        cast(null as date) as since_on
    from dependants
    where parent_key is not null

    union all

    select
        resident_key,
        group_key as linked_key,
        'same register and address' as link_type,
        'public_security__residents' as source,
        cast(null as date) as since_on
    from register_groups
    where resident_key <> group_key

    union all

    select
        resident_key,
        partner_key as linked_key,
        'parents of one child' as link_type,
        'same address' as source,
        cast(null as date) as since_on
    from co_parents
)

select
    resident_key,
    linked_key,
    cast(link_type as link_type) as link_type,
    cast(source as link_source) as source,
    since_on
from links
