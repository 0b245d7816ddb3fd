-- One row per person who died or left: birth, sex and register as they last stood in a register.
with

people as (
    -- the latest two months in full; who had gone before them comes from the state of the window
    select
        resident_key,
        sex,
        birth_on,
        household_register_key,
        month,
        preference
    from register_entries

    union all

    select
        resident_key,
        sex,
        birth_on,
        household_register_key,
        month,
        preference
    from people_gone
),

departures as (
    select resident_key from departures
),

ranked as (
    select
        people.resident_key,
        people.sex,
        people.birth_on,
        people.household_register_key,
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
    household_register_key
from ranked
where recency = 1
