-- One row per lead about a person from the town's grid staff.
select distinct
    resident_key,
    reported_on,
    lead_kind
from towns__leads
