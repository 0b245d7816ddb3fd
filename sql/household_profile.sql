-- One row per household with a member alive and present at month end.
with

sums as (
    select * from household_sums
),

places as (
    select * from household_places
),

coverage as (
    select * from household_coverage
),

deaths as (
    select * from household_deaths
),

assets as (
    select * from household_assets
),

events as (
    select * from household_events
),

visits as (
    select * from last_visits
),

carried as (
    select * from carried_evidence
),

repaired as (
    select * from repaired_evidence
),

conflicts as (
    select * from household_conflicts
),

known as (
    select * from known
),

reference as (
    select * from reference
),

income_windows as (
    select * from income_windows
),

spending as (
    -- what was spent for a member who died stays in the window
    select
        sums.* exclude (medical_6m_cents, medical_12m_cents, fees_6m_cents, fees_12m_cents),
        sums.medical_6m_cents + coalesce(deaths.medical_6m_cents, 0) as medical_6m_cents,
        sums.medical_12m_cents + coalesce(deaths.medical_12m_cents, 0) as medical_12m_cents,
        sums.fees_6m_cents + coalesce(deaths.fees_6m_cents, 0) as fees_6m_cents,
        sums.fees_12m_cents + coalesce(deaths.fees_12m_cents, 0) as fees_12m_cents,
        sums.is_medical_exact_6m and sums.are_fees_exact_6m as is_rigid_exact_6m,
        sums.is_medical_exact_12m and sums.are_fees_exact_12m as is_rigid_exact_12m,
        deaths.breadwinner_deaths_count,
        deaths.latest_death_on,
        income_windows.income_months_6m,
        income_windows.income_months_12m
    from sums
    cross join income_windows
    left join deaths on sums.household_no = deaths.household_no
),

net as (
    -- (income / months there are - spending / months of the window) / members, rounded once
    select
        *,
        mean_cents(
            income_6m_cents * 6 - (medical_6m_cents + fees_6m_cents) * income_months_6m,
            6 * income_months_6m * members_count
        ) as net_6m_at_most_cents,
        mean_cents(
            income_12m_cents * 12 - (medical_12m_cents + fees_12m_cents) * income_months_12m,
            12 * income_months_12m * members_count
        ) as net_12m_at_most_cents
    from spending
)

