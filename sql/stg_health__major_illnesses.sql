-- One row per person on the major-illness register at month end: that and since when, never which illness.
with

illnesses as (
    select * from health__major_illnesses
),

reference as (
    select * from reference
)

select
    illnesses.resident_key,
    min(illnesses.registered_on) as registered_on
from illnesses
cross join reference
where illnesses.registered_on <= reference.month_end
group by illnesses.resident_key
