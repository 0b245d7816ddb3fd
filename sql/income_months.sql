-- One row per month of the window in which every source of income was accepted.
select
    month_on,
    bit,
    is_in_6,
    minimum_wage_cents
from window_months
where is_income_month
