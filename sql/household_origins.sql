-- One row per matched household new this month whose members left one that is still there with a case.
with newcomers as (
    select concerned_numbers.household_no
    from concerned_numbers
    left join previous_members on concerned_numbers.household_no = previous_members.household_no
    where concerned_numbers.is_matched and previous_members.household_no is null
),

people as (
    select
        members.resident_key,
        members.household_no
    from members
    inner join newcomers on members.household_no = newcomers.household_no
    where members.is_alive
),

came as (
    select
        people.household_no,
        previous_members.household_no as former_no,
        count(*) as persons
    from people
    inner join previous_members on people.resident_key = previous_members.resident_key
    group by people.household_no, previous_members.household_no
),

ranked as (
    select
        came.household_no,
        previous_cases.household_key,
        row_number() over (
            partition by came.household_no order by came.persons desc, came.former_no asc
        ) as place
    from came
    inner join previous_cases on came.former_no = previous_cases.household_no
    inner join household_profile on came.former_no = household_profile.household_no
)

select
    household_no,
    household_key as split_from_key
from ranked
where place = 1
