-- One row per entry of the marriage register up to month end.
with

marriages as (
    select * from civil_affairs__marriages
),

reference as (
    select * from reference
)

select
    marriages.resident_key,
    marriages.spouse_key,
    marriages.marriage_status,
    marriages.registered_on
from marriages
cross join reference
where marriages.registered_on <= reference.month_end
