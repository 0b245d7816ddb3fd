-- One row per person enrolled in the city's medical insurance, whether paying or paused.
select distinct resident_key
from medical_insurance__enrolments
