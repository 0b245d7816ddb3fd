"""Rehearsal: draft rules run on past months as they were, beside the lists those months really gave."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipelines.contract import SCHEMAS, load_contracts
from pipelines.database import Database
from pipelines.detect.capacity import capacities
from pipelines.detect.month import TABLE, Before, previous_month, write_month
from pipelines.lake import Lake, file_digests
from pipelines.month import Month
from pipelines.problem import HardshipError
from pipelines.profiles import profile_columns
from pipelines.rule import RULES, RuleSet, load_rules
from pipelines.rule.draft import Change, load_draft
from pipelines.rule.model import PROFILES

LINES_ORDER = "month, town_code, change, household_key"
TOWNS_ORDER = "month, town_code"


@dataclass(frozen=True)
class Rehearsal:
    """What a draft would have changed.

    `lines`: one row per month and household on a list now or by the draft; `towns`: one row per month
    and town with changes and load; `notes`: what a reader must know before comparing.
    """

    months: tuple[Month, ...]
    changes: tuple[Change, ...]
    lines: pa.Table
    towns: pa.Table
    notes: tuple[tuple[str, str], ...]
    overload_multiple: object

    @property
    def overloaded(self) -> list[str]:
        """Codes of towns that the draft would overload in some month."""
        rows = self.towns.select(["town_code", "is_overloaded"]).to_pylist()
        return sorted({row["town_code"] for row in rows if row["is_overloaded"]})


def rehearse(
    folder: Path, months: list[Month], lake: Lake, rules: Path = RULES, schemas: Path = SCHEMAS
) -> Rehearsal:
    """Runs the draft in `folder` on the profiles of past months and compares with their candidates.

    Each month goes on from the draft's own cases of the month before; the first from the real ones.
    Profiles are read as they are and nothing is written to the lake. Raises Problems for errors in
    the draft, HardshipError for months that were not run or whose profiles lack what a draft asks.
    """
    draft = load_draft(folder, rules, schemas)
    missing = [str(m) for m in months if not (lake.resolve("profiles", m) and lake.resolve(TABLE, m))]
    if missing:
        raise HardshipError(
            f"Not rehearsed: {', '.join(missing)} were not run in {lake.root}. "
            "Run them first, or choose months that were: hardship run --month."
        )
    _check_columns(draft.rules, months, lake)
    contracts = load_contracts(schemas)
    in_force = load_rules(rules, schemas)
    earlier = previous_month(months[0], lake)
    with tempfile.TemporaryDirectory(prefix=".rehearsal-", dir=lake.root) as scratch, Database() as db:
        before = Before(lake.resolve(TABLE, earlier), lake.resolve("profiles", earlier)) if earlier else None
        for month in months:
            place = Path(scratch) / str(month)
            place.mkdir(mode=0o700)
            write_month(month, lake, draft.rules, contracts, before, place)
            before = Before(place, lake.resolve("profiles", month))
        for table in ("candidates", "exclusions"):
            db.view(f"current_{table}", [lake.resolve(TABLE, m) / f"{table}.parquet" for m in months])
            db.view(f"draft_{table}", [Path(scratch) / str(m) / f"{table}.parquet" for m in months])
        db.view("last_profile", lake.resolve("profiles", months[-1]) / "household_profile.parquet")
        db.register("rehearsed_capacities", _capacities(in_force, draft.rules, months))
        multiple = draft.rules.selection_in_force(months[-1])["overload_multiple"]
        db.table("rehearsed_lines")
        db.table("rehearsed_towns", {"overload_multiple": multiple})
        lines = db.arrow(f"select * from rehearsed_lines order by {LINES_ORDER}")
        towns = db.arrow(f"select * from rehearsed_towns order by {TOWNS_ORDER}")
    notes = [*_unrehearsed(draft.changes), *_other_rules(months, lake, rules)]
    return Rehearsal(tuple(months), draft.changes, lines, towns, tuple(notes), multiple)


def _check_columns(rules: RuleSet, months: list[Month], lake: Lake) -> None:
    """Profiles of months long past may lack a column that came later."""
    for month in months:
        folder = lake.resolve("profiles", month)
        for unit, name in PROFILES.items():
            has = set(profile_columns(folder / f"{name}.parquet"))
            asked = {c for rule in rules.in_force(month) if rule.unit == unit for c in rule.columns}
            if asked - has:
                raise HardshipError(
                    f"Not rehearsed: the profiles of {month} have no {', '.join(sorted(asked - has))}. "
                    f"Run {month} again, or begin later."
                )


def _capacities(in_force: RuleSet, draft: RuleSet, months: list[Month]) -> pa.Table:
    rows = []
    for month in months:
        now, then = (_visits(rules, month) for rules in (in_force, draft))
        rows += [
            {
                "month": month.start,
                "town_code": town,
                "visits_now": now.get(town, 0),
                "visits_by_draft": then.get(town, 0),
            }
            for town in sorted(now.keys() | then.keys())
        ]
    return pa.Table.from_pylist(rows)


def _visits(rules: RuleSet, month: Month) -> dict[str, int]:
    table = capacities(rules.selection_in_force(month)).to_pylist()
    return {row["town_code"]: row["visits"] for row in table}


def _unrehearsed(changes: tuple[Change, ...]) -> list[tuple[str, str]]:
    names = ", ".join(change.what for change in changes if not change.is_rehearsed)
    if not names:
        return []
    return [
        (
            f"{names} 的改动影响家庭画像，演练沿用当时的画像，其效果未计入。",
            f"{names}: shapes the profiles, which are taken as they were; its change is not rehearsed.",
        )
    ]


def _other_rules(months: list[Month], lake: Lake, rules: Path) -> list[tuple[str, str]]:
    """Months whose lists were made by other rules than those the draft is compared with."""
    digests = file_digests(rules, "*.yaml")
    others = [str(m) for m in months if lake.about(TABLE, m)["inputs"].get("rules") != digests]
    if not others:
        return []
    text = ", ".join(others)
    return [
        (
            f"{text} 的名单由当时的规则产生，与现行规则文件不同；差异中含这一部分。",
            f"The lists of {text} were made by other rule files than those in force now; that is in the "
            "difference too.",
        )
    ]
