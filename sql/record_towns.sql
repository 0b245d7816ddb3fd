-- One row per person in a register: the town whose departments keep records of them.
with

register as (
    select * from public_security__residents
),

permits as (
    select * from public_security__residence_permits
)

select
    coalesce(permits.resident_key, register.resident_key) as resident_key,
    coalesce(permits.town_code, register.town_code) as town_code
from register
full outer join permits on register.resident_key = permits.resident_key
