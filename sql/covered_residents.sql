-- One row per person with active assistance that covers: whether alone, what by, since when.
with

roll as (
    select * from stg_civil_affairs__assistance_roll
    -- temporary assistance is the first step, not the end: it does not cover
    where assistance_type in ('dibao', 'edge', 'tekun', 'orphan')
)

select
    resident_key,
    bool_or(is_single_person) as is_covered_alone,
    bool_or(not is_single_person) as covers_household,
    arg_min(assistance_type, started_on || assistance_type) as covered_by,
    min(started_on) as covered_since_on,
    arg_min(assistance_type, started_on || assistance_type) filter (where not is_single_person)
        as household_covered_by,
    min(started_on) filter (where not is_single_person) as household_covered_since_on
from roll
group by resident_key
