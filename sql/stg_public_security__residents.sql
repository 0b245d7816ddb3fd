-- One row per person in the residents' register as it was delivered.
select
    resident_key,
    resident_id,
    name,
    sex,
    birth_on,
    text_key(household_register_no) as household_register_key,
    register_type,
    relation_to_head,
    register_address,
    text_key(register_address) as register_address_key,
    town_code,
    community_code,
    moved_in_on
from public_security__residents
