-- One row per person and month with money events: what of it counts in the windows, and as bits (bit 0
-- is the first month of the window) whether there is any record of income, of work, of a contribution.
with

resident_months as (
    select * from resident_months
),

window_months as (
    select * from window_months
)

select
    resident_months.resident_key,
    resident_months.month_on,
    case when window_months.is_in_6 then resident_months.medical_cents else 0 end as medical_6m_cents,
    resident_months.medical_cents as medical_12m_cents,
    case
        when window_months.is_in_6 and window_months.is_income_month then resident_months.income_cents else 0
    end
        as income_6m_cents,
    case when window_months.is_income_month then resident_months.income_cents else 0 end as income_12m_cents,
    case when resident_months.is_recorded then window_months.bit else 0 end as recorded_months,
    case when resident_months.is_earned then window_months.bit else 0 end as earned_months,
    case when resident_months.is_contributed then window_months.bit else 0 end as contributed_months
from resident_months
inner join window_months on resident_months.month_on = window_months.month_on
