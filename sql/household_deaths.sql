-- One row per household that lost a member within twelve months: deaths, and what was spent for them.
with

deceased as (
    select * from deceased
),

sums as (
    select * from resident_sums
),

reference as (
    select * from reference
)

select
    deceased.household_no,
    count(*) filter (
        where
            deceased.age_years >= 18
            and deceased.age_years
            < case when deceased.sex = 'M' then reference.pension_age_male else reference.pension_age_female end
    ) as breadwinner_deaths_count,
    max(deceased.died_on) as latest_death_on,
    coalesce(sum(sums.medical_6m_yuan), 0) as medical_6m_yuan,
    coalesce(sum(sums.medical_12m_yuan), 0) as medical_12m_yuan,
    coalesce(sum(sums.fees_6m_yuan), 0) as fees_6m_yuan,
    coalesce(sum(sums.fees_12m_yuan), 0) as fees_12m_yuan
from deceased
cross join reference
left join sums on deceased.resident_key = sums.resident_key
group by deceased.household_no
