-- One row per person whose home was assessed: the latest grade.
with

houses as (
    select * from housing__dilapidated_houses
),

reference as (
    select * from reference
)

select
    houses.resident_key,
    arg_max(houses.danger_grade, houses.assessed_on) as danger_grade
from houses
cross join reference
where houses.assessed_on <= reference.month_end
group by houses.resident_key
