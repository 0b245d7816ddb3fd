-- One row per resident alive and present: every fact the profiles are made of, sums not yet averaged.
with

placed as (
    select * from placed
),

known as (
    select * from known
),

reference as (
    select * from reference
),

rolls as (
    select * from resident_statuses
),

recorded as (
    select * from recorded_months
),

statuses as (
    select
        placed.resident_key,
        placed.household_no,
        placed.age_years,
        placed.sex,
        placed.has_local_hukou,
        placed.age_years < 18 as is_minor,
        placed.age_years
        >= case when placed.sex = 'M' then reference.pension_age_male else reference.pension_age_female end
            as is_pension_age,
        case
            when not known.has_school_roll then null
            when placed.is_enrolled then true
            -- at school elsewhere, perhaps
            when placed.age_years between 6 and 15 or placed.age_years between 18 and 22 then null
            else false
        end as is_student,
        case when known.has_unemployment_roll then coalesce(rolls.is_unemployed, false) end
            as is_registered_unemployed,
        case when known.has_unemployment_roll then coalesce(rolls.has_ended_benefit, false) end
            as has_ended_benefit,
        rolls.months_since_benefit_ended,
        case
            when rolls.has_contributed_since_benefit_ended or known.is_income_whole_6m
                then rolls.has_contributed_since_benefit_ended
        end as has_contributed_since_benefit_ended,
        case
            when not known.has_certificates then null
            when rolls.has_certificate then true
            when placed.has_local_hukou then false
        end as has_disability_certificate,
        rolls.disability_category,
        rolls.disability_grade,
        case when known.has_enrolments then placed.is_insured end as is_locally_insured,
        case
            when not known.has_illnesses then null
            when rolls.is_ill then true
            when known.has_enrolments and placed.is_insured then false
        end as has_major_illness,
        case when known.has_assistance_roll then coalesce(rolls.is_covered_alone, false) end
            as is_covered_alone,
        case when known.has_assistance_roll then coalesce(rolls.covers_household, false) end
            as covers_household,
        placed.is_earning,
        placed.medical_6m_cents,
        placed.medical_12m_cents,
        placed.fees_6m_cents,
        placed.fees_12m_cents,
        placed.income_6m_cents + coalesce(rolls.benefits_6m_cents, 0) as recorded_6m_cents,
        placed.income_12m_cents + coalesce(rolls.benefits_12m_cents, 0) as recorded_12m_cents,
        recorded.months_6m as recorded_6m,
        recorded.months_12m as recorded_12m,
        known.minimum_wages_6m_cents
        - recorded.minimum_wages_6m_cents as unrecorded_wages_6m_cents,
        known.minimum_wages_12m_cents - recorded.minimum_wages_12m_cents
            as unrecorded_wages_12m_cents,
        known.income_months_6m,
        known.income_months_12m,
        known.is_income_whole_6m,
        known.is_income_whole_12m,
        known.settlement_months_6m = 6 as is_medical_whole_6m,
        known.settlement_months_12m = 12 as is_medical_whole_12m,
        known.are_fees_whole_6m,
        known.are_fees_whole_12m,
        known.has_unemployment_roll,
        known.has_certificates,
        known.has_illnesses,
        reference.is_income_imputed as is_imputation_on
    from placed
    inner join known on placed.record_town_code = known.town_code
    cross join reference
    left join rolls on placed.resident_key = rolls.resident_key
    inner join recorded
        on placed.recorded_months | coalesce(rolls.benefit_months, 0) = recorded.recorded_months
),

capacities as (
    select
        *,
        case
            when not has_disability_certificate then false
            when has_disability_certificate then disability_grade <= 2
        end as has_severe_disability,
        age_years >= 18 and not is_pension_age as is_working_age,
        case
            -- income beyond what is recorded is zero
            when is_minor or is_pension_age or is_registered_unemployed or is_student then 'zero'
            when has_disability_certificate and disability_grade <= 2 then 'zero'
            when has_major_illness then 'zero'
            -- a status that a missing source would have told
            when not has_unemployment_roll or not has_illnesses then 'unknown'
            when has_local_hukou and not has_certificates then 'unknown'
            when is_student is null and age_years <= 22 then 'unknown'
            when is_imputation_on then 'imputed'
            else 'unknown'
        end as unrecorded_income
    from statuses
),

incomes as (
    select
        *,
        case
            when not is_working_age then false
            when has_severe_disability or has_major_illness or is_student then false
            -- who earns now is able, whatever else is not known
            when is_earning then true
            when has_severe_disability is null or has_major_illness is null or is_student is null then null
            else true
        end as is_able_worker,
        case
            when income_months_6m = 0 or not is_income_whole_6m and not is_minor then null
            when is_minor then 0
            when recorded_6m >= income_months_6m or unrecorded_income = 'zero' then recorded_6m_cents
            when unrecorded_income = 'imputed' then recorded_6m_cents + unrecorded_wages_6m_cents
        end as income_6m_cents,
        case
            when income_months_12m = 0 or not is_income_whole_12m and not is_minor then null
            when is_minor then 0
            when recorded_12m >= income_months_12m or unrecorded_income = 'zero' then recorded_12m_cents
            when unrecorded_income = 'imputed' then recorded_12m_cents + unrecorded_wages_12m_cents
        end as income_12m_cents,
        case
            when recorded_12m < income_months_12m and unrecorded_income = 'imputed'
                then unrecorded_wages_12m_cents
            else 0
        end as imputed_12m_cents
    from capacities
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
    has_severe_disability,
    has_major_illness,
    is_locally_insured,
    is_covered_alone,
    covers_household,
    medical_6m_cents,
    medical_12m_cents,
    coalesce(is_locally_insured and is_medical_whole_6m, false) as is_medical_exact_6m,
    coalesce(is_locally_insured and is_medical_whole_12m, false) as is_medical_exact_12m,
    fees_6m_cents,
    fees_12m_cents,
    is_student is not null and are_fees_whole_6m as are_fees_exact_6m,
    is_student is not null and are_fees_whole_12m as are_fees_exact_12m,
    income_6m_cents,
    income_12m_cents,
    coalesce(income_6m_cents, case when is_minor then 0 else recorded_6m_cents end)
        as income_6m_at_least_cents,
    coalesce(income_12m_cents, case when is_minor then 0 else recorded_12m_cents end)
        as income_12m_at_least_cents,
    case when income_12m_cents is null then 0 else imputed_12m_cents end as imputed_12m_cents
from incomes
