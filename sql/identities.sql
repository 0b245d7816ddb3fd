-- One row per member alive and present: who it is. Restricted: only lists for visits may show it.
with

facts as (
    select * from resident_facts
),

register as (
    select
        resident_key,
        resident_id,
        name
    from stg_public_security__residents
),

permits as (
    select
        resident_key,
        resident_id,
        name
    from stg_public_security__residence_permits
)

select
    facts.resident_key,
    facts.household_no,
    coalesce(register.resident_id, permits.resident_id) as resident_id,
    coalesce(register.name, permits.name) as name,
    facts.sex,
    facts.age_years,
    facts.role,
    facts.address,
    facts.grid_no
from facts
left join register on facts.resident_key = register.resident_key
left join permits on facts.resident_key = permits.resident_key
