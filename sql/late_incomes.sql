-- One row per person and earlier month for which this month's deliveries bring a record of income.
with

declared as (
    select * from stg_taxation__incomes
),

contributions as (
    select * from stg_human_resources__contributions
),

pensions as (
    select * from stg_human_resources__pensions
),

reference as (
    select * from reference
),

delivered as (
    select
        resident_key,
        month_on,
        month
    from declared

    union all

    select
        resident_key,
        month_on,
        month
    from contributions

    union all

    select
        resident_key,
        month_on,
        month
    from pensions
)

select distinct
    delivered.resident_key,
    delivered.month_on
from delivered
cross join reference
where delivered.month = reference.month_start and delivered.month_on <> reference.month_start
