-- One row per resident alive and present at month end.
with

facts as (
    select * from resident_facts
)

select
    resident_key,
    household_no,
    age_years,
    sex,
    has_local_hukou,
    is_minor,
    is_working_age,
    is_student,
    is_able_worker,
    is_registered_unemployed,
    has_ended_benefit,
    months_since_benefit_ended,
    has_contributed_since_benefit_ended,
    has_disability_certificate,
    disability_category,
    disability_grade,
    has_major_illness,
    is_locally_insured,
    is_covered_alone,
    yuan(medical_6m_cents) as medical_self_paid_6m_at_least_yuan,
    case when is_medical_exact_6m then yuan(medical_6m_cents) end as medical_self_paid_6m_yuan,
    yuan(medical_12m_cents) as medical_self_paid_12m_at_least_yuan,
    case when is_medical_exact_12m then yuan(medical_12m_cents) end as medical_self_paid_12m_yuan,
    yuan(fees_12m_cents) as education_fees_12m_at_least_yuan,
    case when are_fees_exact_12m then yuan(fees_12m_cents) end as education_fees_12m_yuan,
    yuan(coalesce(mean_cents(income_6m_at_least_cents, income_months_6m), 0))
        as income_6m_monthly_at_least_yuan,
    yuan(mean_cents(income_6m_cents, income_months_6m)) as income_6m_monthly_yuan,
    yuan(coalesce(mean_cents(income_12m_at_least_cents, income_months_12m), 0))
        as income_12m_monthly_at_least_yuan,
    yuan(mean_cents(income_12m_cents, income_months_12m)) as income_12m_monthly_yuan,
    imputed_12m_cents > 0 as is_income_imputed
from facts
