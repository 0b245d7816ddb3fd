-- One row per person and active business; a dormant, cancelled or revoked one is no asset.
select
    resident_key,
    credit_code,
    max(registered_capital_yuan) as subscribed_capital_yuan,
    max(paid_in_capital_yuan) as paid_in_capital_yuan,
    bool_or(is_repaired) as is_repaired
from market_supervision__businesses
where business_status = 'active'
group by resident_key, credit_code
