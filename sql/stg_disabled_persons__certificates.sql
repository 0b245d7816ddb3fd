-- One row per person with a disability certificate that is valid at month end: the severest grade.
with

certificates as (
    select * from disabled_persons__certificates
),

reference as (
    select * from reference
)

select
    certificates.resident_key,
    cast(min(certificates.disability_grade) as bigint) as disability_grade,
    arg_min(
        certificates.disability_category,
        certificates.disability_grade || certificates.disability_category
    ) as disability_category,
    bool_or(certificates.is_repaired) as is_repaired
from certificates
cross join reference
where
    certificates.certificate_status = 'valid'
    and certificates.issued_on <= reference.month_end
    and (certificates.expires_on is null or certificates.expires_on >= reference.month_end)
group by certificates.resident_key
