-- One row per household: extracts of which an earlier month's rows stand in for its town's, with that month.
with

homes as (
    select
        household_no,
        record_town_code
    from placed
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
        household_no,
        record_town_code as town_code
    from homes
    where record_town_code in (select carried.town_code from carried)
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
