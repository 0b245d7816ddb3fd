-- One row per resident alive and present, in order of households: what is known of the person from
-- registers, school, insurance and money, before anything that other departments say.
with

members as (
    select
        resident_key,
        household_no,
        role
    from members
    where is_alive
),

residents as not materialized (
    select * from residents
),

insured as (
    select resident_key from stg_medical_insurance__enrolments
),

money as not materialized (
    select * from resident_money
),

fees as (
    select * from resident_fees
),

people as (
    -- Joined while the rows are narrow: of two relations as large as the city DuckDB hashes either.
    select
        members.resident_key,
        members.household_no,
        members.role,
        insured.resident_key is not null as is_insured
    from members
    left join insured on members.resident_key = insured.resident_key
)

select
    people.household_no,
    people.resident_key,
    people.role,
    residents.age_years,
    residents.sex,
    residents.birth_on,
    residents.has_local_hukou,
    residents.record_town_code,
    residents.town_code,
    residents.community_code,
    residents.is_place_known,
    residents.is_enrolled,
    people.is_insured,
    coalesce(money.is_earned, false) as is_earning,
    coalesce(money.medical_6m_cents, 0) as medical_6m_cents,
    coalesce(money.medical_12m_cents, 0) as medical_12m_cents,
    coalesce(money.income_6m_cents, 0) as income_6m_cents,
    coalesce(money.income_12m_cents, 0) as income_12m_cents,
    coalesce(money.recorded_months, 0) as recorded_months,
    coalesce(money.contributed_months, 0) as contributed_months,
    coalesce(fees.fees_6m_cents, 0) as fees_6m_cents,
    coalesce(fees.fees_12m_cents, 0) as fees_12m_cents
from people
inner join residents on people.resident_key = residents.resident_key
left join money on people.resident_key = money.resident_key
left join fees on people.resident_key = fees.resident_key
