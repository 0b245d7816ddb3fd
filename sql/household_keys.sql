-- One row per household that towns were asked to visit in earlier months: on a list, or drawn for the audit.
select
    cases.household_key,
    cases.household_no
from cases
union
select
    audit_sample.household_key,
    audit_sample.household_no
from audit_sample
