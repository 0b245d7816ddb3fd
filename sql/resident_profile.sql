-- One row per resident alive and present at month end.
with

facts as (
    select * from resident_facts
),

income_windows as (
    select * from income_windows
)

select
    facts.resident_key,
    facts.household_no,
    facts.age_years,
    facts.sex,
    facts.has_local_hukou,
    facts.is_minor,
    facts.is_working_age,
    facts.is_student,
    facts.is_able_worker,
    facts.is_registered_unemployed,
    facts.has_ended_benefit,
    facts.months_since_benefit_ended,
    facts.has_contributed_since_benefit_ended,
    facts.has_disability_certificate,
    facts.disability_category,
    facts.disability_grade,
    facts.has_major_illness,
    facts.is_locally_insured,
    facts.is_covered_alone,
    yuan(facts.medical_6m_cents) as medical_self_paid_6m_at_least_yuan,
    facts.is_medical_exact_6m as is_medical_self_paid_6m_exact,
    yuan(facts.medical_12m_cents) as medical_self_paid_12m_at_least_yuan,
    facts.is_medical_exact_12m as is_medical_self_paid_12m_exact,
    yuan(facts.fees_12m_cents) as education_fees_12m_at_least_yuan,
    facts.are_fees_exact_12m as is_education_fees_12m_exact,
    yuan(coalesce(mean_cents(facts.income_6m_at_least_cents, income_windows.income_months_6m), 0))
        as income_6m_monthly_at_least_yuan,
    facts.income_6m_cents is not null and income_windows.income_months_6m > 0
        as is_income_6m_monthly_exact,
    yuan(coalesce(mean_cents(facts.income_12m_at_least_cents, income_windows.income_months_12m), 0))
        as income_12m_monthly_at_least_yuan,
    facts.income_12m_cents is not null and income_windows.income_months_12m > 0
        as is_income_12m_monthly_exact,
    facts.imputed_12m_cents > 0 as is_income_imputed
from facts
cross join income_windows
