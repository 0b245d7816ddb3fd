-- One row per living member of a household named to a town: who it is. Restricted: only lists for visits
-- may show it.
with people as (
    select
        resident_key,
        household_no,
        role,
        address_source
    from named_members
),

register as (
    select
        resident_key,
        resident_id,
        name,
        register_address
    from stg_public_security__residents
    where resident_key in (select people.resident_key from people)
),

permits as (
    select
        resident_key,
        resident_id,
        name,
        living_address
    from stg_public_security__residence_permits
    where resident_key in (select people.resident_key from people)
),

living_places as (
    select
        resident_key,
        living_address,
        grid_no
    from stg_towns__living_places
    where resident_key in (select people.resident_key from people)
),

profiles as (
    select
        resident_key,
        age_years
    from resident_profile
    where resident_key in (select people.resident_key from people)
)

select
    people.resident_key,
    people.household_no,
    people.role,
    profiles.age_years,
    coalesce(register.resident_id, permits.resident_id) as resident_id,
    coalesce(register.name, permits.name) as name,
    case people.address_source
        when 'permit' then permits.living_address
        when 'grid' then living_places.living_address
        when 'register' then register.register_address
    end as address,
    case when people.address_source = 'grid' then living_places.grid_no end as grid_no
from people
left join register on people.resident_key = register.resident_key
left join permits on people.resident_key = permits.resident_key
left join living_places on people.resident_key = living_places.resident_key
left join profiles on people.resident_key = profiles.resident_key
