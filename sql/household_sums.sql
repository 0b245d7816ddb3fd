-- One row per household: its members' facts put together. What is true of any is true; else unknown
-- if unknown of any; known parts of sums are lower bounds.
with

facts as (
    select * from resident_facts
),

statements as (
    -- Yes or no as bits: two aggregates instead of sixteen, at half the cost.
    select
        *,
        case when is_able_worker then 1 else 0 end
        | case when has_local_hukou then 2 else 0 end
        | case when age_years < 6 then 4 else 0 end
        | case when age_years >= 80 then 8 else 0 end
        | case when has_severe_disability then 16 else 0 end
        | case when has_major_illness then 32 else 0 end
        | case when covers_household then 64 else 0 end
        | case when is_covered_alone is not null then 128 else 0 end
        | case when is_student then 256 else 0 end
            as is_so,
        case when is_able_worker is not null then 1 else 0 end
        | case when has_severe_disability is not null then 2 else 0 end
        | case when has_major_illness is not null then 4 else 0 end
        | case when covers_household is not null then 8 else 0 end
        | case when coalesce(is_covered_alone, true) then 16 else 0 end
        | case when is_student is not null then 32 else 0 end
        | case when is_medical_exact_6m then 64 else 0 end
        | case when is_medical_exact_12m then 128 else 0 end
        | case when are_fees_exact_6m then 256 else 0 end
        | case when are_fees_exact_12m then 512 else 0 end
        | case when income_6m_cents is not null then 1024 else 0 end
        | case when income_12m_cents is not null then 2048 else 0 end
            as is_certain
    from facts
),

sums as (
    select
        household_no,
        count(*) as members_count,
        count(case when is_minor then 1 end) as minors_count,
        count(case when not is_minor then 1 end) as adults_count,
        count(case when is_working_age then 1 end) as working_age_count,
        count(case when is_able_worker then 1 end) as able_workers_count,
        count(case when has_local_hukou then 1 end) as local_hukou_count,
        count(case when is_student then 1 end) as students_count,
        bit_or(is_so) as so_of_any,
        bit_and(is_certain) as certain_of_all,
        cast(sum(medical_6m_cents) as bigint) as medical_6m_cents,
        cast(sum(medical_12m_cents) as bigint) as medical_12m_cents,
        cast(sum(fees_6m_cents) as bigint) as fees_6m_cents,
        cast(sum(fees_12m_cents) as bigint) as fees_12m_cents,
        cast(sum(income_6m_cents) as bigint) as income_6m_cents,
        cast(sum(income_12m_cents) as bigint) as income_12m_cents,
        cast(sum(income_6m_at_least_cents) as bigint) as income_6m_at_least_cents,
        cast(sum(income_12m_at_least_cents) as bigint) as income_12m_at_least_cents,
        cast(sum(imputed_12m_cents) as bigint) as imputed_12m_cents
    from statements
    group by household_no
)

select
    household_no,
    members_count,
    minors_count,
    adults_count,
    working_age_count,
    case when so_of_any & 1 > 0 or certain_of_all & 1 > 0 then able_workers_count end as able_workers_count,
    local_hukou_count,
    so_of_any & 2 > 0 as has_local_hukou,
    so_of_any & 4 > 0 as has_child_under_6,
    so_of_any & 8 > 0 as has_member_over_80,
    case
        when so_of_any & 16 > 0 then true
        when certain_of_all & 2 > 0 then false
    end as has_severe_disability,
    case
        when so_of_any & 32 > 0 then true
        when certain_of_all & 4 > 0 then false
    end as has_major_illness,
    case
        -- the household as such, or alone each member of whom anything is known
        when so_of_any & 64 > 0 or (so_of_any & 128 > 0 and certain_of_all & 16 > 0) then true
        when certain_of_all & 8 > 0 then false
    end as is_covered,
    case when so_of_any & 256 > 0 or certain_of_all & 32 > 0 then students_count end as students_count,
    medical_6m_cents,
    medical_12m_cents,
    certain_of_all & 64 > 0 as is_medical_exact_6m,
    certain_of_all & 128 > 0 as is_medical_exact_12m,
    fees_6m_cents,
    fees_12m_cents,
    certain_of_all & 256 > 0 as are_fees_exact_6m,
    certain_of_all & 512 > 0 as are_fees_exact_12m,
    case when certain_of_all & 1024 > 0 then income_6m_cents end as income_6m_cents,
    case when certain_of_all & 2048 > 0 then income_12m_cents end as income_12m_cents,
    income_6m_at_least_cents,
    income_12m_at_least_cents,
    imputed_12m_cents
from sums
