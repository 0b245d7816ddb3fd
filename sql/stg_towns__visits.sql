-- One row per visit of a household.
select
    household_key,
    visited_on,
    outcome
from towns__visits
