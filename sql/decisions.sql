-- One row per household with a match: listed, or the one leading reason why not.
with overlap as (
    select
        household_no,
        is_listed_alone,
        overlap,
        dimensions,
        stale_dimensions,
        severity_medical + severity_employment + severity_disability + severity_education
            + severity_income + severity_accident + severity_housing as severity
    from household_overlaps
),

households as (
    select
        household_no,
        household_key,
        town_code,
        is_covered,
        is_conflict,
        coalesce(has_local_hukou, true) as may_be_on_roll,
        last_visited_on,
        coalesce(has_child_under_6, false) or coalesce(has_severe_disability, false)
            or coalesce(has_member_over_80, false) as is_vulnerable,
        net_income_per_head_12m_yuan,
        coalesce(net_income_per_head_12m_yuan, net_income_per_head_12m_at_most_yuan) as net_income_order
    from concerned_households
),

previous as (
    select
        household_no,
        status,
        reason,
        dimensions,
        open_rules,
        listed_months_count,
        months_waiting,
        visited_on
    from previous_cases
),

unanswered as (
    select
        household_no,
        unknown_rules
    from unassessed
),

assets as (
    select distinct household_no
    from asset_sentences
),

visits as (
    select
        household_no,
        is_cooling_off,
        has_new_evidence
    from visit_baselines
),

places as (
    select
        town_code,
        visits
    from capacities
),

assembled as (
    select
        households.household_no,
        households.household_key,
        households.town_code,
        -- A roll past its age uncovers nobody.
        coalesce(households.is_covered, previous.status = 'covered') as is_covered,
        coalesce(households.is_conflict, false) as is_conflict,
        households.is_vulnerable,
        households.net_income_order,
        overlap.overlap,
        overlap.severity,
        len(overlap.stale_dimensions) as stale_count,
        assets.household_no is not null as has_assets,
        coalesce(visits.is_cooling_off, false) as is_cooling_off,
        coalesce(visits.has_new_evidence, false) as has_new_evidence,
        households.last_visited_on is distinct from previous.visited_on as is_visit_new,
        previous.status as previous_status,
        previous.reason as previous_reason,
        len(previous.dimensions) as previous_overlap,
        coalesce(previous.listed_months_count, 0) as listed_before,
        overlap.is_listed_alone
        or (
            overlap.overlap >= $bar_dimensions
            -- Only a proven net income takes off.
            and ($guard = 'none' or not coalesce(households.net_income_per_head_12m_yuan >= $guard_line, false))
        ) as is_above_bar,
        overlap.overlap >= $bar_dimensions as has_overlap,
        -- What counted last month cannot be answered now: nobody is cleared by a missing file.
        coalesce(previous.status in ('listed', 'waiting', 'unassessable'), false)
        and coalesce(list_has_any(previous.open_rules, unanswered.unknown_rules), false) as has_lost_evidence,
        households.is_covered is null
        and households.may_be_on_roll
        and not coalesce(previous.status in ('listed', 'waiting'), false) as is_roll_unknown,
        case
            when
                previous.status in ('listed', 'waiting')
                and not coalesce(households.last_visited_on > coalesce(previous.visited_on, date '1900-01-01'), false)
                then previous.months_waiting + 1
            else 0
        end as months_waiting
    from overlap
    inner join households on overlap.household_no = households.household_no
    left join previous on overlap.household_no = previous.household_no
    left join unanswered on overlap.household_no = unanswered.household_no
    left join assets on overlap.household_no = assets.household_no
    left join visits on overlap.household_no = visits.household_no
),

judged as (
    select
        household_no,
        household_key,
        town_code,
        is_vulnerable,
        net_income_order,
        overlap,
        has_overlap,
        previous_status,
        months_waiting,
        $points_dimension * overlap + severity + $points_waiting * months_waiting
        + case when is_vulnerable then $points_vulnerable else 0 end
        - $points_stale * stale_count as priority,
        case
            when is_covered then 'covered'
            when has_assets then 'assets'
            when not is_above_bar and has_lost_evidence then 'unassessable'
            when not is_above_bar then 'below_bar'
            when is_cooling_off and not has_new_evidence then 'recently_verified'
            when is_conflict then 'conflict'
            when is_roll_unknown then 'unassessable'
        end as reason,
        case
            when is_cooling_off and has_new_evidence and is_visit_new and listed_before > 0 then 'reopened'
            when previous_status in ('listed', 'waiting')
                then case
                    when overlap > previous_overlap then 'escalated'
                    when overlap < previous_overlap then 'de_escalated'
                    when listed_before = 0 then 'new'
                    else 'continuing'
                end
            when listed_before > 0 or previous_reason = 'recently_verified' then 'reopened'
            when is_cooling_off and has_new_evidence then 'reopened'
            else 'new'
        end as status
    from assembled
),

ranked as (
    select
        household_no,
        row_number() over (
            partition by town_code
            order by priority desc, net_income_order asc nulls last, household_key
        ) as rank
    from judged
    where reason is null
)

select
    judged.household_no,
    judged.household_key,
    judged.town_code,
    judged.is_vulnerable,
    judged.has_overlap,
    judged.months_waiting,
    cast(judged.priority as bigint) as priority,
    ranked.rank,
    coalesce(places.visits, $visits_elsewhere) as capacity,
    judged.status,
    case
        when ranked.rank > coalesce(places.visits, $visits_elsewhere) then 'waiting_for_capacity'
        else judged.reason
    end as reason
from judged
left join ranked on judged.household_no = ranked.household_no
left join places on judged.town_code = places.town_code
