-- One row per person who stood in a register in the months before, but in neither in the latest of them:
-- birth, sex and register as they last stood there.
with

people as not materialized (
    select * from register_entries
),

latest as (
    select max(month) as month from people
),

still_there as (
    select people.resident_key
    from people
    inner join latest on people.month = latest.month
),

gone as (
    select people.*
    from people
    left join still_there on people.resident_key = still_there.resident_key
    where still_there.resident_key is null
),

ranked as (
    select
        *,
        row_number() over (partition by resident_key order by month desc, preference asc) as recency
    from gone
)

select
    resident_key,
    sex,
    birth_on,
    household_register_key,
    month,
    preference
from ranked
where recency = 1
