-- One row per person seen by grid staff: the latest place of living up to month end.
with

places as (
    select * from towns__living_places
),

reference as (
    select * from reference
),

ranked as (
    select
        places.resident_key,
        places.living_address,
        places.town_code,
        places.community_code,
        places.grid_no,
        row_number() over (
            partition by places.resident_key
            order by places.recorded_on desc, places.town_code asc, places.living_address asc
        ) as recency
    from places
    cross join reference
    where places.recorded_on <= reference.month_end
)

select
    resident_key,
    living_address,
    town_code,
    community_code,
    grid_no
from ranked
where recency = 1
