-- One row per person and month with a social insurance contribution, as delivered.
select
    resident_key,
    contribution_month_on as month_on,
    cast(contribution_base_yuan * 100 as bigint) as base_cents,
    month
from human_resources__contributions
