-- One row per cancellation of a registration, whenever it was delivered.
select
    resident_key,
    household_register_no,
    reason,
    event_on
from public_security__cancellations
where reason in ('death', 'moved_out', 'abroad')
