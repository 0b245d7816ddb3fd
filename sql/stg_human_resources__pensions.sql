-- One row per person and month with a pension, as delivered.
select
    resident_key,
    pension_month_on as month_on,
    pension_yuan,
    month
from human_resources__pensions
