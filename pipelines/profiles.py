"""Profiles: lays a month's profiles out for reading, with the exact amounts that follow from their bounds."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq

from pipelines.database import Database, quoted
from pipelines.rule.model import PROFILES

_MARK = re.compile(r"is_(\w+)_exact")
_BOUNDS = ("at_least", "at_most")


def lay_out_profiles(database: Database, folder: Path) -> None:
    """Names both profiles of a folder as relations with every column of their contracts."""
    for name in PROFILES.values():
        file = folder / f"{name}.parquet"
        database.view(f"{name}_kept", file)
        shown = ", ".join(f"{kept} as {quoted(column)}" for column, kept in profile_columns(file).items())
        database.execute(
            f"create or replace view {quoted(name)} as select {shown} from {quoted(f'{name}_kept')}",
            relation=name,
        )


def profile_columns(file: Path) -> dict[str, str]:
    """Per column of a profile what it is in terms of those that its file keeps.

    An exact amount is its bound, or not known: beside the bound only the mark `is_<amount>_exact` is kept,
    for of both profiles a third of the bytes would be amounts written twice.
    """
    names = pq.read_schema(file).names
    columns = {}
    for name in names:
        if marked := _MARK.fullmatch(name):
            bound = next(b for limit in _BOUNDS if (b := f"{marked[1]}_{limit}_yuan") in names)
            columns[f"{marked[1]}_yuan"] = f"case when {quoted(name)} then {quoted(bound)} end"
        else:
            columns[name] = quoted(name)
    return columns
