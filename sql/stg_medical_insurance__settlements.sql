-- One row per settlement document of the window that counts: each document once, each stay once.
with

delivered as (
    select
        settlement_no,
        resident_key,
        stay_no,
        settled_on,
        total_yuan,
        case when coalesce(is_refund, false) then -abs(self_paid_yuan) else self_paid_yuan end
            as self_paid_yuan,
        coalesce(is_refund, false) or total_yuan < 0 as is_refund,
        is_repaired,
        month,
        -- a document sent again in a later month is the same document
        row_number() over (partition by settlement_no order by month desc) as copy
    from medical_insurance__settlements
),

documents as (
    select * from delivered
    where copy = 1
),

stays_of_several as (
    select
        resident_key,
        stay_no
    from documents
    where stay_no is not null
    group by resident_key, stay_no
    having count(*) > 1
),

parts as (
    select
        documents.*,
        row_number() over (
            partition by
                documents.resident_key, documents.stay_no, abs(documents.total_yuan),
                abs(documents.self_paid_yuan), documents.is_refund
            order by documents.settled_on, documents.month, documents.settlement_no
        ) as place_in_kind,
        sum(case when documents.is_refund then 1 else 0 end) over bill as refunds,
        sum(case when documents.is_refund then 0 else 1 end) over bill as bills
    from documents
    inner join stays_of_several
        on
            documents.resident_key = stays_of_several.resident_key
            and documents.stay_no = stays_of_several.stay_no
    window bill as (
        partition by
            documents.resident_key, documents.stay_no, abs(documents.total_yuan),
            abs(documents.self_paid_yuan)
    )
),

left_after_refunds as (
    -- a refund takes back the earliest equal bill of its stay
    select
        parts.*,
        row_number() over (
            partition by parts.resident_key, parts.stay_no, parts.is_refund, parts.total_yuan
            order by parts.settled_on desc, parts.month desc, parts.settlement_no desc
        ) as recency
    from parts
    where
        (parts.is_refund and parts.place_in_kind > parts.bills)
        or (not parts.is_refund and parts.place_in_kind > parts.refunds)
)

select
    documents.settlement_no,
    documents.resident_key,
    documents.settled_on,
    documents.self_paid_yuan,
    documents.is_repaired
from documents
left join stays_of_several
    on
        documents.resident_key = stays_of_several.resident_key
        and documents.stay_no = stays_of_several.stay_no
where stays_of_several.resident_key is null

union all

-- of a stay that is billed twice the latest bill counts
select
    settlement_no,
    resident_key,
    settled_on,
    self_paid_yuan,
    is_repaired
from left_after_refunds
where is_refund or recency = 1
