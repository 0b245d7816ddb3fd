"""One month of detection: answers, matches, who is listed, who is not and why, and every case."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipelines.contract import SCHEMAS, Contract, load_contracts
from pipelines.database import Database
from pipelines.detect import answers
from pipelines.detect.analysts import write_for_analysts
from pipelines.detect.capacity import COMMUNITIES, capacities
from pipelines.detect.coverage import answer_rows, coverage_groups, coverage_rows
from pipelines.detect.evidence import Source, base_registers, delivered_sources
from pipelines.detect.keys import keys_of
from pipelines.detect.measure import measure, measured_from
from pipelines.detect.words import (
    carried_words,
    conflict_words,
    known_rules,
    outcome_words,
    roll_words,
    rule_facts,
)
from pipelines.lake import Lake, code_digest, file_digest, file_digests
from pipelines.month import Month
from pipelines.problem import HardshipError
from pipelines.profiles import lay_out_profiles
from pipelines.rule import RULES, Compiled, RuleSet, compile_rule, load_rules

TABLE = "matches"
COUNTS = "counts.json"
_ANSWERS = ("answers_of_interest", "concerned_answers", "household_answers")
DECIDING = ("signal", "list")


@dataclass(frozen=True)
class Before:
    """The month detected before: its tables, and its profiles where they are still there."""

    tables: Path
    profiles: Path | None


# Written in order of these columns, so that the same month gives the same bytes; publication keeps the order.
ORDER = {
    "matches": "town_code, household_key, rule_id",
    "exclusions": "town_code, household_key",
    "candidates": "town_code, rank, household_key",
    "cases": "town_code, household_key",
    "coverage": "extract, dimension, town_code",
    "answers": "rule_id, town_code",
    "town_loads": "town_code",
    "review_matches": "town_code, household_key, rule_id",
    "audit_sample": "town_code, stratum, draw_place",
}


def detect(month: Month, lake: Lake, rules: Path = RULES, schemas: Path = SCHEMAS) -> dict:
    """Applies the rules in force to the month's profiles and writes the lake's table `matches`.

    Returns counts: households, households_matched, listed, excluded, excluded_by_reason, unknown
    (by rule). Reads the latest earlier month's cases; months are brought up in order. Does nothing
    when neither profiles, rules, earlier cases nor code changed. Raises HardshipError when the
    month was not linked or when a household would be lost between match and decision.
    """
    profiles = lake.resolve("profiles", month)
    if profiles is None:
        raise HardshipError(f"No profiles for {month}. Run it first: hardship run --month {month}")
    rule_set = load_rules(rules, schemas)
    previous = previous_month(month, lake)
    inputs = {
        "profiles": lake.digest("profiles", month),
        "previous": [str(previous), lake.digest(TABLE, previous)] if previous else None,
        "previous_profiles": lake.digest("profiles", previous) if previous else None,
        "rules": file_digests(rules, "*.yaml"),
        "schemas": file_digests(schemas, "*.yaml"),
        "communities": file_digest(COMMUNITIES),
        "measured": measured_from(month, lake),
        "code": code_digest("detect"),
    }
    if lake.is_current(TABLE, month, inputs):
        return json.loads((lake.resolve(TABLE, month) / COUNTS).read_text(encoding="utf-8"))
    contracts = load_contracts(schemas)
    before = Before(lake.resolve(TABLE, previous), lake.resolve("profiles", previous)) if previous else None
    with lake.write(TABLE, month, inputs) as folder:
        counts = write_month(month, lake, rule_set, contracts, before, folder)
        measure(month, lake, contracts, folder)
        return counts


def write_month(
    month: Month,
    lake: Lake,
    rule_set: RuleSet,
    contracts: dict[str, Contract],
    before: Before | None,
    folder: Path,
) -> dict:
    """Decides one month by a set of rules and writes all its tables into a folder; returns the counts.

    Reads profiles from the lake and writes nothing to it.
    """
    profiles = lake.resolve("profiles", month)
    with Database() as db:
        prepare(db, profiles, contracts, before)
        sources = delivered_sources(profiles / "deliveries.parquet", contracts, month)
        compiled = run_rules(db, month, rule_set, contracts, sources, lake)
        counts = select(db, month, rule_set)
        tables = tally(db, month, compiled, rule_set, sources, contracts)
        counts["unknown"] = tables.pop("unknown")
        for name in _ANSWERS:
            db.drop(name)  # sorting what is written needs the memory
        selection = rule_set.selection_in_force(month)
        parameters = _selection_parameters(month, rule_set)
        write_for_analysts(db, month, compiled, selection, parameters, lake)
        for name, rows in tables.items():
            db.register(name, rows)
        for name, order in ORDER.items():
            db.write(f"select * from {name} order by {order}", folder / f"{name}.parquet")
    text = json.dumps(counts, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / COUNTS).write_text(text + "\n", encoding="utf-8")
    return counts


def previous_month(month: Month, lake: Lake) -> Month | None:
    """The latest earlier month that was detected."""
    return max((m for m in lake.months(TABLE) if m < month), default=None)


def prepare(db: Database, profiles: Path, contracts: dict[str, Contract], before: Before | None) -> None:
    """Names what detection reads: profiles, members, last month's cases, the words of codes.

    Cases of households that are no more go on with their members.
    """
    lay_out_profiles(db, profiles)
    db.view("members", profiles / "members.parquet")
    number = pa.field("household_no", pa.int64())
    cases = [before.tables / "cases.parquet"] if before else []
    db.view_or_nothing("previous_cases", cases, contracts["cases"].arrow_schema.append(number))
    members = [before.profiles / "members.parquet"] if before and before.profiles else []
    shape = pa.schema([pa.field("resident_key", pa.int64()), number])
    db.view_or_nothing("previous_members", members, shape)
    db.register("rolls", roll_words())
    db.register("conflict_reasons", conflict_words(contracts["household_profile"]))
    db.table("case_paths")
    db.table("carried_cases")


def run_rules(
    db: Database,
    month: Month,
    rule_set: RuleSet,
    contracts: dict[str, Contract],
    sources: dict[str, Source],
    lake: Lake,
) -> list[Compiled]:
    """Asks every rule in force; leaves matches, sentences and answers as relations."""
    compiled = [compile_rule(rule, month, rule_set.profiles[rule.unit]) for rule in rule_set.in_force(month)]
    stable = [c for c in compiled if c.rule.status == "stable"]
    deciding = [c for c in stable if c.rule.effect in DECIDING]
    excluding = [c for c in stable if c.rule.effect == "exclude"]
    if not deciding:
        raise HardshipError(f"No stable rule of effect signal or list is in force in {month}.")
    answers.write_answers(db, compiled)
    answers.write_concerned(db, compiled, deciding)
    db.register("household_keys", keys_of(db, "select household_no from concerned_numbers", lake.secret()))
    answers.write_answers_of_interest(db, compiled)
    selection = rule_set.selection_in_force(month)
    answers.write_sentences(db, deciding, excluding, selection["severity_points"])
    db.register("rules", rule_facts(compiled, rule_set, contracts, sources, month))
    db.register("carried_words", carried_words(sources))
    db.register("capacities", capacities(selection))
    db.register("outcomes", outcome_words(selection["cooling_off_months"], contracts["towns__visits"]))
    return compiled


def select(db: Database, month: Month, rule_set: RuleSet) -> dict:
    """Decides who is listed; returns the counts and raises HardshipError when a household got lost."""
    parameters = _selection_parameters(month, rule_set)
    parameters["has_history"] = bool(db.value("select count(*) from previous_cases"))
    db.register("known_rules", known_rules(rule_set, month))
    db.table("carried_rules")
    db.table("match_marks", parameters)
    db.table("repaired_rules")
    db.lazy("matches")
    for name in (
        "household_overlaps",
        "unassessed",
        "visit_baselines",
        "deceased_cases",
        "open_before",
        "household_origins",
        "decisions",
        "candidates",
        "exclusions",
        "cases",
    ):
        db.table(name, parameters)
    matched = db.value("select count(*) from concerned_numbers where is_matched")
    by_reason = {
        row["reason"]: row["households"]
        for row in db.rows(
            "select reason, count(*) as households from exclusions group by reason order by reason"
        )
    }
    listed = db.value("select count(*) from candidates")
    deceased = by_reason.get("deceased", 0)
    excluded = sum(by_reason.values()) - deceased
    placed = db.value(
        "select count(distinct household_no) from (select household_no from candidates "
        "union all select household_no from exclusions) as placed"
    )
    if not matched == listed + excluded == placed - deceased:
        raise HardshipError(
            f"{matched} households match a rule in {month}, but {listed} are listed and {excluded} are not "
            f"({placed - deceased} distinct). Nothing was written: no household may be lost or counted twice."
        )
    return {
        "month": str(month),
        "households": db.value("select count(*) from household_answers"),
        "households_matched": matched,
        "listed": listed,
        "excluded": excluded,
        "excluded_by_reason": by_reason,
    }


def tally(
    db: Database,
    month: Month,
    compiled: list[Compiled],
    rule_set: RuleSet,
    sources: dict[str, Source],
    contracts: dict[str, Contract],
) -> dict:
    """Answers and coverage by town, as tables, and the number of unknown answers by rule."""
    groups = coverage_groups([c.rule for c in compiled], rule_set, base_registers(contracts))
    rows = answers.tallies(db, compiled, groups)
    unknown = {c.rule.id: sum(row[(c.rule.id, "unknown")] for row in rows) for c in compiled}
    return {
        "answers": pa.Table.from_pylist(
            answer_rows(rows, compiled, month), schema=contracts["answers"].arrow_schema
        ),
        "coverage": pa.Table.from_pylist(
            coverage_rows(rows, groups, sources, month), schema=contracts["coverage"].arrow_schema
        ),
        "unknown": unknown,
    }


def _selection_parameters(month: Month, rule_set: RuleSet) -> dict:
    values = rule_set.selection_in_force(month)
    dibao = rule_set.shared["dibao_standard"].in_force(month)
    return {
        "month_start": month.start,
        "month_end": month.end,
        "bar_dimensions": int(values["bar_dimensions"]),
        "guard": values["guard"],
        "guard_line": values["guard_multiple"] * dibao,
        "points_dimension": values["points_per_dimension"],
        "points_waiting": values["points_per_waiting_month"],
        "points_vulnerable": values["points_vulnerable"],
        "points_stale": values["points_per_stale_dimension"],
        "reopening_increase": values["reopening_increase"],
        "visits_elsewhere": int(values["visits_per_community"]),
    }
