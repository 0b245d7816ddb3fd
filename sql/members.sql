-- One row per member of a household: those alive, and those who died within twelve months.
with

residents as not materialized (
    select * from residents
),

living_together as (
    select * from living_together
),

household_numbers as (
    select * from household_numbers
),

deceased as (
    select * from deceased
),

spouses as (
    select * from spouses
),

dependants as (
    select * from dependants
),

numbered as (
    select
        residents.resident_key,
        household_numbers.household_no,
        residents.birth_on,
        residents.relation_to_head = 'head' and residents.family_register_key is not null
            as is_register_head,
        residents.relation_to_head,
        residents.address_source
    from residents
    inner join living_together on residents.resident_key = living_together.resident_key
    inner join household_numbers on living_together.label = household_numbers.label
),

heads as (
    -- the head of the family register where there is exactly one, else the eldest member
    select
        household_no,
        case
            when count(*) filter (where is_register_head) = 1
                then min(resident_key) filter (where is_register_head)
            else arg_min(resident_key, (birth_on, resident_key))
        end as resident_key
    from numbered
    group by household_no
)

select
    numbered.resident_key,
    numbered.household_no,
    true as is_alive,
    cast(
        case
            when numbered.resident_key = heads.resident_key then 'head'
            when spouses.spouse_key = heads.resident_key then 'spouse'
            when dependants.resident_key is not null then 'child'
            when numbered.relation_to_head = 'child' then 'child'
            when numbered.relation_to_head = 'parent' then 'parent'
            else 'other'
        end
        as member_role
    ) as role,
    numbered.address_source,
    cast(null as date) as died_on
from numbered
inner join heads on numbered.household_no = heads.household_no
left join spouses on numbered.resident_key = spouses.resident_key
left join dependants on numbered.resident_key = dependants.resident_key

union all

select
    resident_key,
    household_no,
    false as is_alive,
    cast('deceased' as member_role) as role,
    cast(null as address_source) as address_source,
    died_on
from deceased
