-- One row per person with a tax, contribution or pension record in the latest income month.
with

money as (
    select * from resident_money
),

latest as (
    select max(bit) as bit from income_months
)

select
    money.resident_key,
    money.earned_months & latest.bit > 0 as is_earned
from money
cross join latest
where money.registered_months & latest.bit > 0
