-- One row per person and month of settlement: by how much this month's documents change what the
-- person paid then. Each document counts once, each stay counts once.
with

considered as not materialized (
    select * from settlements_considered
),

reference as (
    select * from reference
),

late as (
    select distinct considered.settlement_no
    from considered
    cross join reference
    where considered.month <> considered.settled_month_on
),

resent as (
    -- a document sent again is the same document, as last delivered
    select
        considered.*,
        row_number() over (
            partition by considered.sign, considered.settlement_no, considered.settled_on
            order by considered.month desc
        ) as copy
    from considered
    where considered.settlement_no in (select late.settlement_no from late)
),

counted_documents as not materialized (
    select considered.*
    from considered
    where considered.settlement_no not in (select late.settlement_no from late)

    union all

    select resent.* exclude (copy)
    from resent
    where resent.copy = 1
),

documents as not materialized (
    -- a stay in hospital is one whenever it is billed; outside, a visit number counts within one month
    select
        *,
        abs(total_cents) as amount_cents,
        case
            when stay_no is not null and is_inpatient then date '1900-01-01'
            when stay_no is not null then settled_month_on
        end as visit_within_on
    from counted_documents
),

suspects as (
    -- only amounts that a person was billed (or refunded) more than once can be one stay billed again
    select
        resident_key,
        amount_cents
    from documents
    where visit_within_on is not null
    group by resident_key, amount_cents
    having count(*) > 1
),

doubtful as (
    select documents.*
    from documents
    inner join suspects
        on
            documents.resident_key = suspects.resident_key
            and documents.amount_cents = suspects.amount_cents
    where documents.visit_within_on is not null
),

bills_and_refunds as (
    select
        doubtful.*,
        row_number() over (
            partition by
                doubtful.sign, doubtful.resident_key, doubtful.stay_no, doubtful.visit_within_on,
                abs(doubtful.total_cents), abs(doubtful.self_paid_cents), doubtful.total_cents > 0
            order by doubtful.settled_on asc, doubtful.month asc, doubtful.settlement_no asc
        ) as place_in_kind,
        sum(case when doubtful.total_cents > 0 then 0 else 1 end) over bill as refunds,
        sum(case when doubtful.total_cents > 0 then 1 else 0 end) over bill as bills
    from doubtful
    window bill as (
        partition by
            doubtful.sign, doubtful.resident_key, doubtful.stay_no, doubtful.visit_within_on,
            abs(doubtful.total_cents), abs(doubtful.self_paid_cents)
    )
),

left_after_refunds as (
    -- a refund takes back the earliest equal bill of its stay
    select
        bills_and_refunds.*,
        row_number() over (
            partition by
                bills_and_refunds.sign, bills_and_refunds.resident_key, bills_and_refunds.stay_no,
                bills_and_refunds.visit_within_on, bills_and_refunds.total_cents
            order by
                bills_and_refunds.settled_on desc, bills_and_refunds.month desc,
                bills_and_refunds.settlement_no desc
        ) as recency
    from bills_and_refunds
    where
        (bills_and_refunds.total_cents > 0 and bills_and_refunds.place_in_kind > bills_and_refunds.refunds)
        or (bills_and_refunds.total_cents <= 0 and bills_and_refunds.place_in_kind > bills_and_refunds.bills)
),

counted as (
    select
        sign,
        resident_key,
        settled_month_on,
        self_paid_cents
    from documents

    union all

    -- the few that may be one stay are taken off again, and put back as far as they count
    select
        -sign as sign,
        resident_key,
        settled_month_on,
        self_paid_cents
    from doubtful

    union all

    -- of a stay that is billed twice the latest bill counts
    select
        sign,
        resident_key,
        settled_month_on,
        self_paid_cents
    from left_after_refunds
    where total_cents <= 0 or recency = 1
)

select
    resident_key,
    settled_month_on as month_on,
    cast(sum(sign * self_paid_cents) as bigint) as medical_cents
from counted
group by resident_key, settled_month_on
