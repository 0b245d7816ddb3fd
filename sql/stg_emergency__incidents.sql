-- One row per accident or disaster and person.
select
    resident_key,
    incident_on,
    incident_kind,
    bool_or(is_repaired) as is_repaired
from emergency__incidents
group by resident_key, incident_on, incident_kind
