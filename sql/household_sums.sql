-- One row per household: its members' facts put together. What is true of any is true; else unknown
-- if unknown of any; known parts of sums are lower bounds.
with

facts as (
    select * from resident_facts
)

select
    household_no,
    count(*) as members_count,
    count(case when is_minor then 1 end) as minors_count,
    count(case when not is_minor then 1 end) as adults_count,
    count(case when is_working_age then 1 end) as working_age_count,
    case
        when bool_or(is_able_worker) or count(is_able_worker) = count(*)
            then count(case when is_able_worker then 1 end)
    end as able_workers_count,
    count(case when has_local_hukou then 1 end) as local_hukou_count,
    bool_or(has_local_hukou) as has_local_hukou,
    bool_or(age_years < 6) as has_child_under_6,
    bool_or(age_years >= 80) as has_member_over_80,
    case
        when bool_or(has_severe_disability) then true
        when count(has_severe_disability) = count(*) then false
    end as has_severe_disability,
    case
        when bool_or(has_major_illness) then true
        when count(has_major_illness) = count(*) then false
    end as has_major_illness,
    case
        when bool_or(covers_household) or bool_and(is_covered_alone) then true
        when count(covers_household) = count(*) then false
    end as is_covered,
    case
        when bool_or(is_student) or count(is_student) = count(*) then count(case when is_student then 1 end)
    end as students_count,
    cast(sum(medical_6m_cents) as bigint) as medical_6m_cents,
    cast(sum(medical_12m_cents) as bigint) as medical_12m_cents,
    bool_and(is_medical_exact_6m) as is_medical_exact_6m,
    bool_and(is_medical_exact_12m) as is_medical_exact_12m,
    cast(sum(fees_6m_cents) as bigint) as fees_6m_cents,
    cast(sum(fees_12m_cents) as bigint) as fees_12m_cents,
    bool_and(are_fees_exact_6m) as are_fees_exact_6m,
    bool_and(are_fees_exact_12m) as are_fees_exact_12m,
    case when count(income_6m_cents) = count(*) then cast(sum(income_6m_cents) as bigint) end
        as income_6m_cents,
    case when count(income_12m_cents) = count(*) then cast(sum(income_12m_cents) as bigint) end
        as income_12m_cents,
    cast(sum(income_6m_at_least_cents) as bigint) as income_6m_at_least_cents,
    cast(sum(income_12m_at_least_cents) as bigint) as income_12m_at_least_cents,
    cast(sum(imputed_12m_cents) as bigint) as imputed_12m_cents
from facts
group by household_no
