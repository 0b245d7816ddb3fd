-- One row per month and household that is on its town's list, was by the draft, or both.
with listed_now as (
    select
        month,
        household_no,
        household_key,
        town_code,
        rank,
        status,
        rules,
        explanation_zh,
        explanation_en,
        last_visited_on,
        last_visit_outcome
    from current_candidates
),

listed_by_draft as (
    select
        month,
        household_no,
        household_key,
        town_code,
        rank,
        status,
        rules,
        explanation_zh,
        explanation_en,
        last_visited_on,
        last_visit_outcome
    from draft_candidates
),

left_out_now as (
    select
        month,
        household_no,
        reason
    from current_exclusions
),

left_out_by_draft as (
    select
        month,
        household_no,
        reason
    from draft_exclusions
),

-- What is known by the end of the rehearsed months: also visits made after the line.
known as (
    select
        household_no,
        last_visited_on,
        last_visit_outcome
    from last_profile
),

lines as (
    select
        coalesce(listed_now.month, listed_by_draft.month) as month,
        coalesce(listed_now.household_no, listed_by_draft.household_no) as household_no,
        coalesce(listed_now.household_key, listed_by_draft.household_key) as household_key,
        coalesce(listed_by_draft.town_code, listed_now.town_code) as town_code,
        case
            when listed_now.household_no is null then 'entered'
            when listed_by_draft.household_no is null then 'left'
            else 'unchanged'
        end as change,
        listed_now.status as status_now,
        listed_by_draft.status as status_by_draft,
        listed_now.rank as rank_now,
        listed_by_draft.rank as rank_by_draft,
        listed_now.rules as rules_now,
        listed_by_draft.rules as rules_by_draft,
        coalesce(listed_by_draft.explanation_zh, listed_now.explanation_zh) as explanation_zh,
        coalesce(listed_by_draft.explanation_en, listed_now.explanation_en) as explanation_en,
        coalesce(listed_by_draft.last_visited_on, listed_now.last_visited_on) as visited_before_on,
        coalesce(listed_by_draft.last_visit_outcome, listed_now.last_visit_outcome) as outcome_before
    from listed_now
    full outer join listed_by_draft
        on
            listed_now.month = listed_by_draft.month
            and listed_now.household_no = listed_by_draft.household_no
)

select
    lines.month,
    lines.town_code,
    lines.household_key,
    lines.change,
    lines.status_now,
    lines.status_by_draft,
    lines.rank_now,
    lines.rank_by_draft,
    case when lines.change = 'entered' then coalesce(left_out_now.reason, 'no_match') end as reason_now,
    case when lines.change = 'left' then coalesce(left_out_by_draft.reason, 'no_match') end
        as reason_by_draft,
    coalesce(lines.rules_now, cast([] as varchar[])) as rules_now,
    coalesce(lines.rules_by_draft, cast([] as varchar[])) as rules_by_draft,
    lines.explanation_zh,
    lines.explanation_en,
    lines.visited_before_on,
    lines.outcome_before,
    known.last_visited_on as known_visited_on,
    known.last_visit_outcome as known_outcome
from lines
left join left_out_now
    on lines.month = left_out_now.month and lines.household_no = left_out_now.household_no
left join left_out_by_draft
    on lines.month = left_out_by_draft.month and lines.household_no = left_out_by_draft.household_no
left join known on lines.household_no = known.household_no
