-- One row per person and month with a pension, as last delivered.
select
    resident_key,
    pension_month_on as income_month_on,
    arg_max(pension_yuan, month) as pension_yuan,
    bool_or(is_repaired) as is_repaired
from human_resources__pensions
group by resident_key, pension_month_on
