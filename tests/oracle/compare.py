"""Compares the linked profiles with the oracle's, column by column, and says where they part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipelines.database import Database
from pipelines.month import Month
from pipelines.profiles import lay_out_profiles

from .figures import Figures

# Numbers and keys are the linker's own; visits hang on the published key; the words of a conflict are free.
NOT_COMPARED = {
    "household_no", "conflict_reason", "last_visited_on", "last_visit_outcome",
    "last_visit_medical_yuan", "carried_extracts", "repaired_extracts",
}  # fmt: skip


@dataclass
class Difference:
    """One column in which rows differ: how many, and one of them."""

    table: str
    column: str
    count: int
    rows: int
    example: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column}: {self.count} of {self.rows} rows differ, e.g. {self.example}"


def differences(lake: Path, month: Month, expected: Figures) -> list[Difference]:
    """Every column of both profiles in which any row is not what the oracle says."""
    with Database() as database:
        lay_out_profiles(database, lake / "profiles" / month.partition)
        linked = {
            name: database.arrow(f"select * from {name}").to_pylist()
            for name in ("resident_profile", "household_profile")
        }
    found = []
    people = {row["resident_key"]: row for row in linked["resident_profile"]}
    found += _rows_differ("residents", people, expected.residents)
    groups: dict[int, set[int]] = {}
    for row in linked["resident_profile"]:
        groups.setdefault(row["household_no"], set()).add(row["resident_key"])
    homes = {}
    for row in linked["household_profile"]:
        homes[frozenset(groups.get(row["household_no"], ()))] = row
    return found + _rows_differ("households", homes, expected.households)


def _rows_differ(table: str, linked: dict, expected: dict) -> list[Difference]:
    missing, extra = expected.keys() - linked.keys(), linked.keys() - expected.keys()
    found = []
    for what, keys in (("missing from the profile", missing), ("only in the profile", extra)):
        if keys:
            found.append(Difference(table, what, len(keys), len(expected), _shown(min(keys, key=_order))))
    both = sorted(expected.keys() & linked.keys(), key=_order)
    columns = sorted({c for key in both for c in (*expected[key], *linked[key])} - NOT_COMPARED)
    for column in columns:
        apart = [
            key
            for key in both
            if column not in linked[key]
            or column not in expected[key]
            or not _equal(linked[key][column], expected[key][column])
        ]
        if apart:
            key = apart[0]
            example = (
                f"{_shown(key)}: profile {linked[key].get(column, 'no such column')}, "
                f"oracle {expected[key].get(column, 'no such column')}"
            )
            found.append(Difference(table, column, len(apart), len(both), example))
    return found


def _equal(linked: object, expected: object) -> bool:
    if linked is None or expected is None:
        return linked is None and expected is None
    if isinstance(linked, bool) or isinstance(expected, bool):
        return linked is expected
    if isinstance(expected, int) and isinstance(linked, str):
        return linked == str(expected)
    return linked == expected


def _order(key: int | Iterable[int]) -> list[int]:
    return [key] if isinstance(key, int) else sorted(key)


def _shown(key: int | Iterable[int]) -> str:
    return ", ".join(f"{one}" for one in _order(key))
