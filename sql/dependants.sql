-- One row per minor or dependent student, with the one parent or guardian it lives with: linking all
-- would join three homes where both divorced parents or a grandparent are guardians at school.
with

parent_claims as (
    select * from parent_claims
)

select
    resident_key,
    family_register_key,
    address_key,
    parent_key,
    source
from parent_claims
where choice = 1
