-- One row per person with money events in the window: sums of 6 and 12 months. Before and now add up.
-- And whether the person earned in the latest income month, where there is any record of that month.
with

before as (
    select * from money_before
),

now as (
    select * from money_parts
),

unemployment as (
    select * from stg_human_resources__unemployment
),

income_months as (
    select * from income_months
),

benefits as (
    select
        unemployment.resident_key,
        0 as medical_6m_cents,
        0 as medical_12m_cents,
        case when income_months.is_in_6 then unemployment.benefit_monthly_cents else 0 end as income_6m_cents,
        unemployment.benefit_monthly_cents as income_12m_cents,
        income_months.bit as recorded_months,
        0 as earned_months,
        0 as contributed_months
    from unemployment
    inner join income_months
        on
            date_trunc('month', unemployment.benefit_from_on) <= income_months.month_on
            and coalesce(unemployment.benefit_until_on, unemployment.deregistered_on, date '9999-12-31')
            >= income_months.month_on
    where unemployment.benefit_monthly_cents is not null
),

parts as (
    select
        resident_key,
        medical_6m_cents,
        medical_12m_cents,
        income_6m_cents,
        income_12m_cents,
        recorded_months,
        earned_months,
        contributed_months,
        recorded_months as registered_months
    from before

    union all

    select
        resident_key,
        medical_6m_cents,
        medical_12m_cents,
        income_6m_cents,
        income_12m_cents,
        recorded_months,
        earned_months,
        contributed_months,
        recorded_months as registered_months
    from now

    union all

    select
        resident_key,
        medical_6m_cents,
        medical_12m_cents,
        income_6m_cents,
        income_12m_cents,
        recorded_months,
        earned_months,
        contributed_months,
        0 as registered_months
    from benefits
),

latest as (
    select max(bit) as bit from income_months
),

sums as (
    select
        resident_key,
        cast(sum(medical_6m_cents) as bigint) as medical_6m_cents,
        cast(sum(medical_12m_cents) as bigint) as medical_12m_cents,
        cast(sum(income_6m_cents) as bigint) as income_6m_cents,
        cast(sum(income_12m_cents) as bigint) as income_12m_cents,
        bit_or(recorded_months) as recorded_months,
        bit_or(earned_months) as earned_months,
        bit_or(contributed_months) as contributed_months,
        bit_or(registered_months) as registered_months
    from parts
    group by resident_key
)

select
    sums.resident_key,
    sums.medical_6m_cents,
    sums.medical_12m_cents,
    sums.income_6m_cents,
    sums.income_12m_cents,
    sums.recorded_months,
    sums.contributed_months,
    case when sums.registered_months & latest.bit > 0 then sums.earned_months & latest.bit > 0 end
        as is_earned
from sums
cross join latest
