-- One row per person whose latest unemployment benefit has ended: when, and whether work came after.
with

unemployment as (
    select * from stg_human_resources__unemployment
),

money as not materialized (
    select
        resident_key,
        contributed_months
    from placed
),

window_months as (
    select * from window_months
),

contribution_months as (
    select month_on from accepted_months
    where extract_id = 'human_resources__contributions'
),

reference as (
    select * from reference
),

ends as (
    select
        resident_key,
        max(benefit_until_on) as ended_on,
        arg_max(
            coalesce(benefit_from_on, benefit_until_on),
            benefit_until_on || coalesce(benefit_from_on, benefit_until_on)
        ) as began_on
    from unemployment
    group by resident_key
),

ended as (
    select
        ends.resident_key,
        (extract(year from reference.month_end) - extract(year from ends.ended_on)) * 12
        + extract(month from reference.month_end) - extract(month from ends.ended_on)
            as months_since_benefit_ended,
        -- Who had the benefit from an earlier month and paid for its last one found work in that month;
        -- else the contribution may be of the work that was lost.
        case when date_trunc('month', ends.began_on) < date_trunc('month', ends.ended_on) then 0 else 1 end
            as months_waited,
        date_trunc('month', ends.ended_on) as ended_month_on
    from ends
    cross join reference
    where ends.ended_on <= reference.month_end
),

looked_at as (
    select
        resident_key,
        months_since_benefit_ended,
        months_since_benefit_ended + 1 - months_waited as months_wanted,
        cast(ended_month_on + to_months(months_waited) as date) as since_on
    from ended
),

contributed as (
    select distinct looked_at.resident_key
    from looked_at
    inner join money on looked_at.resident_key = money.resident_key
    inner join window_months on looked_at.since_on <= window_months.month_on
    where money.contributed_months & window_months.bit > 0
),

months_on_hand as (
    select
        spans.since_on,
        count(contribution_months.month_on) as months
    from (select distinct since_on from looked_at) as spans
    left join contribution_months on spans.since_on <= contribution_months.month_on
    group by spans.since_on
)

select
    looked_at.resident_key,
    cast(looked_at.months_since_benefit_ended as bigint) as months_since_benefit_ended,
    case
        when contributed.resident_key is not null then true
        when months_on_hand.months >= looked_at.months_wanted then false
    end as has_contributed_since_benefit_ended
from looked_at
inner join months_on_hand on looked_at.since_on = months_on_hand.since_on
left join contributed on looked_at.resident_key = contributed.resident_key
