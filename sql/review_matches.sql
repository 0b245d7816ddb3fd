-- One row per household and rule on trial (status test) that matches it; shown to reviewers only.
with sentences as (
    select
        household_no,
        rule_id,
        explanation_zh,
        explanation_en
    from review_sentences
),

facts as (
    select
        rule_id,
        effect,
        dimension
    from rules
),

households as (
    select
        household_no,
        town_code
    from household_profile
),

decided as (
    select
        household_no,
        reason
    from decisions
),

reference as (
    select cast($month_start as date) as month
)

select
    reference.month,
    sentences.household_no,
    review_keys.household_key,
    households.town_code,
    sentences.rule_id,
    facts.effect,
    facts.dimension,
    sentences.explanation_zh,
    sentences.explanation_en,
    decided.household_no is not null and decided.reason is null as is_listed
from sentences
inner join facts on sentences.rule_id = facts.rule_id
inner join households on sentences.household_no = households.household_no
inner join review_keys on sentences.household_no = review_keys.household_no
cross join reference
left join decided on sentences.household_no = decided.household_no
