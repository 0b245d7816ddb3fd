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
        residents.family_register_no,
        residents.address
    from residents
    left join dependants on residents.resident_key = dependants.resident_key
    where dependants.resident_key is null
),

grouped as (
    -- people of a collective register and migrants stand alone unless linked
    select
        resident_key,
        case
            when family_register_no is null then resident_key
            else min(resident_key) over (partition by family_register_no, address)
        end as group_key,
        family_register_no,
        address
    from independents
),

sizes as (
    select
        group_key,
        count(*) as size
    from grouped
    group by group_key
)

select
    grouped.resident_key,
    grouped.group_key,
    grouped.family_register_no,
    grouped.address,
    sizes.size > reference.household_size_cap as is_too_large
from grouped
inner join sizes on grouped.group_key = sizes.group_key
cross join reference
