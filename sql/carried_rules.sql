-- One row per combination of carried extracts of a household and rule that reads one of them: the words for
-- an earlier month's rows of its town, which stand in.
with combinations as (
    select distinct carried_extracts
    from concerned_households
    where carried_extracts is not null
),

words as (
    select * from carried_words
),

facts as (
    select
        rule_id,
        sources
    from rules
)

select
    combinations.carried_extracts,
    facts.rule_id,
    list(distinct words.as_of_month) as months,
    string_agg(words.carried_zh, '' order by words.carried_extract) as carried_zh,
    string_agg(words.carried_en, '' order by words.carried_extract) as carried_en
from words
inner join combinations
    on list_contains(string_split(combinations.carried_extracts, ','), words.carried_extract)
inner join facts on list_contains(facts.sources, words.extract_id)
group by combinations.carried_extracts, facts.rule_id
