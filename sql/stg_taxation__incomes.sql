-- One row per person, month, kind of income and payer with declared income, as delivered.
select
    resident_key,
    income_month_on as month_on,
    income_kind,
    payer_no,
    cast(income_yuan * 100 as bigint) as income_cents,
    month
from taxation__incomes
