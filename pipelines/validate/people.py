"""People: whose rows a file holds, met in order with last month's and with the registers of homes."""

from __future__ import annotations

import functools
from pathlib import Path

import polars as pl

from pipelines.resident_keys import count_known, each_once, in_order


@functools.lru_cache(maxsize=2)  # this month's, asked for three times, and last month's
def sorted_keys(file: Path, column: str) -> pl.Series:
    """The resident keys in a column of a file of rows, without nulls."""
    return in_order(pl.read_parquet(file, columns=[column]).to_series())


def shared_people(now: pl.Series, before: pl.Series) -> tuple[int, int, int]:
    """People now, people before and people of both, given the sorted key of each row."""
    now, before = each_once(now), each_once(before)
    return now.height, before.height, count_known(now, before)


def rows_by_home(keys: pl.Series, registers: tuple[Path, ...]) -> dict[str, int]:
    """Rows per town code, given the sorted key of each row; the register that is named first is the surest.

    Rows of people without a home in any of them are not counted.
    """
    found = keys.to_frame().join_asof(_homes(registers), on="resident_key", tolerance=0)
    towns = found.drop_nulls("town_code").group_by("town_code").len()
    return dict(sorted(towns.cast({"town_code": pl.String}).iter_rows()))


@functools.lru_cache(maxsize=1)
def _homes(registers: tuple[Path, ...]) -> pl.DataFrame:
    """One row per person, sorted by resident_key."""
    read = [pl.read_parquet(path, columns=["resident_key", "town_code"]) for path in registers]
    homes = pl.concat(read).with_columns(pl.col("town_code").cast(pl.Categorical))
    homes = homes.drop_nulls("resident_key").sort("resident_key", maintain_order=True)
    homes = homes.filter(homes["resident_key"].ne_missing(homes["resident_key"].shift()))
    return homes.with_columns(pl.col("resident_key").set_sorted())
