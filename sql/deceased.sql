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

living_together as not materialized (
    select * from living_together
),

household_numbers as not materialized (
    select * from household_numbers
),

marriages as (
    select * from stg_civil_affairs__marriages
),

residents as not materialized (
    select * from residents
),

guardianships as (
    select * from guardianships
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
        people_before.household_register_key
    from departures
    inner join people_before on departures.resident_key = people_before.resident_key
    cross join reference
    left join residents on departures.resident_key = residents.resident_key
    where departures.died_on >= reference.window_12_start and residents.resident_key is null
),

by_last_month as (
    select
        died.resident_key,
        previous_members.household_no,
        1 as preference
    from died
    inner join previous_members on died.resident_key = previous_members.resident_key
    inner join household_numbers on previous_members.household_no = household_numbers.household_no
),

marriage_entries as (
    select
        resident_key,
        spouse_key,
        marriage_status,
        registered_on
    from marriages

    union all

    select
        spouse_key as resident_key,
        resident_key as spouse_key,
        marriage_status,
        registered_on
    from marriages
),

last_marriages as (
    select
        died.resident_key,
        marriage_entries.spouse_key,
        marriage_entries.marriage_status,
        row_number() over (
            partition by died.resident_key
            order by
                marriage_entries.registered_on desc,
                marriage_entries.marriage_status asc,
                marriage_entries.spouse_key asc
        ) as recency
    from died
    inner join marriage_entries on died.resident_key = marriage_entries.resident_key
),

same_register as (
    select
        residents.resident_key,
        residents.family_register_key
    from residents
    where residents.family_register_key in (select died.household_register_key from died)
),

children as (
    select
        died.resident_key,
        guardianships.child_key
    from died
    inner join guardianships on died.resident_key = guardianships.parent_key
),

relatives as (
    select spouse_key as resident_key from last_marriages
    union
    select resident_key from same_register
    union
    select child_key as resident_key from children
),

labels as materialized (
    -- of the few relatives, before all labels meet all numbers
    select
        living_together.resident_key,
        living_together.label
    from living_together
    where living_together.resident_key in (select relatives.resident_key from relatives)
),

numbers as (
    select
        labels.resident_key,
        household_numbers.household_no
    from labels
    inner join household_numbers on labels.label = household_numbers.label
),

by_marriage as (
    select
        last_marriages.resident_key,
        numbers.household_no,
        2 as preference
    from last_marriages
    inner join numbers on last_marriages.spouse_key = numbers.resident_key
    where last_marriages.recency = 1 and last_marriages.marriage_status = 'married'
),

register_homes as (
    -- of several homes of one family register the one where most of the register live
    select
        same_register.family_register_key,
        numbers.household_no,
        row_number() over (
            partition by same_register.family_register_key
            order by count(*) desc, min(same_register.resident_key) asc
        ) as choice
    from same_register
    inner join numbers on same_register.resident_key = numbers.resident_key
    group by same_register.family_register_key, numbers.household_no
),

by_register as (
    select
        died.resident_key,
        register_homes.household_no,
        3 as preference
    from died
    inner join register_homes on died.household_register_key = register_homes.family_register_key
    where register_homes.choice = 1
),

child_homes as (
    select
        children.resident_key,
        numbers.household_no,
        row_number() over (partition by children.resident_key order by children.child_key asc) as choice
    from children
    inner join numbers on children.child_key = numbers.resident_key
),

by_child as (
    select
        resident_key,
        household_no,
        4 as preference
    from child_homes
    where choice = 1
),

claims as (
    select * from by_last_month
    union all
    select * from by_marriage
    union all
    select * from by_register
    union all
    select * from by_child
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
