-- One row per person enrolled in the city's medical insurance, whether paying or paused: a person in both
-- insurances is delivered once.
select resident_key
from medical_insurance__enrolments
