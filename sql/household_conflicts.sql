-- One row per household of somebody, alive or not, with an open conflict about death or identity: its kind.
with

members as (
    select
        resident_key,
        household_no
    from members
),

previous_members as (
    -- a register that contradicts itself about somebody tells nothing of them
    select
        previous_members.resident_key,
        previous_members.household_no
    from previous_members
    left join members on previous_members.resident_key = members.resident_key
    where members.resident_key is null
),

conflicts as (
    select * from identity_conflicts
    where is_open
),

concerned as (
    select
        members.household_no,
        conflicts.kind
    from conflicts
    inner join members on conflicts.resident_key = members.resident_key

    union all

    select
        previous_members.household_no,
        conflicts.kind
    from conflicts
    inner join previous_members on conflicts.resident_key = previous_members.resident_key
)

select
    household_no,
    min(kind) as kind
from concerned
group by household_no
