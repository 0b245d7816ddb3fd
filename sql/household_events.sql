-- One row per household with an incident, a lead, a graded home or a public tenancy of a member.
with

members as (
    select
        resident_key,
        household_no
    from members
    where is_alive
),

incidents as (
    select * from stg_emergency__incidents
),

leads as (
    select * from stg_towns__leads
),

houses as (
    select * from stg_housing__dilapidated_houses
),

rentals as (
    select * from stg_housing__public_rentals
),

reference as (
    select * from reference
),

events as (
    select
        incidents.resident_key,
        incidents.incident_on,
        null as lead_kind,
        null as danger_grade,
        false as rents_public_housing
    from incidents
    cross join reference
    where incidents.incident_on between reference.window_6_start and reference.month_end

    union all

    select
        leads.resident_key,
        null as incident_on,
        leads.lead_kind,
        null as danger_grade,
        false as rents_public_housing
    from leads
    cross join reference
    where leads.reported_on between reference.window_6_start and reference.month_end

    union all

    select
        resident_key,
        null as incident_on,
        null as lead_kind,
        danger_grade,
        false as rents_public_housing
    from houses

    union all

    select
        resident_key,
        null as incident_on,
        null as lead_kind,
        null as danger_grade,
        true as rents_public_housing
    from rentals
)

select
    members.household_no,
    count(events.incident_on) as incidents_6m_count,
    max(events.incident_on) as latest_incident_on,
    count(events.lead_kind) as leads_6m_count,
    max(events.danger_grade) as danger_grade,
    bool_or(events.rents_public_housing) as rents_public_housing
from events
inner join members on events.resident_key = members.resident_key
group by members.household_no
