-- One row per household: the place of living of its head, else of the eldest member whose place is known.
with

facts as (
    select * from resident_facts
),

heads as (
    -- every household has one
    select
        household_no,
        town_code,
        community_code,
        is_place_known
    from facts
    where role = 'head'
),

seen as (
    -- where nobody has confirmed the head's place
    select
        facts.household_no,
        facts.town_code,
        facts.community_code,
        row_number() over (
            partition by facts.household_no order by facts.birth_on, facts.resident_key
        ) as choice
    from facts
    inner join heads on facts.household_no = heads.household_no
    where facts.is_place_known and not heads.is_place_known
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
