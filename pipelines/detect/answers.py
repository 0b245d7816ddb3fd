"""Answers: every rule in force asked of every household in one pass, three-valued throughout."""

from __future__ import annotations

import re

from pipelines.database import Database
from pipelines.rule import (
    MATCH,
    UNKNOWN,
    Compiled,
    any_of,
    matches_sql,
    packed_households_sql,
    packed_residents_sql,
    places_of,
    used_values,
)

# What sql/*.sql reads of a household concerned, whatever the rules: the profile has twice as many columns.
_OF_HOUSEHOLDS = (
    "town_code", "community_code", "is_address_uncertain", "members_count", "has_local_hukou",
    "has_child_under_6", "has_severe_disability", "has_member_over_80", "is_conflict", "conflict_reason",
    "is_covered", "covered_by", "covered_since_on", "covered_as_of_month", "income_per_head_12m_yuan",
    "net_income_per_head_12m_yuan", "net_income_per_head_12m_at_most_yuan",
    "medical_self_paid_12m_at_least_yuan", "medical_self_paid_12m_yuan", "latest_incident_on",
    "latest_death_on", "leads_6m_count", "last_visited_on", "last_visit_outcome", "carried_extracts",
    "repaired_extracts",
)  # fmt: skip
_OF_RESIDENTS = ("resident_key", "age_years", "is_covered_alone")


def write_answers(db: Database, compiled: list[Compiled]) -> None:
    """Makes `household_answers`: one row per household with the packed answers of all rules."""
    of_households = [c for c in compiled if c.rule.unit == "household"]
    of_residents = [c for c in compiled if c.rule.unit == "resident"]
    packed = packed_households_sql(of_households, "household_profile", ["town_code"])
    if not of_residents:
        _table(db, "household_answers", packed, of_households)
        return
    of_each = packed_residents_sql(of_residents, "resident_profile")
    _table(db, "answers_of_residents", of_each, of_residents)
    columns = sorted({place.column for place in places_of(of_residents).values()})
    # Every household of the profile has a resident: without a row here they all answer no.
    lifted = ", ".join(f"coalesce(residents.{column}, 0) as {column}" for column in columns)
    _table(
        db,
        "household_answers",
        f"select households.*, {lifted} from ({packed}) as households "
        "left join answers_of_residents as residents on households.household_no = residents.household_no",
        of_households,
    )
    db.drop("answers_of_residents")


def write_concerned(db: Database, compiled: list[Compiled], deciding: list[Compiled]) -> None:
    """Makes `concerned_numbers`: households with a match of a deciding rule now or a case before."""
    places = places_of(compiled)
    matched = any_of((places[c.rule.id] for c in deciding), MATCH)
    _table(
        db,
        "concerned_numbers",
        f"select household_no, bool_or(is_matched) as is_matched from ("
        f"select household_no, true as is_matched from household_answers where {matched} "
        f"union all select household_no, false as is_matched from carried_cases) as concerned "
        f"group by household_no",
    )


def write_answers_of_interest(db: Database, compiled: list[Compiled]) -> None:
    """Makes `answers_of_interest`: per household concerned and rule the answers that are not no."""
    _table(
        db,
        "concerned_answers",
        "select * from household_answers where household_no in (select household_no from concerned_numbers)",
    )
    parts = [
        f"select household_no, '{rule_id}' as rule_id, {place.answer} as answer from concerned_answers "
        f"where {any_of([place], MATCH | UNKNOWN)}"
        for rule_id, place in sorted(places_of(compiled).items())
    ]
    _table(db, "answers_of_interest", " union all ".join(parts))


def write_sentences(db: Database, deciding: list[Compiled], excluding: list[Compiled], steps) -> None:
    """Makes `match_sentences`, `asset_sentences` and `verify_sentences`, for matched households only.

    Also `concerned_households` and `concerned_residents`: the few profile rows they are written from.
    """
    db.words("rule_ids", [c.rule.id for c in deciding])
    matches = [
        f"select * replace (cast(rule_id as rule_ids) as rule_id) from ({matches_sql(c, steps, _profile(c))})"
        for c in deciding
    ]
    assets = [
        f"select household_no, '{c.rule.id}' as rule_id, {c.explanation('zh')} as asset_zh, "
        f"{c.explanation('en')} as asset_en from {_profile(c)} where {c.answer}"
        for c in excluding
    ]
    verify = [
        f"select household_no, rule_id, verify_zh, verify_en from ("
        f"select household_no, '{c.rule.id}' as rule_id, {c.to_verify('zh')} as verify_zh, "
        f"{c.to_verify('en')} as verify_en from {_profile(c)}) as to_verify where verify_zh is not null"
        for c in excluding
        if c.rule.verify
    ]
    _write_concerned_profiles(db, [*deciding, *excluding], " ".join([*matches, *assets, *verify]))
    _union(db, "match_sentences", matches, deciding)
    _union(db, "asset_sentences", assets or [_nothing("asset")], excluding)
    _union(db, "verify_sentences", verify or [_nothing("verify")], excluding)


