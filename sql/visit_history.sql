-- One row per visit of the households told of, as far as it is known at month end.
with told as (
    select
        household_key,
        until_on
    from told_keys
),

known as (
    select cast($month_end as date) as month_end
)

select distinct
    visits.household_key,
    visits.visited_on,
    visits.outcome,
    visits.wrong_data,
    visits.help_given
from visits
inner join told on visits.household_key = told.household_key
cross join known
where
    visits.visited_on <= known.month_end
    and (told.until_on is null or visits.visited_on < told.until_on)
