-- One row per settlement document and side of the comparison: what was known before this month's
-- documents (sign -1) and after them (sign 1), as far as they touch it. Documents that touch nothing
-- stand on the side after alone.
with

-- read anew for each use: kept once, all rows of twelve months would be
settlements as not materialized (
    select * from stg_medical_insurance__settlements
),

inpatient_before as (
    -- the documents of hospital stays of the eleven months before
    select * from inpatient_before
),

reference as (
    select * from reference
),

delivered as (
    select settlements.*
    from settlements
    cross join reference
    where settlements.month = reference.month_start
),

late as (
    select
        delivered.resident_key,
        delivered.settlement_no
    from delivered
    cross join reference
    where delivered.settled_month_on <> reference.month_start
),

touched as (
    select * from inpatient_before
    where
        resident_key in (
            select delivered.resident_key from delivered
            where delivered.is_inpatient
        )

    union

    select settlements.*
    from settlements
    cross join reference
    where
        settlements.month < reference.month_start
        and settlements.resident_key in (select late.resident_key from late)

    union

    select settlements.*
    from settlements
    cross join reference
    where
        settlements.month < reference.month_start
        and settlements.settlement_no in (select late.settlement_no from late)
)

select
    delivered.settlement_no,
    delivered.resident_key,
    delivered.stay_no,
    delivered.is_inpatient,
    delivered.settled_on,
    delivered.settled_month_on,
    delivered.total_cents,
    delivered.self_paid_cents,
    delivered.month,
    1 as sign
from delivered

union all

select
    touched.settlement_no,
    touched.resident_key,
    touched.stay_no,
    touched.is_inpatient,
    touched.settled_on,
    touched.settled_month_on,
    touched.total_cents,
    touched.self_paid_cents,
    touched.month,
    1 as sign
from touched

union all

select
    touched.settlement_no,
    touched.resident_key,
    touched.stay_no,
    touched.is_inpatient,
    touched.settled_on,
    touched.settled_month_on,
    touched.total_cents,
    touched.self_paid_cents,
    touched.month,
    -1 as sign
from touched
