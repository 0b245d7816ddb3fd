-- One row per case whose household is there no more: the household most of its living members are in now.
with open_cases as (
    select
        previous_cases.household_no,
        previous_cases.household_key
    from previous_cases
    left join household_profile on previous_cases.household_no = household_profile.household_no
    where household_profile.household_no is null and previous_cases.status <> 'merged'
),

before as (
    select
        previous_members.resident_key,
        open_cases.household_no,
        open_cases.household_key
    from previous_members
    inner join open_cases on previous_members.household_no = open_cases.household_no
),

moved as (
    select
        before.household_no as former_no,
        before.household_key as former_key,
        members.household_no,
        count(*) as persons
    from before
    inner join members on before.resident_key = members.resident_key
    where members.is_alive
    group by before.household_no, before.household_key, members.household_no
),

ranked as (
    select
        former_no,
        former_key,
        household_no,
        row_number() over (partition by former_no order by persons desc, household_no asc) as place
    from moved
)

select
    former_no,
    former_key,
    household_no
from ranked
where place = 1
