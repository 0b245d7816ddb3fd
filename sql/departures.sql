-- One row per person who died or left the city by month end, by any source that says so.
with

cancellations as (
    select * from stg_public_security__cancellations
),

funerals as (
    select * from stg_civil_affairs__funerals
),

reference as (
    select * from reference
),

events as (
    select
        resident_key,
        event_on,
        reason = 'death' as is_death
    from cancellations

    union all

    select
        resident_key,
        died_on as event_on,
        true as is_death
    from funerals
)

select
    events.resident_key,
    min(case when events.is_death then events.event_on end) as died_on,
    max(case when not events.is_death then events.event_on end) as left_on
from events
cross join reference
where events.event_on <= reference.month_end
group by events.resident_key
