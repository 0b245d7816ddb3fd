-- One row per person and month: what the deliveries of one month change in it. Summed over deliveries
-- these rows say what is known of the month.
with

settlement_changes as (
    select * from settlement_changes
),

income_changes as (
    select * from income_changes
),

changes as (
    select
        resident_key,
        month_on,
        medical_cents,
        0 as income_cents,
        false as is_recorded,
        false as is_earned,
        false as is_contributed
    from settlement_changes

    union all

    select
        resident_key,
        month_on,
        0 as medical_cents,
        income_cents,
        true as is_recorded,
        is_earned,
        is_contributed
    from income_changes
)

select
    resident_key,
    month_on,
    cast(sum(medical_cents) as bigint) as medical_cents,
    cast(sum(income_cents) as bigint) as income_cents,
    bool_or(is_recorded) as is_recorded,
    bool_or(is_earned) as is_earned,
    bool_or(is_contributed) as is_contributed
from changes
group by resident_key, month_on
