-- One row per household that is named to a town: listed, waiting, or on the last list.
select household_no
from candidates
union
select household_no
from exclusions
where reason = 'waiting_for_capacity'
union
select cases.household_no
from cases
inner join previous_candidates on cases.household_key = previous_candidates.household_key
