-- One row: what is known of each source for the month.
with

sources as (
    -- one row per extract: the month whose rows are used (stocks), months accepted (flows)
    select * from sources
),

income_months as (
    select * from income_months
),

terms as (
    select * from terms
),

deaths as (
    select count(*) as months
    from (
        select month_on from accepted_months
        where extract_id = 'public_security__cancellations'
        intersect
        select month_on from accepted_months
        where extract_id = 'civil_affairs__funerals'
    ) as both_sources
    cross join reference
    where both_sources.month_on >= reference.window_12_start
),

rolls as (
    select
        max(as_of_month) filter (where extract_id = 'civil_affairs__assistance_roll')
            as assistance_as_of_month,
        max(as_of_month) filter (where extract_id = 'medical_insurance__enrolments') is not null
            as has_enrolments,
        max(as_of_month) filter (where extract_id = 'education__enrolments') is not null as has_school_roll,
        max(as_of_month) filter (where extract_id = 'human_resources__unemployment') is not null
            as has_unemployment_roll,
        max(as_of_month) filter (where extract_id = 'disabled_persons__certificates') is not null
            as has_certificates,
        max(as_of_month) filter (where extract_id = 'health__major_illnesses') is not null as has_illnesses,
        max(as_of_month) filter (where extract_id = 'housing__dilapidated_houses') is not null
            as has_dilapidated_houses,
        max(as_of_month) filter (where extract_id = 'housing__public_rentals') is not null
            as has_public_rentals,
        max(as_of_month) filter (where extract_id = 'public_security__vehicles') is not null as has_vehicles,
        max(as_of_month) filter (where extract_id = 'market_supervision__businesses') is not null
            as has_businesses,
        max(months_6m) filter (where extract_id = 'medical_insurance__settlements') as settlement_months_6m,
        max(months_12m) filter (where extract_id = 'medical_insurance__settlements')
            as settlement_months_12m,
        max(months_6m) filter (where extract_id = 'emergency__incidents') as incident_months_6m,
        max(months_6m) filter (where extract_id = 'towns__leads') as lead_months_6m
    from sources
),

wages as (
    select
        count(*) filter (where is_in_6) as income_months_6m,
        count(*) as income_months_12m,
        coalesce(sum(minimum_wage_cents) filter (where is_in_6), 0) as minimum_wages_6m_cents,
        coalesce(sum(minimum_wage_cents), 0) as minimum_wages_12m_cents
    from income_months
),

fees as (
    -- whole when every term that began in the window was seen in one of its six months
    select
        coalesce(bool_and(is_seen) filter (where is_in_6), false) as are_fees_whole_6m,
        coalesce(bool_and(is_seen), false) as are_fees_whole_12m
    from terms
)

select
    rolls.assistance_as_of_month is not null as has_assistance_roll,
    rolls.assistance_as_of_month,
    rolls.has_enrolments,
    rolls.has_school_roll,
    rolls.has_unemployment_roll,
    rolls.has_certificates,
    rolls.has_illnesses,
    rolls.has_dilapidated_houses,
    rolls.has_public_rentals,
    rolls.has_vehicles,
    rolls.has_businesses,
    rolls.settlement_months_6m,
    rolls.settlement_months_12m,
    rolls.incident_months_6m,
    rolls.lead_months_6m,
    deaths.months as death_months_12m,
    wages.income_months_6m,
    wages.income_months_12m,
    wages.minimum_wages_6m_cents,
    wages.minimum_wages_12m_cents,
    fees.are_fees_whole_6m,
    fees.are_fees_whole_12m
from rolls
cross join deaths
cross join wages
cross join fees
