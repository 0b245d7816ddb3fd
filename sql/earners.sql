-- One row per resident with a tax, contribution or pension record in the latest income month.
with

incomes as (
    select * from resident_incomes
),

income_months as (
    select * from income_months
)

select
    incomes.resident_key,
    bool_or(incomes.is_earned) as is_earned
from incomes
where
    incomes.income_month_on = (select max(income_months.month_on) from income_months)
    and incomes.is_registered_income
group by incomes.resident_key
