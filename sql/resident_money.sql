-- One row per person with money events in the window: sums of 6 and 12 months. Before and now add up.
-- And whether the person earned in the latest income month, where there is any record of that month.
with

before as not materialized (
    select * from money_before
),

parts as not materialized (
    select * from money_parts
),

reference as (
    select * from reference
),

now as (
    -- of the month itself there is one row per person
    select parts.*
    from parts
    cross join reference
    where parts.month_on = reference.month_start
),

late as (
    select
        parts.resident_key,
        cast(sum(parts.medical_6m_cents) as bigint) as medical_6m_cents,
        cast(sum(parts.medical_12m_cents) as bigint) as medical_12m_cents,
        cast(sum(parts.income_6m_cents) as bigint) as income_6m_cents,
        cast(sum(parts.income_12m_cents) as bigint) as income_12m_cents,
        bit_or(parts.recorded_months) as recorded_months,
        bit_or(parts.earned_months) as earned_months,
        bit_or(parts.contributed_months) as contributed_months
    from parts
    cross join reference
    where parts.month_on <> reference.month_start
    group by parts.resident_key
),

latest as (
    select max(bit) as bit from income_months
),

sums as (
    select
        coalesce(before.resident_key, now.resident_key, late.resident_key) as resident_key,
        coalesce(before.medical_6m_cents, 0) + coalesce(now.medical_6m_cents, 0)
        + coalesce(late.medical_6m_cents, 0) as medical_6m_cents,
        coalesce(before.medical_12m_cents, 0) + coalesce(now.medical_12m_cents, 0)
        + coalesce(late.medical_12m_cents, 0) as medical_12m_cents,
        coalesce(before.income_6m_cents, 0) + coalesce(now.income_6m_cents, 0)
        + coalesce(late.income_6m_cents, 0) as income_6m_cents,
        coalesce(before.income_12m_cents, 0) + coalesce(now.income_12m_cents, 0)
        + coalesce(late.income_12m_cents, 0) as income_12m_cents,
        coalesce(before.recorded_months, 0) | coalesce(now.recorded_months, 0)
        | coalesce(late.recorded_months, 0) as recorded_months,
        coalesce(before.earned_months, 0) | coalesce(now.earned_months, 0)
        | coalesce(late.earned_months, 0) as earned_months,
        coalesce(before.contributed_months, 0) | coalesce(now.contributed_months, 0)
        | coalesce(late.contributed_months, 0) as contributed_months
    from before
    full outer join now on before.resident_key = now.resident_key
    full outer join late on coalesce(before.resident_key, now.resident_key) = late.resident_key
)

select
    sums.resident_key,
    sums.medical_6m_cents,
    sums.medical_12m_cents,
    sums.income_6m_cents,
    sums.income_12m_cents,
    sums.recorded_months,
    sums.contributed_months,
    case when sums.recorded_months & latest.bit > 0 then sums.earned_months & latest.bit > 0 end as is_earned
from sums
cross join latest
