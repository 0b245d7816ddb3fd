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
        medical_yuan,
        0 as income_yuan,
        false as is_recorded,
        false as is_earned,
        false as is_contributed
    from settlement_changes

    union all

    select
        resident_key,
        month_on,
        0 as medical_yuan,
        income_yuan,
        true as is_recorded,
        is_earned,
        is_contributed
    from income_changes
)

select
    resident_key,
    month_on,
    cast(sum(medical_yuan) as decimal(18, 2)) as medical_yuan,
    cast(sum(income_yuan) as decimal(18, 2)) as income_yuan,
    bool_or(is_recorded) as is_recorded,
    bool_or(is_earned) as is_earned,
    bool_or(is_contributed) as is_contributed
from changes
group by resident_key, month_on
