-- One row per person who died or left the city by month end, by any source that says so.
with

cancellations as (
    select * from stg_public_security__cancellations
),

funerals as (
    select * from stg_civil_affairs__funerals
),

dismissed as (
    select * from dismissed_deaths
),

disputed as (
    select distinct resident_key from identity_conflicts
    where kind = 'death_and_life' and is_open
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
    max(case when not events.is_death then events.event_on end) as left_on,
    -- a person has to find out first who is right: until then nobody leaves the household
    bool_or(disputed.resident_key is not null) as is_death_disputed
from events
cross join reference
left join dismissed
    on
        events.resident_key = dismissed.resident_key
        and events.is_death
        and events.event_on <= dismissed.dismissed_until_on
left join disputed on events.resident_key = disputed.resident_key
where events.event_on <= reference.month_end and dismissed.resident_key is null
group by events.resident_key
