-- One row per resident who is married to another resident: a pair stands twice, once for each.
with

marriages as (
    select * from stg_civil_affairs__marriages
),

residents as (
    select resident_key from residents
),

entries as (
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

ranked as (
    select
        resident_key,
        spouse_key,
        marriage_status,
        registered_on,
        -- on one day a divorce comes after the marriage it ends
        row_number() over (
            partition by resident_key
            order by registered_on desc, marriage_status asc, spouse_key asc
        ) as recency
    from entries
),

latest as (
    select * from ranked
    where recency = 1 and marriage_status = 'married'
)

-- a marriage holds when it is the latest entry of both
select
    latest.resident_key,
    latest.spouse_key,
    latest.registered_on
from latest
inner join latest as mirrored
    on
        latest.resident_key = mirrored.spouse_key
        and latest.spouse_key = mirrored.resident_key
inner join residents on latest.resident_key = residents.resident_key
inner join residents as spouse_residents on latest.spouse_key = spouse_residents.resident_key
