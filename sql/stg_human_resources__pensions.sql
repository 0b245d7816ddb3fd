-- One row per person and month with a pension, as delivered.
select
    resident_key,
    pension_month_on as month_on,
    cast(pension_yuan * 100 as bigint) as pension_cents,
    month
from human_resources__pensions
