-- One row per line of a town's list in the twelve months before: the place it had, in four bands.
select
    month,
    household_key,
    case
        when rank <= 10 then '1-10'
        when rank <= 20 then '11-20'
        when rank <= 50 then '21-50'
        else '51-'
    end as place
from list_lines
