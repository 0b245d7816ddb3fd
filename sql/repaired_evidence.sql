-- One row per household: the extracts in which a row of a living member rests on a repair.
with

members as (
    select
        resident_key,
        household_no
    from members
    where is_alive
),

repaired as (
    select * from repaired_rows
),

pairs as (
    select distinct
        members.household_no,
        repaired.extract_id
    from repaired
    inner join members on repaired.resident_key = members.resident_key
)

select
    household_no,
    string_agg(extract_id, ',' order by extract_id) as repaired_extracts
from pairs
group by household_no
