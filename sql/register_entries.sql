-- One row per person, register and month of the two registers that are at hand.
select
    resident_key,
    sex,
    birth_on,
    text_key(household_register_no) as household_register_key,
    month,
    1 as preference
from public_security__residents_before

union all

select
    resident_key,
    sex,
    birth_on,
    cast(null as bigint) as household_register_key,
    month,
    2 as preference
from public_security__residence_permits_before
