-- One row per person and income month: by how much this month's deliveries change the income known
-- for it: declared income, without it the contribution base (a bound: it has a floor and a cap), never
-- both; plus pension.
with

-- read anew for each use: kept once, all rows of twelve months would be
declared as not materialized (
    select * from stg_taxation__incomes
),

contributions as not materialized (
    select * from stg_human_resources__contributions
),

pensions as not materialized (
    select * from stg_human_resources__pensions
),

late as (
    select * from late_incomes
),

reference as (
    select * from reference
),

declared_once as (
    -- what is delivered again for a month replaces what was delivered before, payer by payer
    select
        declared.resident_key,
        declared.month_on,
        arg_max(declared.income_cents, declared.month) as declared_cents,
        arg_max(declared.income_cents, declared.month)
        filter (where declared.month < reference.month_start) as before_cents
    from declared
    inner join late on declared.resident_key = late.resident_key and declared.month_on = late.month_on
    cross join reference
    group by declared.resident_key, declared.month_on, declared.income_kind, declared.payer_no
),

contributed_once as (
    select
        contributions.resident_key,
        contributions.month_on,
        arg_max(contributions.base_cents, contributions.month) as base_cents,
        arg_max(contributions.base_cents, contributions.month)
        filter (where contributions.month < reference.month_start) as before_cents
    from contributions
    inner join late
        on contributions.resident_key = late.resident_key and contributions.month_on = late.month_on
    cross join reference
    group by contributions.resident_key, contributions.month_on
),

pensioned_once as (
    select
        pensions.resident_key,
        pensions.month_on,
        arg_max(pensions.pension_cents, pensions.month) as pension_cents,
        arg_max(pensions.pension_cents, pensions.month)
        filter (where pensions.month < reference.month_start) as before_cents
    from pensions
    inner join late on pensions.resident_key = late.resident_key and pensions.month_on = late.month_on
    cross join reference
    group by pensions.resident_key, pensions.month_on
),

declared_now as (
    -- Most records are of the month itself, and of a source most people have one: put together while they
    -- are narrow, and joined, at half of what counting all of them by person and month costs.
    select
        declared.resident_key,
        cast(sum(declared.income_cents) as bigint) as declared_cents
    from declared
    cross join reference
    where declared.month = reference.month_start and declared.month_on = reference.month_start
    group by declared.resident_key
),

contributed_now as (
    select
        contributions.resident_key,
        max(contributions.base_cents) as base_cents
    from contributions
    cross join reference
    where contributions.month = reference.month_start and contributions.month_on = reference.month_start
    group by contributions.resident_key
),

pensioned_now as (
    select
        pensions.resident_key,
        cast(sum(pensions.pension_cents) as bigint) as pension_cents
    from pensions
    cross join reference
    where pensions.month = reference.month_start and pensions.month_on = reference.month_start
    group by pensions.resident_key
),

records as (
    select
        resident_key,
        month_on,
        declared_cents,
        null as base_cents,
        null as pension_cents,
        1 as sign
    from declared_once

    union all

    select
        resident_key,
        month_on,
        before_cents as declared_cents,
        null as base_cents,
        null as pension_cents,
        -1 as sign
    from declared_once
    where before_cents is not null

    union all

    select
        resident_key,
        month_on,
        null as declared_cents,
        base_cents,
        null as pension_cents,
        1 as sign
    from contributed_once

    union all

    select
        resident_key,
        month_on,
        null as declared_cents,
        before_cents as base_cents,
        null as pension_cents,
        -1 as sign
    from contributed_once
    where before_cents is not null

    union all

    select
        resident_key,
        month_on,
        null as declared_cents,
        null as base_cents,
        pension_cents,
        1 as sign
    from pensioned_once

    union all

    select
        resident_key,
        month_on,
        null as declared_cents,
        null as base_cents,
        before_cents as pension_cents,
        -1 as sign
    from pensioned_once
    where before_cents is not null
),

sides as (
    select
        resident_key,
        month_on,
        sign,
        coalesce(sum(declared_cents), max(base_cents), 0) + coalesce(sum(pension_cents), 0) as income_cents,
        count(declared_cents) + count(base_cents) > 0 as is_earned,
        count(base_cents) > 0 as is_contributed
    from records
    group by resident_key, month_on, sign
)

select
    coalesce(declared_now.resident_key, contributed_now.resident_key, pensioned_now.resident_key)
        as resident_key,
    reference.month_start as month_on,
    coalesce(declared_now.declared_cents, contributed_now.base_cents, 0)
    + coalesce(pensioned_now.pension_cents, 0) as income_cents,
    declared_now.declared_cents is not null or contributed_now.base_cents is not null as is_earned,
    contributed_now.base_cents is not null as is_contributed
from declared_now
full outer join contributed_now on declared_now.resident_key = contributed_now.resident_key
full outer join pensioned_now
    on coalesce(declared_now.resident_key, contributed_now.resident_key) = pensioned_now.resident_key
cross join reference

union all

select
    resident_key,
    month_on,
    cast(sum(sign * income_cents) as bigint) as income_cents,
    bool_or(is_earned and sign = 1) as is_earned,
    bool_or(is_contributed and sign = 1) as is_contributed
from sides
group by resident_key, month_on
