-- One row per spell of registered unemployment that began by month end.
with

spells as (
    select * from human_resources__unemployment
),

reference as (
    select * from reference
)

select
    spells.resident_key,
    spells.registered_on,
    spells.deregistered_on,
    spells.benefit_from_on,
    spells.benefit_until_on,
    cast(spells.benefit_monthly_yuan * 100 as bigint) as benefit_monthly_cents,
    spells.deregistered_on is null or spells.deregistered_on > reference.month_end as is_open
from spells
cross join reference
where spells.registered_on <= reference.month_end