def _write_concerned_profiles(db: Database, compiled: list[Compiled], sentences: str) -> None:
    words = set(re.findall(r"\w+", sentences))

    def columns(unit: str, always: tuple[str, ...]) -> str:
        profile = next((c.profile for c in compiled if c.rule.unit == unit), None)
        asked = [p.column for p in profile.properties if p.column in words] if profile else []
        names = dict.fromkeys(["household_no", *always, *asked])
        return ", ".join(f"{unit}_profile.{quoted_id(name)}" for name in names)

    _table(
        db,
        "concerned_households",
        f"select household_keys.household_key, {columns('household', _OF_HOUSEHOLDS)} from household_profile "
        "inner join household_keys on household_profile.household_no = household_keys.household_no",
    )
    of_residents = [c for c in compiled if c.rule.unit == "resident"]
    spoken_of = [c.answer for c in of_residents]
    spoken_of += [f"{c.to_verify('zh')} is not null" for c in of_residents if c.rule.verify]
    _table(
        db,
        "concerned_residents",
        f"select {columns('resident', _OF_RESIDENTS)} from resident_profile "
        f"where {' or '.join([*spoken_of, 'is_covered_alone'])}",
        of_residents,
    )


def write_review_sentences(db: Database, on_trial: list[Compiled], steps) -> None:
    """Makes `review_sentences`: one row per household and rule on trial that matches it."""
    parts = [
        f"select household_no, rule_id, explanation_zh, explanation_en "
        f"from ({matches_sql(c, steps, f'{c.rule.unit}_profile')})"
        for c in on_trial
    ]
    nothing = (
        "select cast(null as bigint) as household_no, cast(null as varchar) as rule_id, "
        "cast(null as varchar) as explanation_zh, cast(null as varchar) as explanation_en where false"
    )
    _union(db, "review_sentences", parts or [nothing], on_trial)


def tallies(db: Database, compiled: list[Compiled], groups: dict[tuple[str, str], list[str]]) -> list[dict]:
    """Per town: households, and of each rule matched/unmatched/unknown, and of each group of rules unknown.

    Keys are `households`, `(rule_id, answer)` and the groups' own keys.
    """
    places = places_of(compiled)
    asked = {}
    for c in compiled:
        for answer, bits in (("matched", MATCH), ("unknown", UNKNOWN)):
            asked[(c.rule.id, answer)] = any_of([places[c.rule.id]], bits)
    for key, rule_ids in groups.items():
        asked[key] = any_of((places[rule_id] for rule_id in rule_ids), UNKNOWN)
    # Hundreds of filtered sums cost eight times as much.
    columns = [
        f"sum(case when {sql} then households else 0 end) as n{number}"
        for number, sql in enumerate(asked.values())
    ]
    packed = ", ".join(sorted({"town_code", *(place.column for place in places.values())}))
    rows = db.rows(
        f"select town_code, sum(households) as households, {', '.join(columns)} from "
        f"(select {packed}, count(*) as households from household_answers group by {packed}) as alike "
        "group by town_code"
    )
    return [_tally(row, compiled, list(asked)) for row in rows]


def _tally(row: dict, compiled: list[Compiled], keys: list[tuple[str, str]]) -> dict:
    households = int(row["households"])
    found = {"town_code": row["town_code"], "households": households}
    for number, key in enumerate(keys):
        found[key] = int(row[f"n{number}"])
    for c in compiled:
        known = households - found[(c.rule.id, "unknown")]
        found[(c.rule.id, "unmatched")] = known - found[(c.rule.id, "matched")]
    return found


def quoted_id(rule_id: str) -> str:
    """A rule's column."""
    return f'"{rule_id}"'


def _profile(compiled: Compiled) -> str:
    return f"concerned_{compiled.rule.unit}s"


def _nothing(word: str) -> str:
    return (
        f"select cast(null as bigint) as household_no, cast(null as varchar) as rule_id, "
        f"cast(null as varchar) as {word}_zh, cast(null as varchar) as {word}_en where false"
    )


def _union(db: Database, name: str, parts: list[str], compiled: list[Compiled]) -> None:
    _table(db, name, " union all ".join(parts), compiled)


def _table(db: Database, name: str, sql: str, compiled: list[Compiled] = ()) -> None:
    values = {key: value for c in compiled for key, value in c.values.items()}
    db.execute(f'create or replace temp table "{name}" as {sql}', used_values(sql, values), relation=name)
