-- One row per household with an asset or a tenancy. Registers prove presence only.
with

members as not materialized (
    select
        resident_key,
        household_no
    from members
    where is_alive
),

properties as (
    select * from stg_housing__properties
),

vehicles as (
    select * from stg_public_security__vehicles
),

businesses as (
    select * from stg_market_supervision__businesses
),

dwellings as (
    -- a couple that owns one half each owns the dwelling wholly
    select
        members.household_no,
        properties.property_no,
        max(properties.area_m2) as area_m2,
        sum(properties.share) > 0.9999 as is_wholly_owned
    from properties
    inner join members on properties.resident_key = members.resident_key
    where properties.property_use = 'dwelling'
    group by members.household_no, properties.property_no
),

homes as (
    select
        household_no,
        count(*) filter (where is_wholly_owned) as wholly_owned_homes_count,
        -- a sum has 128 bits, and dividing those takes DuckDB 200 ns
        cast(coalesce(sum(area_m2) filter (where is_wholly_owned), 0) as decimal(12, 2))
            as wholly_owned_homes_area_m2,
        count(*) filter (where not is_wholly_owned) as shared_homes_count
    from dwellings
    group by household_no
),

cars as (
    select
        members.household_no,
        max(vehicles.first_registered_on) filter (where vehicles.vehicle_type = 'car')
            as newest_car_registered_on,
        count(*) filter (where vehicles.vehicle_type = 'car') as cars_count,
        count(*) filter (where vehicles.vehicle_type = 'mobility') as mobility_vehicles_count
    from vehicles
    inner join members on vehicles.resident_key = members.resident_key
    group by members.household_no
),

companies as (
    select
        members.household_no,
        businesses.credit_code,
        max(businesses.subscribed_capital_yuan) as subscribed_capital_yuan,
        max(businesses.paid_in_capital_yuan) as paid_in_capital_yuan
    from businesses
    inner join members on businesses.resident_key = members.resident_key
    group by members.household_no, businesses.credit_code
),

capital as (
    select
        household_no,
        cast(sum(subscribed_capital_yuan) as decimal(18, 2)) as subscribed_capital_yuan,
        cast(sum(paid_in_capital_yuan) as decimal(18, 2)) as paid_in_capital_yuan
    from companies
    group by household_no
)

select
    coalesce(homes.household_no, cars.household_no, capital.household_no) as household_no,
    homes.wholly_owned_homes_count,
    homes.wholly_owned_homes_area_m2,
    homes.shared_homes_count,
    cars.newest_car_registered_on,
    cars.cars_count,
    cars.mobility_vehicles_count,
    capital.household_no is not null as has_business,
    capital.subscribed_capital_yuan,
    capital.paid_in_capital_yuan
from homes
full outer join cars on homes.household_no = cars.household_no
full outer join capital on coalesce(homes.household_no, cars.household_no) = capital.household_no