select
    net.household_no,
    places.town_code,
    places.community_code,
    places.is_address_uncertain,
    net.members_count,
    net.minors_count,
    net.working_age_count,
    net.able_workers_count,
    net.local_hukou_count,
    net.has_local_hukou,
    net.has_child_under_6,
    net.has_severe_disability,
    net.has_member_over_80,
    conflicts.household_no is not null
    or net.members_count > reference.household_size_cap
    or (net.adults_count = 0 and net.latest_death_on is null) as is_conflict,
    case
        when conflicts.household_no is not null then conflicts.kind
        when net.members_count > reference.household_size_cap then 'group_too_large'
        -- the adults a child lives with are missing from the data; an orphan's are known to have died
        when net.adults_count = 0 and net.latest_death_on is null then 'no_adult'
    end as conflict_reason,
    net.is_covered,
    case when net.is_covered then coverage.covered_by end as covered_by,
    case when net.is_covered then coverage.covered_since_on end as covered_since_on,
    known.assistance_as_of_month as covered_as_of_month,
    yuan(net.medical_6m_cents) as medical_self_paid_6m_at_least_yuan,
    net.is_medical_exact_6m as is_medical_self_paid_6m_exact,
    yuan(net.medical_12m_cents) as medical_self_paid_12m_at_least_yuan,
    net.is_medical_exact_12m as is_medical_self_paid_12m_exact,
    net.has_major_illness,
    yuan(net.fees_6m_cents) as education_fees_6m_at_least_yuan,
    net.are_fees_exact_6m as is_education_fees_6m_exact,
    yuan(net.fees_12m_cents) as education_fees_12m_at_least_yuan,
    net.are_fees_exact_12m as is_education_fees_12m_exact,
    net.students_count,
    yuan(mean_cents(net.income_6m_cents, net.income_months_6m)) as income_6m_monthly_yuan,
    yuan(mean_cents(net.income_12m_cents, net.income_months_12m)) as income_12m_monthly_yuan,
    coalesce(yuan(mean_cents(net.income_6m_at_least_cents, net.income_months_6m * net.members_count)), 0)
        as income_per_head_6m_at_least_yuan,
    net.income_6m_cents is not null and net.income_months_6m > 0 as is_income_per_head_6m_exact,
    coalesce(yuan(mean_cents(net.income_12m_at_least_cents, net.income_months_12m * net.members_count)), 0)
        as income_per_head_12m_at_least_yuan,
    net.income_12m_cents is not null and net.income_months_12m > 0 as is_income_per_head_12m_exact,
    yuan(mean_cents(net.imputed_12m_cents, net.income_months_12m)) as income_imputed_monthly_yuan,
    net.income_months_6m,
    net.income_months_12m,
    yuan(mean_cents(net.medical_6m_cents + net.fees_6m_cents, 6)) as rigid_spending_6m_monthly_at_least_yuan,
    net.is_rigid_exact_6m as is_rigid_spending_6m_monthly_exact,
    yuan(mean_cents(net.medical_12m_cents + net.fees_12m_cents, 12))
        as rigid_spending_12m_monthly_at_least_yuan,
    net.is_rigid_exact_12m as is_rigid_spending_12m_monthly_exact,
    yuan(net.net_6m_at_most_cents) as net_income_per_head_6m_at_most_yuan,
    net.is_rigid_exact_6m as is_net_income_per_head_6m_exact,
    yuan(net.net_12m_at_most_cents) as net_income_per_head_12m_at_most_yuan,
    net.is_rigid_exact_12m as is_net_income_per_head_12m_exact,
    case
        when events.incidents_6m_count > 0 then events.incidents_6m_count
        when known.incident_months_6m = 6 then 0
    end as incidents_6m_count,
    events.latest_incident_on,
    case when known.has_dilapidated_houses then coalesce(events.danger_grade in ('C', 'D'), false) end
        as has_unsafe_housing,
    events.danger_grade,
    case
        when net.breadwinner_deaths_count > 0 then net.breadwinner_deaths_count
        when known.death_months_12m = 12 then 0
    end as breadwinner_deaths_12m_count,
    net.latest_death_on,
    case when known.has_public_rentals then coalesce(events.rents_public_housing, false) end
        as rents_public_housing,
    case
        when events.leads_6m_count > 0 then events.leads_6m_count
        when known.lead_months_6m = 6 then 0
    end as leads_6m_count,
    assets.wholly_owned_homes_count,
    cast(assets.wholly_owned_homes_area_m2 as decimal(18, 2)) as wholly_owned_homes_area_m2,
    yuan(mean_cents(cast(assets.wholly_owned_homes_area_m2 * 100 as bigint), net.members_count))
        as home_area_per_head_m2,
    assets.shared_homes_count,
    assets.newest_car_registered_on,
    (extract(year from reference.month_end) - extract(year from assets.newest_car_registered_on)) * 12
    + extract(month from reference.month_end) - extract(month from assets.newest_car_registered_on)
        as newest_car_age_months,
    case when known.has_vehicles then coalesce(assets.cars_count, 0) end as cars_count,
    case when known.has_vehicles then coalesce(assets.mobility_vehicles_count, 0) end
        as mobility_vehicles_count,
    cast(
        case
            when known.has_businesses and not coalesce(assets.has_business, false) then 0
            else assets.paid_in_capital_yuan
        end as decimal(18, 2)
    ) as paid_in_capital_yuan,
    cast(
        case
            when known.has_businesses and not coalesce(assets.has_business, false) then 0
            else assets.subscribed_capital_yuan
        end as decimal(18, 2)
    ) as subscribed_capital_yuan,
    visits.last_visited_on,
    visits.last_visit_outcome,
    carried.carried_extracts,
    repaired.repaired_extracts
from net
inner join places on net.household_no = places.household_no
left join coverage on net.household_no = coverage.household_no
left join assets on net.household_no = assets.household_no
left join events on net.household_no = events.household_no
left join visits on net.household_no = visits.household_no
left join carried on net.household_no = carried.household_no
left join repaired on net.household_no = repaired.household_no
left join conflicts on net.household_no = conflicts.household_no
inner join known on coalesce(places.town_code, '') = known.town_code
cross join reference
