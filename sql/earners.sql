-- One row per person with a tax, contribution or pension record in the latest income month.
with

money as (
    select * from resident_money
)

select resident_key
from money
where is_earned is not null
