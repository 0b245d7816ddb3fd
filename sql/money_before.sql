-- One row per person with money events in the eleven months before: their sums.
select
    resident_key,
    cast(sum(medical_6m_cents) as bigint) as medical_6m_cents,
    cast(sum(medical_12m_cents) as bigint) as medical_12m_cents,
    cast(sum(income_6m_cents) as bigint) as income_6m_cents,
    cast(sum(income_12m_cents) as bigint) as income_12m_cents,
    bit_or(recorded_months) as recorded_months,
    bit_or(earned_months) as earned_months,
    bit_or(contributed_months) as contributed_months
from money_parts
group by resident_key
