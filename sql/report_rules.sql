-- One row per town and rule: households it matches, does not match, and cannot answer for.
select
    town_code,
    rule_id,
    rule_status,
    effect,
    matched,
    unmatched,
    unknown
from answers
where month = $month_start
order by town_code asc, rule_id asc
