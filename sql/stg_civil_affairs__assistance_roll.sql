-- One row per person and assistance that is active at month end; a stopped row does not cover.
with

roll as (
    select * from civil_affairs__assistance_roll
),

reference as (
    select * from reference
)

select
    roll.resident_key,
    roll.assistance_type,
    coalesce(roll.is_single_person, false) as is_single_person,
    roll.started_on
from roll
cross join reference
where
    roll.started_on <= reference.month_end
    and (roll.stopped_on is null or roll.stopped_on > reference.month_end)
