-- One row per person with an illness, a certificate, unemployment, its benefit or assistance: what these
-- few rolls say. Put together first, everybody is looked up once instead of six times.
with

illnesses as (
    select * from stg_health__major_illnesses
),

certificates as (
    select * from stg_disabled_persons__certificates
),

unemployed as (
    select * from stg_human_resources__unemployment
),

benefit_ends as (
    select * from benefit_ends
),

benefits as (
    select * from resident_benefits
),

covered as (
    select * from covered_residents
),

told as (
    select
        resident_key,
        true as is_ill
    from illnesses

    union all by name

    select
        resident_key,
        disability_category,
        disability_grade,
        true as has_certificate
    from certificates

    union all by name

    select
        resident_key,
        is_open as is_unemployed
    from unemployed

    union all by name

    select
        resident_key,
        months_since_benefit_ended,
        has_contributed_since_benefit_ended,
        true as has_ended_benefit
    from benefit_ends

    union all by name

    select
        resident_key,
        income_6m_cents,
        income_12m_cents,
        recorded_months
    from benefits

    union all by name

    select
        resident_key,
        is_covered_alone,
        covers_household
    from covered
)

-- each roll has one row per person, but for spells of unemployment
select
    resident_key,
    coalesce(bool_or(is_ill), false) as is_ill,
    coalesce(bool_or(has_certificate), false) as has_certificate,
    any_value(disability_category) as disability_category,
    any_value(disability_grade) as disability_grade,
    coalesce(bool_or(is_unemployed), false) as is_unemployed,
    coalesce(bool_or(has_ended_benefit), false) as has_ended_benefit,
    any_value(months_since_benefit_ended) as months_since_benefit_ended,
    any_value(has_contributed_since_benefit_ended) as has_contributed_since_benefit_ended,
    coalesce(any_value(income_6m_cents), 0) as benefits_6m_cents,
    coalesce(any_value(income_12m_cents), 0) as benefits_12m_cents,
    coalesce(any_value(recorded_months), 0) as benefit_months,
    coalesce(any_value(is_covered_alone), false) as is_covered_alone,
    coalesce(any_value(covers_household), false) as covers_household
from told
group by resident_key
