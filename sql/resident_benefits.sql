-- One row per person with unemployment benefit in the window: sums of 6 and 12 months, its months as bits.
with

unemployment as (
    select * from stg_human_resources__unemployment
),

income_months as (
    select * from income_months
)

select
    unemployment.resident_key,
    cast(
        sum(case when income_months.is_in_6 then unemployment.benefit_monthly_cents else 0 end) as bigint
    ) as income_6m_cents,
    cast(sum(unemployment.benefit_monthly_cents) as bigint) as income_12m_cents,
    bit_or(income_months.bit) as recorded_months
from unemployment
inner join income_months
    on
        date_trunc('month', unemployment.benefit_from_on) <= income_months.month_on
        and coalesce(unemployment.benefit_until_on, unemployment.deregistered_on, date '9999-12-31')
        >= income_months.month_on
where unemployment.benefit_monthly_cents is not null
group by unemployment.resident_key
