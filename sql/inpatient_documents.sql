-- One row per document of a hospital stay delivered this month.
with

settlements as (
    select * from stg_medical_insurance__settlements
),

reference as (
    select * from reference
)

select
    settlements.settlement_no,
    settlements.resident_key,
    settlements.stay_no,
    settlements.is_inpatient,
    settlements.settled_on,
    settlements.settled_month_on,
    settlements.total_cents,
    settlements.self_paid_cents,
    settlements.month
from settlements
cross join reference
where settlements.is_inpatient and settlements.month = reference.month_start
