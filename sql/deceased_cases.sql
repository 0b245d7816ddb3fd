-- One row per open case of last month all of whose members have died since.
with previous as (
    select
        previous_cases.household_no,
        previous_cases.household_key,
        previous_cases.town_code,
        previous_cases.dimensions,
        previous_cases.rules
    from previous_cases
    left join case_paths on previous_cases.household_no = case_paths.former_no
    where
        previous_cases.status in ('watch', 'listed', 'waiting', 'unassessable', 'excluded')
        and coalesce(previous_cases.reason, '') <> 'deceased'
        -- Who is left lives in another household, where the case goes on.
        and case_paths.former_no is null
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
