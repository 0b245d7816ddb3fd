-- One row per tenancy that runs at month end.
with

rentals as (
    select * from housing__public_rentals
),

reference as (
    select * from reference
)

select rentals.resident_key
from rentals
cross join reference
where
    rentals.started_on <= reference.month_end
    and (rentals.ended_on is null or rentals.ended_on > reference.month_end)
