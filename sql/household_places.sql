-- One row per household: the place of living of its head, else of the eldest member whose place is known.
with

placed as not materialized (
    select * from placed
),

heads as (
    -- every household has one
    select
        household_no,
        town_code,
        community_code,
        is_place_known
    from placed
    where role = 'head'
),

seen as (
    -- where nobody has confirmed the head's place
    select
        placed.household_no,
        placed.town_code,
        placed.community_code,
        row_number() over (
            partition by placed.household_no order by placed.birth_on, placed.resident_key
        ) as choice
    from placed
    inner join heads on placed.household_no = heads.household_no
    where placed.is_place_known and not heads.is_place_known
),

eldest as (
    select * from seen
    where choice = 1
)

-- a register address is where the family is registered, which nobody has confirmed
select
    heads.household_no,
    case when eldest.household_no is not null then eldest.town_code else heads.town_code end as town_code,
    case when eldest.household_no is not null then eldest.community_code else heads.community_code end
        as community_code,
    not heads.is_place_known and eldest.household_no is null as is_address_uncertain
from heads
left join eldest on heads.household_no = eldest.household_no
