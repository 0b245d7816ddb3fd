-- One row per household: its number, inherited from the last month by the majority of its members.
with

living_together as not materialized (
    select * from living_together
),

previous_members as (
    select
        resident_key,
        household_no
    from previous_members
),

reference as (
    select * from reference
),

labels as (
    select
        label,
        min(resident_key) as anchor_key
    from living_together
    group by label
),

shared as (
    select
        living_together.label,
        previous_members.household_no,
        count(*) as members,
        min(living_together.resident_key) as anchor_key
    from living_together
    inner join previous_members on living_together.resident_key = previous_members.resident_key
    group by living_together.label, previous_members.household_no
),

ranked as (
    select
        label,
        household_no,
        row_number() over (partition by label order by members desc, anchor_key asc) as rank_in_household,
        row_number()
            over (partition by household_no order by members desc, anchor_key asc)
            as rank_in_previous
    from shared
),

inherited as (
    select
        label,
        household_no
    from ranked
    where rank_in_household = 1 and rank_in_previous = 1
)

select
    labels.label,
    coalesce(
        inherited.household_no,
        -- a new number: a hash of the anchor and the month in which the household appeared, 62 bits
        cast(
            md5_number_lower(labels.anchor_key || ' ' || reference.month_end) // 4 as bigint
        )
    ) as household_no
from labels
left join inherited on labels.label = inherited.label
cross join reference
