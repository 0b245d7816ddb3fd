-- One row per town, and one for people of no town (''): what is known of each source for the month there.
with

towns as (
    select record_town_code as town_code from placed
    union
    select town_code from placed
    where town_code is not null
    union
    select '' as town_code
),

left_out as (
    select * from towns_left_out
),

carried as (
    -- towns of which an earlier month's rows stand in
    select * from towns_carried
),

accepted as (
    -- one row per extract: the month whose rows are used (stocks), months accepted (flows)
    select * from sources
),

gaps as (
    select
        left_out.extract_id,
        left_out.town_code,
        count(*) filter (where left_out.month_on >= reference.window_6_start) as months_6m,
        count(*) filter (where left_out.month_on >= reference.window_12_start) as months_12m,
        max(left_out.month_on) as latest_on
    from left_out
    cross join reference
    group by left_out.extract_id, left_out.town_code
),

sources as (
    select
        towns.town_code,
        accepted.extract_id,
        coalesce(carried.as_of_month, nullif(accepted.as_of_month, gaps.latest_on)) as as_of_month,
        accepted.months_6m - coalesce(gaps.months_6m, 0) as months_6m,
        accepted.months_12m - coalesce(gaps.months_12m, 0) as months_12m,
        coalesce(gaps.months_6m, 0) as gaps_6m,
        coalesce(gaps.months_12m, 0) as gaps_12m
    from towns
    cross join accepted
    left join gaps on accepted.extract_id = gaps.extract_id and towns.town_code = gaps.town_code
    left join carried on accepted.extract_id = carried.extract_id and towns.town_code = carried.town_code
),

income_months as (
    select * from income_months
),

terms as (
    select * from terms
),

death_months as (
    select both_sources.month_on
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

deaths as (
    select
        towns.town_code,
        count(distinct death_months.month_on) - count(distinct left_out.month_on) as months
    from towns
    left join death_months on true
    left join left_out
        on
            towns.town_code = left_out.town_code
            and death_months.month_on = left_out.month_on
            and left_out.extract_id in ('public_security__cancellations', 'civil_affairs__funerals')
    group by towns.town_code
),

rolls as (
    select
        town_code,
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
        max(months_6m) filter (where extract_id = 'towns__leads') as lead_months_6m,
        -- a month of which a town was left out would count as one without income there
        coalesce(
            sum(gaps_6m) filter (
                where
                extract_id in (
                    'taxation__incomes', 'human_resources__contributions', 'human_resources__pensions'
                )
            ),
            0
        )
        = 0 as is_income_whole_6m,
        coalesce(
            sum(gaps_12m) filter (
                where
                extract_id in (
                    'taxation__incomes', 'human_resources__contributions', 'human_resources__pensions'
                )
            ),
            0
        )
        = 0 as is_income_whole_12m
    from sources
    group by town_code
),

wages as (
    select
        count(*) filter (where is_in_6) as income_months_6m,
        count(*) as income_months_12m,
        -- a sum has 128 bits, which would slow down every amount it is added to
        cast(coalesce(sum(minimum_wage_cents) filter (where is_in_6), 0) as bigint) as minimum_wages_6m_cents,
        cast(coalesce(sum(minimum_wage_cents), 0) as bigint) as minimum_wages_12m_cents
    from income_months
),

terms_here as (
    select
        towns.town_code,
        terms.began_on,
        terms.is_in_6,
        terms.is_seen and count(left_out.month_on) < terms.months_seen as is_seen
    from towns
    cross join terms
    left join left_out
        on
            towns.town_code = left_out.town_code
            and left_out.extract_id = 'education__enrolments'
            and terms.began_on <= left_out.month_on
            and left_out.month_on < terms.began_on + to_months(6)
    group by towns.town_code, terms.began_on, terms.is_in_6, terms.is_seen, terms.months_seen
),

fees as (
    -- whole when every term that began in the window was seen in one of its six months
    select
        towns.town_code,
        coalesce(bool_and(terms_here.is_seen) filter (where terms_here.is_in_6), false) as are_fees_whole_6m,
        coalesce(bool_and(terms_here.is_seen), false) as are_fees_whole_12m
    from towns
    left join terms_here on towns.town_code = terms_here.town_code
    group by towns.town_code
)

select
    rolls.town_code,
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
    rolls.is_income_whole_6m,
    rolls.is_income_whole_12m,
    wages.income_months_6m,
    wages.income_months_12m,
    wages.minimum_wages_6m_cents,
    wages.minimum_wages_12m_cents,
    fees.are_fees_whole_6m,
    fees.are_fees_whole_12m
from rolls
inner join deaths on rolls.town_code = deaths.town_code
inner join fees on rolls.town_code = fees.town_code
cross join wages
