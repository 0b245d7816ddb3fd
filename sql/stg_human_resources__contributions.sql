-- One row per person and month with a social insurance contribution, as last delivered.
select
    resident_key,
    contribution_month_on as income_month_on,
    arg_max(contribution_base_yuan, month) as contribution_base_yuan,
    bool_or(is_repaired) as is_repaired
from human_resources__contributions
group by resident_key, contribution_month_on
