-- One row per town: households helped in twelve months, by a visit or by assistance begun after listing.
with visits as (
    select distinct
        household_key,
        town_code
    from visit_results
    where
        month between $window_start and $month_start
        and visited_on >= $window_start
        and outcome = 'confirmed_helped'
),

cases_now as (
    select
        household_key,
        town_code,
        status,
        first_listed_month
    from cases
    where month = $month_start
),

covered as (
    select
        household_key,
        town_code
    from cases_now
    where status = 'covered' and first_listed_month >= $window_start
),

helped as (
    select household_key
    from visits
    union
    select household_key
    from covered
),

of_visits as (
    select
        household_key,
        max(town_code) as town_code
    from visits
    group by household_key
)

select
    coalesce(cases_now.town_code, of_visits.town_code) as town_code,
    count(*) as helped,
    count(of_visits.household_key) as helped_by_visit,
    count(covered.household_key) as assistance_began
from helped
left join cases_now on helped.household_key = cases_now.household_key
left join of_visits on helped.household_key = of_visits.household_key
left join covered on helped.household_key = covered.household_key
group by coalesce(cases_now.town_code, of_visits.town_code)
order by coalesce(cases_now.town_code, of_visits.town_code) asc
