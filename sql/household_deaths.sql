-- One row per household that lost a member within twelve months: deaths, and what was spent for them.
with

deceased as (
    select * from deceased
),

money as (
    select * from resident_money
),

fees as (
    select * from resident_fees
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
    cast(coalesce(sum(money.medical_6m_cents), 0) as bigint) as medical_6m_cents,
    cast(coalesce(sum(money.medical_12m_cents), 0) as bigint) as medical_12m_cents,
    cast(coalesce(sum(fees.fees_6m_cents), 0) as bigint) as fees_6m_cents,
    cast(coalesce(sum(fees.fees_12m_cents), 0) as bigint) as fees_12m_cents
from deceased
cross join reference
left join money on deceased.resident_key = money.resident_key
left join fees on deceased.resident_key = fees.resident_key
group by deceased.household_no
