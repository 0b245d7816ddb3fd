-- One row per pupil and term delivered in the window: the term's fee, as last delivered.
with

enrolments as (
    select
        resident_key,
        term,
        month,
        is_repaired,
        -- a yearly fee is halved per term
        case when fee_period = 'year' then tuition_yuan / 2 else tuition_yuan end as fee_yuan
    from education__enrolments_window
),

latest as (
    select
        resident_key,
        term,
        max(month) as month
    from enrolments
    group by resident_key, term
)

select
    enrolments.resident_key,
    make_date(
        cast(left(enrolments.term, 4) as integer),
        case when enrolments.term like '%autumn' then 9 else 3 end,
        1
    ) as term_began_on,
    cast(max(enrolments.fee_yuan) as decimal(12, 2)) as fee_yuan,
    bool_or(enrolments.is_repaired) as is_repaired
from enrolments
inner join latest
    on
        enrolments.resident_key = latest.resident_key
        and enrolments.term = latest.term
        and enrolments.month = latest.month
group by enrolments.resident_key, enrolments.term
