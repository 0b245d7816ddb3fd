-- One row per property and owner: the share as a number from 0 to 1.
select
    property_no,
    resident_key,
    area_m2,
    property_use,
    acquired_by,
    cast(split_part(share, '/', 1) as double) / cast(split_part(share, '/', 2) as double) as share
from housing__properties
