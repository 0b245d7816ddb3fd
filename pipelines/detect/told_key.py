"""The key of a household from what somebody tells of it: the whole key, or its last characters."""

from __future__ import annotations

import re

import polars as pl

from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.problem import HardshipError

_SHOWN = 10


def told_key(month: Month, lake: Lake, told: str) -> str:
    """The whole key. `told` may be its end, as lists show it beside the rank (…69DF).

    Raises HardshipError when no case of the month has such an end, or several have.
    """
    end = told.strip().lstrip("….").upper()
    folder = lake.resolve("matches", month)
    if folder is None or not re.fullmatch("[0-9A-F]{4,15}", end):
        return told.strip()
    keys = pl.read_parquet(folder / "cases.parquet", columns=["household_key"])["household_key"]
    found = sorted(keys.filter(keys.str.ends_with(end)))
    if len(found) == 1:
        return found[0]
    if not found:
        raise HardshipError(f"No household of {month} has a key that ends in {end}.")
    several = ", ".join(found[:_SHOWN]) + (", ..." if len(found) > _SHOWN else "")
    raise HardshipError(f"{len(found)} households of {month} have keys that end in {end}: {several}. Which?")
