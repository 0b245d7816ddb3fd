-- One row per household with a match: listed, or the one leading reason why not.
with selection as (
    select
        cast($month_start as date) as month,
        cast($bar_dimensions as integer) as bar_dimensions,
        cast($guard as varchar) as guard,
        cast($guard_line as decimal(18, 2)) as guard_line,
        cast($points_dimension as integer) as points_dimension,
        cast($points_waiting as integer) as points_waiting,
        cast($points_vulnerable as integer) as points_vulnerable,
        cast($points_stale as integer) as points_stale,
        cast($visits_elsewhere as integer) as visits_elsewhere
),

overlap as (
    select
        household_no,
        is_listed_alone,
        overlap,
        dimensions,
        len(stale_dimensions) as stale_count,
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
        last_visited_on,
        net_income_per_head_12m_yuan as net_income_yuan,
        coalesce(is_conflict, false) as is_conflict,
        coalesce(has_local_hukou, true) as may_be_on_roll,
        coalesce(has_child_under_6, false)
        or coalesce(has_severe_disability, false)
        or coalesce(has_member_over_80, false) as is_vulnerable,
        coalesce(net_income_per_head_12m_yuan, net_income_per_head_12m_at_most_yuan) as net_income_order
    from concerned_households
),

previous as (
    select
        household_no,
        month,
        status,
        reason,
        open_rules,
        listed_months_count,
        months_waiting,
        dimensions,
        len(dimensions) as overlap,
        coalesce(visited_on, date '1900-01-01') as visited_on,
        status in ('listed', 'waiting') as is_candidate,
        -- It waited when a file that was missing took it off: it waits still.
        status = 'unassessable' and months_waiting > 0 as is_cut_off
    from carried_cases
),

unanswered as (
    select
        household_no,
        unknown_rules,
        unknown_dimensions
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

-- With no case before, a household was no candidate and none of its evidence can have been lost.
histories as (
    select
        households.household_no,
        previous.status,
        previous.reason,
        coalesce(previous.dimensions, cast([] as varchar[])) as dimensions,
        coalesce(unanswered.unknown_dimensions, cast([] as varchar[])) as unknown_dimensions,
        coalesce(previous.overlap, 0) as overlap,
        coalesce(previous.listed_months_count, 0) as listed_before,
        coalesce(previous.is_candidate, false) as was_candidate,
        coalesce(previous.is_cut_off, false) as was_cut_off,
        coalesce(households.last_visited_on > coalesce(previous.visited_on, date '1900-01-01'), false)
            as is_visit_new,
        previous.month as previous_month,
        coalesce(previous.months_waiting, 0) as months_waiting,
        -- What counted last month cannot be answered now: nobody is cleared by a missing file.
        coalesce(previous.status in ('listed', 'waiting', 'unassessable'), false)
        and coalesce(list_has_any(previous.open_rules, unanswered.unknown_rules), false) as has_lost_evidence
    from households
    left join previous on households.household_no = previous.household_no
    left join unanswered on households.household_no = unanswered.household_no
),

assembled as (
    select
        households.household_no,
        households.household_key,
        households.town_code,
        households.is_conflict,
        households.is_vulnerable,
        households.net_income_order,
        overlap.overlap,
        overlap.severity,
        overlap.stale_count,
        histories.overlap as previous_overlap,
        -- A trouble that cannot be assessed now has not eased.
        not list_has_all(list_concat(overlap.dimensions, histories.unknown_dimensions), histories.dimensions)
            as has_eased,
        histories.listed_before,
        histories.was_candidate,
        histories.was_cut_off,
        histories.is_visit_new,
        histories.has_lost_evidence,
        assets.household_no is not null as has_assets,
        coalesce(visits.is_cooling_off, false) as is_cooling_off,
        coalesce(visits.is_cooling_off and visits.has_new_evidence, false) as has_new_evidence,
        coalesce(histories.reason = 'recently_verified', false) as was_verified,
        -- A roll past its age uncovers nobody, and lets nobody new onto a list.
        coalesce(households.is_covered, histories.status = 'covered') as is_covered,
        households.is_covered is null
        and households.may_be_on_roll
        and not histories.was_candidate as is_roll_unknown,
        overlap.overlap >= selection.bar_dimensions as has_overlap,
        case
            when overlap.is_listed_alone then true
            when overlap.overlap < selection.bar_dimensions then false
            -- Only a proven net income takes off.
            else
                selection.guard = 'none'
                or not coalesce(households.net_income_yuan >= selection.guard_line, false)
        end as is_above_bar,
        case
            when histories.is_visit_new then 0
            -- A household waits on through months that nobody ran.
            when histories.was_candidate or histories.was_cut_off
                then histories.months_waiting + date_diff('month', histories.previous_month, selection.month)
            else 0
        end as months_waiting
    from overlap
    inner join households on overlap.household_no = households.household_no
    inner join histories on overlap.household_no = histories.household_no
    left join assets on overlap.household_no = assets.household_no
    left join visits on overlap.household_no = visits.household_no
    cross join selection
),

judged as (
    select
        assembled.household_no,
        assembled.household_key,
        assembled.town_code,
        assembled.is_vulnerable,
        assembled.net_income_order,
        assembled.has_overlap,
        assembled.months_waiting,
        cast(
            selection.points_dimension * assembled.overlap
            + assembled.severity
            + selection.points_waiting * assembled.months_waiting
            + case when assembled.is_vulnerable then selection.points_vulnerable else 0 end
            - selection.points_stale * assembled.stale_count as bigint
        ) as priority,
        case
            when assembled.is_covered then 'covered'
            when assembled.has_assets then 'assets'
            when not assembled.is_above_bar and assembled.has_lost_evidence then 'unassessable'
            when not assembled.is_above_bar then 'below_bar'
            when assembled.is_cooling_off and not assembled.has_new_evidence then 'recently_verified'
            when assembled.is_conflict then 'conflict'
            when assembled.is_roll_unknown then 'unassessable'
        end as reason,
        case
            -- What was found on the last visit is no longer all there is.
            when
                assembled.has_new_evidence and assembled.is_visit_new and assembled.listed_before > 0
                then 'reopened'
            when assembled.was_candidate and assembled.overlap > assembled.previous_overlap then 'escalated'
            when
                assembled.was_candidate
                and assembled.overlap < assembled.previous_overlap
                and assembled.has_eased
                then 'de_escalated'
            -- A household that only waited has never been on the town's list.
            when
                (assembled.was_candidate or assembled.was_cut_off) and assembled.listed_before = 0
                then 'new'
            when assembled.was_candidate or assembled.was_cut_off then 'continuing'
            when
                assembled.listed_before > 0 or assembled.was_verified or assembled.has_new_evidence
                then 'reopened'
            else 'new'
        end as status
    from assembled
    cross join selection
),

ranked as (
    select
        household_no,
        row_number() over (
            partition by town_code
            order by priority desc, net_income_order asc nulls last, household_key asc
        ) as rank
    from judged
    where reason is null
),

placed as (
    select
        judged.household_no,
        ranked.rank,
        coalesce(places.visits, selection.visits_elsewhere) as capacity
    from judged
    left join ranked on judged.household_no = ranked.household_no
    left join places on judged.town_code = places.town_code
    cross join selection
)

select
    judged.household_no,
    judged.household_key,
    judged.town_code,
    judged.is_vulnerable,
    judged.has_overlap,
    judged.months_waiting,
    judged.priority,
    placed.rank,
    placed.capacity,
    judged.status,
    case when placed.rank > placed.capacity then 'waiting_for_capacity' else judged.reason end as reason
from judged
inner join placed on judged.household_no = placed.household_no
