-- One row per person in the residents' register as it was delivered.
select
    resident_key,
    resident_id,
    name,
    sex,
    birth_on,
    household_register_no,
    register_type,
    relation_to_head,
    register_address,
    town_code,
    community_code,
    moved_in_on
from public_security__residents
