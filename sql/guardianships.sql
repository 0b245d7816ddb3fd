-- One row per person and source that claims somebody as parent or guardian; 1 is the first preference.
with

residents as not materialized (
    select * from residents
),

births as (
    select * from stg_health__births
),

enrolments as (
    select * from stg_education__enrolments
),

permits as (
    select * from stg_public_security__residence_permits
),

heads as (
    select
        resident_key,
        family_register_key,
        case when relation_to_head = 'head' then 1 else 2 end as position
    from residents
    where relation_to_head in ('head', 'spouse') and family_register_key is not null
)

select
    child_key,
    mother_key as parent_key,
    'birth certificate' as source,
    1 as preference
from births
where mother_key is not null

union all

select
    child_key,
    father_key as parent_key,
    'birth certificate' as source,
    2 as preference
from births
where father_key is not null

union all

select
    residents.resident_key as child_key,
    heads.resident_key as parent_key,
    'family register' as source,
    2 + heads.position as preference
from residents
inner join heads on residents.family_register_key = heads.family_register_key
where residents.relation_to_head = 'child' and residents.age_years <= 22

union all

select
    resident_key as child_key,
    guardian1_key as parent_key,
    'school guardian' as source,
    5 as preference
from enrolments
where guardian1_key is not null

union all

select
    resident_key as child_key,
    guardian2_key as parent_key,
    'school guardian' as source,
    6 as preference
from enrolments
where guardian2_key is not null

union all

select
    resident_key as child_key,
    guardian_key as parent_key,
    'permit guardian' as source,
    7 as preference
from permits
where guardian_key is not null
