-- One row per person with money events in the window: sums of 6 and 12 months.
with

incomes as (
    select * from resident_incomes
),

income_months as (
    select * from income_months
),

settlements as (
    select * from stg_medical_insurance__settlements
),

fees as (
    select * from stg_education__fees
),

reference as (
    select * from reference
),

income_sums as (
    select
        incomes.resident_key,
        sum(case when income_months.is_in_6 then incomes.income_yuan else 0 end) as income_6m_yuan,
        sum(incomes.income_yuan) as income_12m_yuan,
        sum(case when income_months.is_in_6 then 1 else 0 end) as recorded_6m,
        count(*) as recorded_12m,
        sum(case when income_months.is_in_6 then income_months.minimum_wage_yuan else 0 end)
            as recorded_wages_6m_yuan,
        sum(income_months.minimum_wage_yuan) as recorded_wages_12m_yuan
    from incomes
    inner join income_months on incomes.income_month_on = income_months.month_on
    group by incomes.resident_key
),

medical_sums as (
    select
        settlements.resident_key,
        sum(
            case when settlements.settled_on >= reference.window_6_start then settlements.self_paid_yuan else 0 end
        ) as medical_6m_yuan,
        sum(settlements.self_paid_yuan) as medical_12m_yuan
    from settlements
    cross join reference
    where settlements.settled_on between reference.window_12_start and reference.month_end
    group by settlements.resident_key
),

fee_sums as (
    select
        fees.resident_key,
        sum(case when fees.term_began_on >= reference.window_6_start then fees.fee_yuan else 0 end)
            as fees_6m_yuan,
        sum(fees.fee_yuan) as fees_12m_yuan
    from fees
    cross join reference
    where fees.term_began_on between reference.window_12_start and reference.month_end
    group by fees.resident_key
),

events as (
    select
        resident_key,
        income_6m_yuan,
        income_12m_yuan,
        recorded_6m,
        recorded_12m,
        recorded_wages_6m_yuan,
        recorded_wages_12m_yuan,
        0 as medical_6m_yuan,
        0 as medical_12m_yuan,
        0 as fees_6m_yuan,
        0 as fees_12m_yuan
    from income_sums

    union all

    select
        resident_key,
        0,
        0,
        0,
        0,
        0,
        0,
        medical_6m_yuan,
        medical_12m_yuan,
        0,
        0
    from medical_sums

    union all

    select
        resident_key,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        fees_6m_yuan,
        fees_12m_yuan
    from fee_sums
)

select
    resident_key,
    cast(sum(income_6m_yuan) as decimal(18, 2)) as income_6m_yuan,
    cast(sum(income_12m_yuan) as decimal(18, 2)) as income_12m_yuan,
    cast(sum(recorded_6m) as integer) as recorded_6m,
    cast(sum(recorded_12m) as integer) as recorded_12m,
    cast(sum(recorded_wages_6m_yuan) as decimal(18, 2)) as recorded_wages_6m_yuan,
    cast(sum(recorded_wages_12m_yuan) as decimal(18, 2)) as recorded_wages_12m_yuan,
    cast(sum(medical_6m_yuan) as decimal(18, 2)) as medical_6m_yuan,
    cast(sum(medical_12m_yuan) as decimal(18, 2)) as medical_12m_yuan,
    cast(sum(fees_6m_yuan) as decimal(18, 2)) as fees_6m_yuan,
    cast(sum(fees_12m_yuan) as decimal(18, 2)) as fees_12m_yuan
from events
group by resident_key
