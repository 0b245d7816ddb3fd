-- One row per pupil and term delivered in the eleven months before: the fee as last delivered.
with

fees as (
    select * from stg_education__fees
),

reference as (
    select * from reference
)

select
    fees.resident_key,
    fees.term_began_on,
    arg_max(fees.fee_half_cents, fees.month) as fee_half_cents
from fees
cross join reference
where fees.term_began_on between reference.window_12_start and reference.month_end
group by fees.resident_key, fees.term_began_on
