-- One row per living member of a household that is named to a town.
with named as (
    select distinct household_no
    from named_households
),

residents as (
    select
        resident_key,
        household_no,
        role,
        address_source
    from members
    where is_alive
)

select
    residents.resident_key,
    residents.household_no,
    residents.role,
    residents.address_source
from residents
inner join named on residents.household_no = named.household_no
