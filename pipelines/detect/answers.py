"""Answers: every rule in force asked of every household in one pass, three-valued throughout."""

from __future__ import annotations

from pipelines.database import Database
from pipelines.rule import Compiled, households_sql, matches_sql, residents_sql, used_values


def write_answers(db: Database, compiled: list[Compiled]) -> None:
    """Makes `household_answers`: one row per household, one column per rule (true, false, null = unknown)."""
    of_households = [c for c in compiled if c.rule.unit == "household"]
    of_residents = [c for c in compiled if c.rule.unit == "resident"]
    _table(db, "answers_of_households", households_sql(of_households), compiled)
    _table(db, "answers_of_residents", residents_sql(of_residents), compiled)
    columns = [f'answers_of_households."{c.rule.id}"' for c in of_households]
    columns += [f'answers_of_residents."{c.rule.id}"' for c in of_residents]
    _table(
        db,
        "household_answers",
        f"select {', '.join(['profile.household_no', 'profile.town_code', *columns])} "
        "from household_profile as profile "
        "inner join answers_of_households on profile.household_no = answers_of_households.household_no "
        "left join answers_of_residents on profile.household_no = answers_of_residents.household_no",
    )


def write_concerned(db: Database, deciding: list[Compiled]) -> None:
    """Makes `concerned_numbers`: households with a match of a deciding rule now or a case before."""
    matched = " or ".join(f'"{c.rule.id}"' for c in deciding) or "false"
    _table(
        db,
        "concerned_numbers",
        f"select household_no, bool_or(is_matched) as is_matched from ("
        f"select household_no, true as is_matched from household_answers where {matched} "
        f"union all select household_no, false as is_matched from carried_cases) as concerned "
        f"group by household_no",
    )


def write_concerned_profiles(db: Database) -> None:
    """Makes `concerned_households` and `concerned_residents`: the few profile rows looked at closely."""
    _table(
        db,
        "concerned_households",
        "select household_keys.household_key, household_profile.* from household_profile "
        "inner join household_keys on household_profile.household_no = household_keys.household_no",
    )
    _table(
        db,
        "concerned_residents",
        "select * from resident_profile "
        "where household_no in (select household_no from concerned_numbers where is_matched)",
    )


def write_answers_of_interest(db: Database, compiled: list[Compiled]) -> None:
    """Makes `answers_of_interest`: per household concerned and rule the answers that are not no."""
    parts = [
        f"select household_no, '{c.rule.id}' as rule_id, \"{c.rule.id}\" as answer from household_answers "
        f'where "{c.rule.id}" is distinct from false '
        "and household_no in (select household_no from concerned_numbers)"
        for c in compiled
    ]
    _table(db, "answers_of_interest", " union all ".join(parts))


def write_sentences(db: Database, deciding: list[Compiled], excluding: list[Compiled], steps) -> None:
    """Makes `match_sentences`, `asset_sentences` and `verify_sentences`, for matched households only."""
    _union(db, "match_sentences", [matches_sql(c, steps, _profile(c)) for c in deciding], deciding)
    assets = [
        f"select household_no, '{c.rule.id}' as rule_id, {c.explanation('zh')} as asset_zh, "
        f"{c.explanation('en')} as asset_en from {_profile(c)} where {c.answer}"
        for c in excluding
    ]
    _union(db, "asset_sentences", assets or [_nothing("asset")], excluding)
    verify = [
        f"select household_no, rule_id, verify_zh, verify_en from ("
        f"select household_no, '{c.rule.id}' as rule_id, {c.to_verify('zh')} as verify_zh, "
        f"{c.to_verify('en')} as verify_en from {_profile(c)}) as to_verify where verify_zh is not null"
        for c in excluding
        if c.rule.verify
    ]
    _union(db, "verify_sentences", verify or [_nothing("verify")], excluding)


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
    names: dict[str, object] = {"n": "households"}
    columns = ["town_code", "count(*) as n"]
    tests = {"matched": "{}", "unmatched": "not {}", "unknown": "{} is null"}
    for number, c in enumerate(compiled):
        for answer, test in tests.items():
            name = f"r{number}_{answer}"
            names[name] = (c.rule.id, answer)
            columns.append(f"count(*) filter (where {test.format(quoted_id(c.rule.id))}) as {name}")
    for number, (key, rule_ids) in enumerate(groups.items()):
        names[f"g{number}"] = key
        unknown = " or ".join(f"{quoted_id(rule_id)} is null" for rule_id in rule_ids)
        columns.append(f"count(*) filter (where {unknown}) as g{number}")
    rows = db.rows(f"select {', '.join(columns)} from household_answers group by town_code")
    return [{names.get(name, name): value for name, value in row.items()} for row in rows]


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
