-- One row per month and town: what the draft changes on its list and how many visits that asks for.
with limits as (
    select cast($overload_multiple as decimal(9, 4)) as overload_multiple
),

places as (
    select
        month,
        town_code,
        visits_now,
        visits_by_draft
    from rehearsed_capacities
),

lines as (
    select
        month,
        town_code,
        household_key,
        change,
        status_now,
        status_by_draft,
        outcome_before
    from rehearsed_lines
),

waiting_now as (
    select
        month,
        town_code,
        count(*) as households
    from current_exclusions
    where reason = 'waiting_for_capacity'
    group by month, town_code
),

waiting_by_draft as (
    select
        month,
        town_code,
        count(*) as households
    from draft_exclusions
    where reason = 'waiting_for_capacity'
    group by month, town_code
),

counted as (
    select
        month,
        town_code,
        count(*) filter (where change <> 'entered') as listed_now,
        count(*) filter (where change <> 'left') as listed_by_draft,
        count(*) filter (where change = 'entered') as entered,
        count(*) filter (where change = 'left') as households_left,
        count(*) filter (where change = 'unchanged') as unchanged,
        count(*) filter (where change = 'unchanged' and status_now <> status_by_draft) as status_changed,
        count(*) filter (where change = 'entered' and outcome_before is not null) as entered_visited,
        count(*) filter (
            where change = 'entered' and outcome_before in ('confirmed_helped', 'confirmed_pending')
        ) as entered_confirmed,
        count(*) filter (
            where
            change = 'entered'
            and outcome_before in ('not_in_hardship', 'data_wrong', 'moved', 'deceased')
        ) as entered_not_confirmed
    from lines
    group by month, town_code
),

together as (
    select
        places.month,
        places.town_code,
        places.visits_now,
        places.visits_by_draft,
        coalesce(counted.listed_now, 0) as listed_now,
        coalesce(counted.listed_by_draft, 0) as listed_by_draft,
        coalesce(waiting_now.households, 0) as waiting_now,
        coalesce(waiting_by_draft.households, 0) as waiting_by_draft,
        coalesce(counted.entered, 0) as entered,
        coalesce(counted.households_left, 0) as households_left,
        coalesce(counted.unchanged, 0) as unchanged,
        coalesce(counted.status_changed, 0) as status_changed,
        coalesce(counted.entered_visited, 0) as entered_visited,
        coalesce(counted.entered_confirmed, 0) as entered_confirmed,
        coalesce(counted.entered_not_confirmed, 0) as entered_not_confirmed
    from places
    left join counted on places.month = counted.month and places.town_code = counted.town_code
    left join waiting_now on places.month = waiting_now.month and places.town_code = waiting_now.town_code
    left join waiting_by_draft
        on places.month = waiting_by_draft.month and places.town_code = waiting_by_draft.town_code
)

select
    together.month,
    together.town_code,
    together.visits_now,
    together.visits_by_draft,
    together.listed_now,
    together.listed_by_draft,
    together.waiting_now,
    together.waiting_by_draft,
    together.entered,
    together.households_left as left_list,
    together.unchanged,
    together.status_changed,
    together.entered_visited,
    together.entered_confirmed,
    together.entered_not_confirmed,
    -- Today's overload is no fault of a draft that does not add to it.
    together.listed_by_draft + together.waiting_by_draft
    > limits.overload_multiple * together.visits_by_draft
    and (together.listed_by_draft + together.waiting_by_draft) * together.visits_now
    > (together.listed_now + together.waiting_now) * together.visits_by_draft as is_overloaded
from together
cross join limits
