-- One row per person with money events in the eleven months before: their sums.
select
    resident_key,
    cast(sum(medical_6m_yuan) as decimal(18, 2)) as medical_6m_yuan,
    cast(sum(medical_12m_yuan) as decimal(18, 2)) as medical_12m_yuan,
    cast(sum(income_6m_yuan) as decimal(18, 2)) as income_6m_yuan,
    cast(sum(income_12m_yuan) as decimal(18, 2)) as income_12m_yuan,
    bit_or(recorded_months) as recorded_months,
    bit_or(earned_months) as earned_months,
    bit_or(contributed_months) as contributed_months
from money_parts
group by resident_key
