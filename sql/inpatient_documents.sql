-- One row per document of a hospital stay delivered this month.
with

settlements as (
    select * from stg_medical_insurance__settlements
),

reference as (
    select * from reference
)

select settlements.*
from settlements
cross join reference
where settlements.is_inpatient and settlements.month = reference.month_start
