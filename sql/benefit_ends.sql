-- One row per person whose latest unemployment benefit has ended: when, and whether work came after.
with

unemployment as (
    select * from stg_human_resources__unemployment
),

money as (
    select * from resident_money
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
        unemployment.resident_key,
        max(unemployment.benefit_until_on) as ended_on
    from unemployment
    group by unemployment.resident_key
),

ended as (
    select
        ends.resident_key,
        ends.ended_on,
        (extract(year from reference.month_end) - extract(year from ends.ended_on)) * 12
        + extract(month from reference.month_end) - extract(month from ends.ended_on)
            as months_since_benefit_ended,
        cast(date_trunc('month', ends.ended_on) as date) as ended_month_on
    from ends
    cross join reference
    where ends.ended_on <= reference.month_end
),

contributed as (
    select distinct ended.resident_key
    from ended
    inner join money on ended.resident_key = money.resident_key
    inner join window_months on ended.ended_month_on < window_months.month_on
    where money.contributed_months & window_months.bit > 0
),

months_on_hand as (
    select
        ended.ended_month_on,
        count(contribution_months.month_on) as months
    from (select distinct ended_month_on from ended) as ended
    left join contribution_months on contribution_months.month_on > ended.ended_month_on
    group by ended.ended_month_on
)

select
    ended.resident_key,
    cast(ended.months_since_benefit_ended as bigint) as months_since_benefit_ended,
    case
        when contributed.resident_key is not null then true
        when months_on_hand.months >= ended.months_since_benefit_ended then false
    end as has_contributed_since_benefit_ended
from ended
inner join months_on_hand on ended.ended_month_on = months_on_hand.ended_month_on
left join contributed on ended.resident_key = contributed.resident_key
