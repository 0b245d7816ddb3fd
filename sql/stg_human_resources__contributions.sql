-- One row per person and month with a social insurance contribution, as delivered.
select
    resident_key,
    contribution_month_on as month_on,
    contribution_base_yuan,
    month
from human_resources__contributions
