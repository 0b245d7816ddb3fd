-- One row per pupil: fees of the terms that began in the windows, each fee once, as last delivered.
with

before as (
    select * from fees_before
),

fees as (
    select * from stg_education__fees
),

reference as (
    select * from reference
),

delivered as (
    select
        resident_key,
        term_began_on,
        fee_half_cents,
        0 as recency
    from before

    union all

    select
        fees.resident_key,
        fees.term_began_on,
        fees.fee_half_cents,
        1 as recency
    from fees
    cross join reference
    where fees.term_began_on between reference.window_12_start and reference.month_end
),

once as (
    select
        resident_key,
        term_began_on,
        arg_max(fee_half_cents, recency) as fee_half_cents
    from delivered
    group by resident_key, term_began_on
)

select
    once.resident_key,
    mean_cents(
        cast(
            sum(case when once.term_began_on >= reference.window_6_start then once.fee_half_cents else 0 end)
            as bigint
        ),
        2
    ) as fees_6m_cents,
    mean_cents(cast(sum(once.fee_half_cents) as bigint), 2) as fees_12m_cents
from once
cross join reference
group by once.resident_key
