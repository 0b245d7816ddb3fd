-- One row: how many months of income are known in the windows of 6 and 12 months, the same for every town.
with

known as (
    select * from known
)

select
    income_months_6m,
    income_months_12m
from known
where town_code = ''
