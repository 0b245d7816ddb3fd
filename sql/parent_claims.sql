-- One row per minor or dependent student and person claimed as its parent or guardian, and one without
-- a parent for who has none: in order of which claim counts.
with

residents as not materialized (
    select * from residents
),

spouses as (
    select * from spouses
),

earners as (
    select resident_key from earners
),

dependants as (
    select residents.*
    from residents
    left join spouses on residents.resident_key = spouses.resident_key
    left join earners on residents.resident_key = earners.resident_key
    where
        residents.age_years < 18
        or (
            residents.age_years <= 22
            and residents.is_enrolled
            and spouses.resident_key is null
            and earners.resident_key is null
        )
),

claims as (
    select * from guardianships
),

parents as (
    select
        claims.child_key as resident_key,
        claims.parent_key,
        parents.address_key as parent_address_key,
        claims.source,
        -- A child of parents who live apart belongs to the one at its own address.
        row_number() over (
            partition by claims.child_key
            order by
                case when dependants.address_key = parents.address_key then 0 else 1 end,
                claims.preference,
                claims.parent_key
        ) as choice
    from claims
    inner join dependants on claims.child_key = dependants.resident_key
    inner join residents as parents on claims.parent_key = parents.resident_key
    where claims.parent_key <> claims.child_key and parents.age_years >= 14
)

select
    dependants.resident_key,
    dependants.family_register_key,
    dependants.address_key,
    parents.parent_key,
    parents.parent_address_key,
    parents.source,
    coalesce(parents.choice, 1) as choice
from dependants
left join parents on dependants.resident_key = parents.resident_key
