-- One row per household: the place of living of its head, else of the eldest member whose place is known.
with

facts as (
    select * from resident_facts
),

ranked as (
    select
        household_no,
        town_code,
        community_code,
        is_place_known,
        row_number() over (
            partition by household_no
            order by
                case when is_place_known then 0 else 1 end,
                case when role = 'head' then 0 else 1 end,
                birth_on,
                resident_key
        ) as choice
    from facts
)

-- a register address is where the family is registered, which nobody has confirmed
select
    household_no,
    town_code,
    community_code,
    not is_place_known as is_address_uncertain
from ranked
where choice = 1
