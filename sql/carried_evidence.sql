-- One row per household: extracts of which an earlier month's rows stand in for its town's, with that month.
with

members as (
    select
        resident_key,
        household_no
    from members
    where is_alive
),

homes as (
    select
        resident_key,
        record_town_code
    from residents
),

places as (
    select
        household_no,
        town_code
    from household_places
),

carried as (
    select * from towns_carried
),

towns as (
    select
        members.household_no,
        homes.record_town_code as town_code
    from members
    inner join homes on members.resident_key = homes.resident_key
    where homes.record_town_code in (select carried.town_code from carried)
    union
    select
        household_no,
        town_code
    from places
    where town_code in (select carried.town_code from carried)
),

pairs as (
    select distinct
        towns.household_no,
        carried.extract_id || ' ' || left(cast(carried.as_of_month as varchar), 7) as carried_extract
    from towns
    inner join carried on towns.town_code = carried.town_code
)

select
    household_no,
    string_agg(carried_extract, ',' order by carried_extract) as carried_extracts
from pairs
group by household_no
