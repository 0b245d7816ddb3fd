-- One row per person and month with declared income of any kind and payer, each as last delivered.
with

payments as (
    select
        resident_key,
        income_month_on,
        arg_max(income_yuan, month) as income_yuan,
        bool_or(is_repaired) as is_repaired
    from taxation__incomes
    group by resident_key, income_month_on, income_kind, payer_no
)

select
    resident_key,
    income_month_on,
    sum(income_yuan) as declared_yuan,
    bool_or(is_repaired) as is_repaired
from payments
group by resident_key, income_month_on
