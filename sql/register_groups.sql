-- One row per resident who is no dependant: the group with the same family register and address.
with

residents as (
    select * from residents
),

dependants as (
    select resident_key from dependants
),

reference as (
    select * from reference
),

independents as (
    select
        residents.resident_key,
        residents.family_register_key,
        residents.address_key
    from residents
    left join dependants on residents.resident_key = dependants.resident_key
    where dependants.resident_key is null
),

shared as (
    select
        family_register_key,
        address_key,
        min(resident_key) as group_key,
        count(*) as size
    from independents
    where family_register_key is not null
    group by family_register_key, address_key
)

-- people of a collective register and migrants stand alone unless linked
select
    independents.resident_key,
    coalesce(shared.group_key, independents.resident_key) as group_key,
    independents.family_register_key,
    independents.address_key,
    coalesce(shared.size > reference.household_size_cap, false) as is_too_large
from independents
left join shared
    on
        independents.family_register_key = shared.family_register_key
        and independents.address_key = shared.address_key
cross join reference
