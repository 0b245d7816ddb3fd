-- One row per pair of parents or guardians of one child at one address: they live together, married
-- here or not. Most marriages of migrants are registered elsewhere.
with

parent_claims as not materialized (
    select * from parent_claims
),

chosen as (
    select * from parent_claims
    where choice = 1 and parent_key is not null
),

others as (
    select * from parent_claims
    where choice > 1
)

select distinct
    chosen.parent_key as resident_key,
    others.parent_key as partner_key
from chosen
inner join others
    on
        chosen.resident_key = others.resident_key
        and chosen.parent_address_key = others.parent_address_key
where chosen.parent_key <> others.parent_key
