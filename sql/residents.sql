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

homes as (
    -- what grid staff have seen tells only where somebody without a permit lives: the fewer are hashed
    select
        register.*,
        living_places.resident_key is not null as has_living_place,
        living_places.living_address_key as seen_address_key,
        living_places.town_code as seen_town_code,
        living_places.community_code as seen_community_code
    from register
    left join living_places on register.resident_key = living_places.resident_key
),

on_paper as (
    -- one join for both registers: who is in each, and whether that entry says the person is here now
    select
        coalesce(homes.resident_key, permits.resident_key) as resident_key,
        cast(homes.sex as sex) as register_sex,
        homes.birth_on as register_birth_on,
        homes.register_type,
        homes.household_register_key,
        cast(homes.relation_to_head as relation_to_head) as relation_to_head,
        homes.register_address_key,
        cast(homes.town_code as town_code) as register_town_code,
        cast(homes.community_code as community_code) as register_community_code,
        homes.moved_in_on,
        homes.has_living_place,
        homes.seen_address_key,
        cast(homes.seen_town_code as town_code) as seen_town_code,
        cast(homes.seen_community_code as community_code) as seen_community_code,
        permits.resident_key is not null as has_permit,
        cast(permits.sex as sex) as permit_sex,
        permits.birth_on as permit_birth_on,
        permits.permit_issued_on,
        permits.living_address_key,
        cast(permits.town_code as town_code) as permit_town_code,
        cast(permits.community_code as community_code) as permit_community_code
    from homes
    full outer join permits on homes.resident_key = permits.resident_key
),

judged as (
    select
        on_paper.*,
        -- who came back after having left is here
        coalesce(
            on_paper.register_birth_on <= reference.month_end
            and (departures.left_on is null or on_paper.moved_in_on > departures.left_on),
            false
        ) as is_registered,
        coalesce(
            on_paper.permit_birth_on <= reference.month_end
            and (departures.left_on is null or on_paper.permit_issued_on > departures.left_on),
            false
        ) as is_permitted
    from on_paper
    left join departures on on_paper.resident_key = departures.resident_key
    cross join reference
    where departures.died_on is null or departures.is_death_disputed
),

people as (
    select
        judged.resident_key,
        case when judged.is_registered then judged.register_sex else judged.permit_sex end as sex,
        case when judged.is_registered then judged.register_birth_on else judged.permit_birth_on end
            as birth_on,
        judged.is_registered as has_local_hukou,
        case
            when judged.is_registered and judged.register_type = 'family' then judged.household_register_key
        end as family_register_key,
        case when judged.is_registered then judged.relation_to_head end as relation_to_head,
        case
            when judged.has_permit then judged.living_address_key
            when judged.has_living_place then judged.seen_address_key
            else judged.register_address_key
        end as address_key,
        case
            when judged.has_permit then judged.permit_town_code
            when judged.has_living_place then judged.seen_town_code
            else judged.register_town_code
        end as town_code,
        case when judged.has_permit then judged.permit_town_code else judged.register_town_code end
            as record_town_code,
        case
            when judged.has_permit then judged.permit_community_code
            when judged.has_living_place then judged.seen_community_code
            else judged.register_community_code
        end as community_code,
        cast(
            case
                when judged.has_permit then 'permit'
                when judged.has_living_place then 'grid'
                else 'register'
            end
            as address_source
        ) as address_source
    from judged
    where judged.is_registered or judged.is_permitted
),

newborns as (
    -- a newborn who is in no register yet lives with the mother
    select
        births.child_key as resident_key,
        cast(any_value(births.sex) as sex) as sex,
        any_value(births.born_on) as birth_on,
        any_value(mother.address_key) as address_key,
        any_value(mother.town_code) as town_code,
        any_value(mother.record_town_code) as record_town_code,
        any_value(mother.community_code) as community_code
    from births
    inner join people as mother on births.mother_key = mother.resident_key
    left join people as known on births.child_key = known.resident_key
    left join departures on births.child_key = departures.resident_key
    where known.resident_key is null and (departures.died_on is null or departures.is_death_disputed)
    group by births.child_key
),

everyone as (
    select * from people

    union all

    select
        resident_key,
        sex,
        birth_on,
        false as has_local_hukou,
        cast(null as bigint) as family_register_key,
        cast(null as relation_to_head) as relation_to_head,
        address_key,
        town_code,
        record_town_code,
        community_code,
        cast('mother' as address_source) as address_source
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
    everyone.family_register_key,
    everyone.relation_to_head,
    everyone.address_key,
    everyone.town_code,
    -- where departments keep their records of a person
    everyone.record_town_code,
    everyone.community_code,
    everyone.address_source,
    everyone.address_source in ('permit', 'grid') as is_place_known,
    enrolments.resident_key is not null as is_enrolled
from everyone
left join enrolments on everyone.resident_key = enrolments.resident_key
cross join reference
