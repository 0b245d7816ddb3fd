-- One row per person who died within twelve months and lived in a household that is still there.
with

departures as (
    select * from departures
),

people_before as (
    select * from people_before
),

previous_members as (
    select * from previous_members
),

living_together as (
    select * from living_together
),

household_numbers as (
    select * from household_numbers
),

marriages as (
    select * from stg_civil_affairs__marriages
),

register_groups as (
    select * from register_groups
),

reference as (
    select * from reference
),

died as (
    select
        departures.resident_key,
        departures.died_on,
        people_before.sex,
        people_before.birth_on,
        people_before.household_register_no
    from departures
    inner join people_before on departures.resident_key = people_before.resident_key
    cross join reference
    where departures.died_on >= reference.window_12_start
),

numbers as (
    select
        living_together.resident_key,
        household_numbers.household_no
    from living_together
    inner join household_numbers on living_together.label = household_numbers.label
),

current_numbers as (
    select distinct household_no from household_numbers
),

by_last_month as (
    select
        died.resident_key,
        previous_members.household_no,
        1 as preference
    from died
    inner join previous_members on died.resident_key = previous_members.resident_key
    inner join current_numbers on previous_members.household_no = current_numbers.household_no
),

by_marriage as (
    select
        died.resident_key,
        numbers.household_no,
        2 as preference
    from died
    inner join marriages
        on died.resident_key = marriages.resident_key or died.resident_key = marriages.spouse_key
    inner join numbers
        on
            numbers.resident_key
            = case
                when died.resident_key = marriages.resident_key then marriages.spouse_key
                else marriages.resident_key
            end
    where marriages.marriage_status = 'married'
),

by_register as (
    select
        died.resident_key,
        min(numbers.household_no) as household_no,
        3 as preference
    from died
    inner join register_groups on died.household_register_no = register_groups.family_register_no
    inner join numbers on register_groups.resident_key = numbers.resident_key
    group by died.resident_key
),

claims as (
    select * from by_last_month
    union all
    select * from by_marriage
    union all
    select * from by_register
),

ranked as (
    select
        resident_key,
        household_no,
        row_number() over (partition by resident_key order by preference, household_no) as choice
    from claims
)

select
    died.resident_key,
    ranked.household_no,
    died.died_on,
    died.sex,
    cast(
        extract(year from died.died_on) - extract(year from died.birth_on)
        - case
            when
                extract(month from died.birth_on) * 100 + extract(day from died.birth_on)
                > extract(month from died.died_on) * 100 + extract(day from died.died_on)
                then 1
            else 0
        end
        as integer
    ) as age_years
from died
inner join ranked on died.resident_key = ranked.resident_key
where ranked.choice = 1
