-- One row per vehicle in use.
select
    resident_key,
    vehicle_type,
    first_registered_on
from public_security__vehicles
where vehicle_status = 'normal'
