-- One row per household with a match that was visited: what the visitor could know, and until when to wait.
with matched as (
    select
        household_no,
        dimensions,
        cast($month_start as date) as month_start,
        cast($has_history as boolean) as has_history
    from household_overlaps
),

households as (
    select
        household_no,
        last_visited_on,
        last_visit_outcome,
        latest_incident_on,
        latest_death_on,
        coalesce(medical_self_paid_12m_yuan, medical_self_paid_12m_at_least_yuan) as medical_yuan
    from concerned_households
    where last_visited_on is not null
),

previous as (
    select
        household_no,
        dimensions,
        visited_on,
        dimensions_at_visit,
        medical_at_visit_yuan
    from carried_cases
),

waits as (
    select
        outcome,
        cooling_off_months
    from outcomes
),

seen as (
    select
        households.household_no,
        households.last_visited_on,
        households.last_visit_outcome,
        households.latest_incident_on,
        households.latest_death_on,
        households.medical_yuan,
        matched.dimensions,
        cast(households.last_visited_on + to_months(coalesce(waits.cooling_off_months, 0)) as date)
            as until_on,
        case
            when previous.visited_on = households.last_visited_on then previous.dimensions_at_visit
            -- What came up in the month of the visit the visitor could see or was told.
            when households.last_visited_on >= matched.month_start or not matched.has_history
                then list_sort(
                    list_distinct(
                        list_concat(coalesce(previous.dimensions, cast([] as varchar[])), matched.dimensions)
                    )
                )
            else coalesce(previous.dimensions, cast([] as varchar[]))
        end as dimensions_at_visit,
        case
            when previous.visited_on = households.last_visited_on then previous.medical_at_visit_yuan
            else households.medical_yuan
        end as medical_at_visit_yuan
    from households
    inner join matched on households.household_no = matched.household_no
    left join previous on households.household_no = previous.household_no
    left join waits on households.last_visit_outcome = waits.outcome
)

select
    household_no,
    until_on,
    dimensions_at_visit,
    medical_at_visit_yuan,
    until_on > $month_end as is_cooling_off,
    coalesce(
        latest_incident_on > last_visited_on
        or latest_death_on > last_visited_on
        or (medical_yuan > 0 and medical_yuan >= medical_at_visit_yuan * (1 + $reopening_increase))
        or not list_has_all(dimensions_at_visit, dimensions),
        false
    ) as has_new_evidence
from seen
