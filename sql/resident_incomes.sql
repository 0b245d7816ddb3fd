-- One row per person and income month with any record of income.
with

declared as (
    select * from stg_taxation__incomes
),

contributions as (
    select * from stg_human_resources__contributions
),

pensions as (
    select * from stg_human_resources__pensions
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
        income_months.month_on as income_month_on,
        sum(unemployment.benefit_monthly_yuan) as benefit_yuan
    from unemployment
    inner join income_months
        on
            date_trunc('month', unemployment.benefit_from_on) <= income_months.month_on
            and coalesce(unemployment.benefit_until_on, unemployment.deregistered_on, date '9999-12-31')
            >= income_months.month_on
    where unemployment.benefit_monthly_yuan is not null
    group by unemployment.resident_key, income_months.month_on
),

records as (
    select
        resident_key,
        income_month_on,
        declared_yuan,
        null as contribution_base_yuan,
        0 as other_yuan,
        true as is_registered_income
    from declared

    union all

    select
        resident_key,
        income_month_on,
        null as declared_yuan,
        contribution_base_yuan,
        0 as other_yuan,
        true as is_registered_income
    from contributions

    union all

    select
        resident_key,
        income_month_on,
        null as declared_yuan,
        null as contribution_base_yuan,
        pension_yuan as other_yuan,
        true as is_registered_income
    from pensions

    union all

    select
        resident_key,
        income_month_on,
        null as declared_yuan,
        null as contribution_base_yuan,
        benefit_yuan as other_yuan,
        false as is_registered_income
    from benefits
)

-- declared income, without it the contribution base (a bound: it has a floor and a cap), never both
select
    records.resident_key,
    records.income_month_on,
    cast(
        coalesce(max(records.declared_yuan), max(records.contribution_base_yuan), 0)
        + sum(records.other_yuan)
        as decimal(18, 2)
    ) as income_yuan,
    bool_or(records.is_registered_income) as is_registered_income,
    max(records.declared_yuan) is not null or max(records.contribution_base_yuan) is not null as is_earned
from records
inner join income_months on records.income_month_on = income_months.month_on
group by records.resident_key, records.income_month_on
