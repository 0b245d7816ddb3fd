-- One row per household drawn at random in its town and month to learn whom the rules miss.
with reference as (
    select cast($month_start as date) as month
)

select
    reference.month,
    audit_draw.household_no,
    audit_keys.household_key,
    audit_draw.town_code,
    audit_draw.stratum,
    audit_draw.draw_place,
    audit_draw.eligible_households
from audit_draw
inner join audit_keys on audit_draw.household_no = audit_keys.household_no
cross join reference
