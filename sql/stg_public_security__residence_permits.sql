-- One row per person with a residence permit that is valid at month end.
with

permits as (
    select * from public_security__residence_permits
),

reference as (
    select * from reference
)

select
    permits.resident_key,
    permits.resident_id,
    permits.name,
    permits.sex,
    permits.birth_on,
    permits.living_address,
    text_key(permits.living_address) as living_address_key,
    permits.town_code,
    permits.community_code,
    permits.guardian_key,
    permits.permit_issued_on
from permits
cross join reference
where permits.permit_expires_on is null or permits.permit_expires_on >= reference.month_end
