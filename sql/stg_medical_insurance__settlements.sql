-- One row per settlement document as delivered, with the amounts of refunds negative.
select
    settlement_no,
    resident_key,
    stay_no,
    visit_kind in ('21', '52') as is_inpatient,
    settled_on,
    cast(date_trunc('month', settled_on) as date) as settled_month_on,
    cast(100 * case when coalesce(is_refund, false) then -abs(total_yuan) else total_yuan end as bigint)
        as total_cents,
    cast(
        100 * case when coalesce(is_refund, false) then -abs(self_paid_yuan) else self_paid_yuan end as bigint
    )
        as self_paid_cents,
    month
from medical_insurance__settlements
