-- One row per resident alive and present at month end, with the place of living.
with

register as (
    select * from stg_public_security__residents
),

permits as (
    select * from stg_public_security__residence_permits
),

births as (
    select * from stg_health__births
),

departures as (
    select * from departures
),

living_places as (
    select * from stg_towns__living_places
),

enrolments as (
    select * from stg_education__enrolments
),

reference as (
    select * from reference
),

registered as (
    select
        register.resident_key,
        register.sex,
        register.birth_on,
        true as has_local_hukou,
        case when register.register_type = 'family' then register.household_register_no end
            as family_register_no,
        register.relation_to_head,
        register.register_address,
        register.town_code as register_town_code,
        register.community_code as register_community_code
    from register
    left join departures on register.resident_key = departures.resident_key
    cross join reference
    where
        register.birth_on <= reference.month_end
        and (departures.died_on is null or departures.is_death_disputed)
        -- who came back after having left is here
        and (departures.left_on is null or register.moved_in_on > departures.left_on)
),

migrants as (
    select
        permits.resident_key,
        permits.sex,
        permits.birth_on,
        false as has_local_hukou,
        cast(null as varchar) as family_register_no,
        cast(null as varchar) as relation_to_head,
        cast(null as varchar) as register_address,
        cast(null as varchar) as register_town_code,
        cast(null as varchar) as register_community_code
    from permits
    left join departures on permits.resident_key = departures.resident_key
    left join registered on permits.resident_key = registered.resident_key
    cross join reference
    where
        permits.birth_on <= reference.month_end
        and (departures.died_on is null or departures.is_death_disputed)
        and (departures.left_on is null or permits.permit_issued_on > departures.left_on)
        and registered.resident_key is null
),

people as (
    select * from registered
    union all
    select * from migrants
),

newborns as (
    -- a newborn who is in no register yet lives with the mother
    select
        births.child_key as resident_key,
        any_value(births.sex) as sex,
        any_value(births.born_on) as birth_on,
        false as has_local_hukou,
        cast(null as varchar) as family_register_no,
        cast(null as varchar) as relation_to_head,
        any_value(
            coalesce(mother_permit.living_address, mother_place.living_address, mother.register_address)
        ) as register_address,
        any_value(coalesce(mother_permit.town_code, mother_place.town_code, mother.register_town_code))
            as register_town_code,
        any_value(
            coalesce(
                mother_permit.community_code, mother_place.community_code, mother.register_community_code
            )
        )
            as register_community_code
    from births
    inner join people as mother on births.mother_key = mother.resident_key
    left join permits as mother_permit on births.mother_key = mother_permit.resident_key
    left join living_places as mother_place on births.mother_key = mother_place.resident_key
    left join people as known on births.child_key = known.resident_key
    left join departures on births.child_key = departures.resident_key
    where known.resident_key is null and (departures.died_on is null or departures.is_death_disputed)
    group by births.child_key
),

everyone as (
    select
        people.*,
        false as is_newborn
    from people
    union all
    select
        newborns.*,
        true as is_newborn
    from newborns
)

select
    everyone.resident_key,
    everyone.sex,
    everyone.birth_on,
    cast(
        extract(year from reference.month_end) - extract(year from everyone.birth_on)
        - case
            when
                extract(month from everyone.birth_on) * 100 + extract(day from everyone.birth_on)
                > extract(month from reference.month_end) * 100 + extract(day from reference.month_end)
                then 1
            else 0
        end
        as bigint
    ) as age_years,
    everyone.has_local_hukou,
    everyone.family_register_no,
    everyone.relation_to_head,
    coalesce(permits.living_address, living_places.living_address, everyone.register_address) as address,
    coalesce(permits.town_code, living_places.town_code, everyone.register_town_code) as town_code,
    -- where departments keep their records of a person
    coalesce(permits.town_code, everyone.register_town_code, '') as record_town_code,
    case
        when permits.resident_key is not null then permits.community_code
        when living_places.resident_key is not null then living_places.community_code
        else everyone.register_community_code
    end as community_code,
    case when permits.resident_key is null then living_places.grid_no end as grid_no,
    permits.resident_key is not null or living_places.resident_key is not null as is_place_known,
    enrolments.resident_key is not null as is_enrolled,
    everyone.is_newborn
from everyone
left join permits on everyone.resident_key = permits.resident_key
left join living_places on everyone.resident_key = living_places.resident_key
left join enrolments on everyone.resident_key = enrolments.resident_key
cross join reference
