-- One row per person seen by grid staff by month end: the place of living, of which a delivery has one.
with

places as (
    select * from towns__living_places
),

reference as (
    select * from reference
)

select
    places.resident_key,
    places.living_address,
    text_key(places.living_address) as living_address_key,
    places.town_code,
    places.community_code,
    places.grid_no
from places
cross join reference
where places.recorded_on <= reference.month_end
