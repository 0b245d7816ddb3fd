-- One row per person who died or left: birth, sex and register number as they last stood in a register.
with

people as (
    select
        resident_key,
        sex,
        birth_on,
        household_register_no,
        month,
        1 as preference
    from public_security__residents_before

    union all

    select
        resident_key,
        sex,
        birth_on,
        null as household_register_no,
        month,
        2 as preference
    from public_security__residence_permits_before
),

departures as (
    select resident_key from departures
),

ranked as (
    select
        people.resident_key,
        people.sex,
        people.birth_on,
        people.household_register_no,
        row_number() over (
            partition by people.resident_key order by people.month desc, people.preference asc
        ) as recency
    from people
    inner join departures on people.resident_key = departures.resident_key
)

select
    resident_key,
    sex,
    birth_on,
    household_register_no
from ranked
where recency = 1
