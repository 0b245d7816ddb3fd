-- One row per person and month: what the deliveries of one month change in it. Summed over deliveries
-- these rows say what is known of the month.
with

settlement_changes as (
    select * from settlement_changes
),

income_changes as (
    select * from income_changes
)

select
    coalesce(settlement_changes.resident_key, income_changes.resident_key) as resident_key,
    coalesce(settlement_changes.month_on, income_changes.month_on) as month_on,
    coalesce(settlement_changes.medical_cents, 0) as medical_cents,
    coalesce(income_changes.income_cents, 0) as income_cents,
    income_changes.resident_key is not null as is_recorded,
    coalesce(income_changes.is_earned, false) as is_earned,
    coalesce(income_changes.is_contributed, false) as is_contributed
from settlement_changes
full outer join income_changes
    on
        settlement_changes.resident_key = income_changes.resident_key
        and settlement_changes.month_on = income_changes.month_on
