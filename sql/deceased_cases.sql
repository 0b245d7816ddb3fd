-- One row per open case of last month all of whose members have died since.
with previous as (
    select
        household_no,
        household_key,
        town_code,
        dimensions,
        rules
    from previous_cases
    where
        status in ('watch', 'listed', 'waiting', 'unassessable', 'excluded')
        and coalesce(reason, '') <> 'deceased'
),

living as (
    select
        members.household_no,
        bool_or(members.is_alive) as has_living
    from members
    inner join previous on members.household_no = previous.household_no
    group by members.household_no
)

select
    previous.household_no,
    previous.household_key,
    previous.town_code,
    previous.dimensions,
    previous.rules
from previous
inner join living on previous.household_no = living.household_no
where not living.has_living
