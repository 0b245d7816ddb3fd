-- One row per pupil enrolled now.
select
    resident_key,
    max(guardian1_key) as guardian1_key,
    max(guardian2_key) as guardian2_key
from education__enrolments
group by resident_key
