-- One row per birth up to month end; the child's key is that of the birth certificate until it has an ID.
with

births as (
    select * from health__births
),

reference as (
    select * from reference
)

select
    coalesce(births.resident_key, births.birth_certificate_key) as child_key,
    births.mother_key,
    births.father_key,
    births.born_on,
    births.sex
from births
cross join reference
where births.born_on <= reference.month_end
