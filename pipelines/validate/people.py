"""People: whose rows a file holds, met in order with last month's and with the registers of homes."""

from __future__ import annotations

import functools
from pathlib import Path

import polars as pl


@functools.lru_cache(maxsize=2)  # this month's, asked for three times, and last month's
def sorted_keys(file: Path, column: str) -> pl.Series:
    """The resident keys in a column of a file of rows, without nulls."""
    return pl.read_parquet(file, columns=[column]).to_series().drop_nulls().sort().alias("resident_key")


def shared_people(now: pl.Series, before: pl.Series) -> tuple[int, int, int]:
    """People now, people before and people of both, given the sorted key of each row."""
    now, before = (keys.to_frame().filter(keys.ne_missing(keys.shift())) for keys in (now, before))
    both = now.join_asof(before.with_columns(is_known=True), on="resident_key", tolerance=0)
    return now.height, before.height, both["is_known"].count()


def rows_by_home(keys: pl.Series, registers: tuple[Path, ...]) -> dict[str, int]:
    """Rows per town code, given the sorted key of each row; the register that is named first is the surest.

    Rows of people without a home in any of them are not counted.
    """
    # Sorted keys meet in one pass: a tenth of the time of joining millions with a register read anew.
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
