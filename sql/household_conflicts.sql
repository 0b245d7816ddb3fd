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

residents as (
    select
        resident_key,
        family_register_key
    from residents
    where family_register_key is not null
),

registers_in_doubt as (
    select * from registers_in_doubt
),

conflicts as (
    select * from identity_conflicts
    where is_open
),

relatives as (
    -- and in its first month nobody knows the household either: those in the registers that are named wait
    select distinct
        registers.resident_key,
        members.household_no
    from registers_in_doubt as registers
    inner join residents on text_key(registers.household_register_no) = residents.family_register_key
    inner join members on residents.resident_key = members.resident_key
    where
        registers.resident_key not in (select known.resident_key from members as known)
        and registers.resident_key not in (select known.resident_key from previous_members as known)
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

    union all

    select
        relatives.household_no,
        conflicts.kind
    from conflicts
    inner join relatives on conflicts.resident_key = relatives.resident_key
)

select
    household_no,
    min(kind) as kind
from concerned
group by household_no
