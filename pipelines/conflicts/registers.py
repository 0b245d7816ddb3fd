"""Registers: everybody in the registers in use as keys, and in words those of whom something is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from pipelines.delivery import REGISTERS, Delivery
from pipelines.lake import Lake

REGISTER, PERMITS = REGISTERS
_COLUMNS = {
    "resident_key": pl.Int64, "resident_id": pl.String, "name": pl.String, "sex": pl.String,
    "birth_on": pl.Date, "place": pl.String, "source": pl.String, "plain": pl.String,
}  # fmt: skip
_KEYS = {
    "resident_key": pl.Int64, "sex": pl.String, "birth_on": pl.Date, "name_key": pl.UInt64,
}  # fmt: skip

_REMARK, _SIGNS = r"[（(\[【].*?[)）\]】]", r"[\s·•・‧．.　]"
# Whatever else a name holds, it may be compared in another form than it is written in.
_NOT_PLAIN = r"[^\p{Han}A-Z]"


def plain_name(name: str) -> str:
    """A name as it is compared: without remarks, signs and small letters."""
    return re.sub(_SIGNS, "", re.sub(_REMARK, "", name)).upper()


def everybody(found: Mapping[str, Delivery], lake: Lake) -> dict[str, pl.DataFrame]:
    """By register one row per person: no text but the sex; equal names have equal `name_key`."""
    registers = dict.fromkeys(REGISTERS, pl.DataFrame(schema=_KEYS))
    for extract, paths in _files(found, lake).items():
        rows = pl.read_parquet(paths, columns=["resident_key", "sex", "birth_on", "name"])
        registers[extract] = rows.with_columns(name_key=_name_keys(rows["name"])).select(*_KEYS)
    return registers


def under_two_names(registers: Mapping[str, pl.DataFrame]) -> pl.Series:
    """Keys of people whose name is not the same in both registers."""
    twice = _repeated(pl.concat(people["resident_key"] for people in registers.values())).implode()
    in_both = pl.col("resident_key").is_in(twice)
    register, permits = (registers[e].filter(in_both).select("resident_key", "name_key") for e in REGISTERS)
    both = register.join(permits, on="resident_key", suffix="_2")
    return both.filter(pl.col("name_key") != pl.col("name_key_2"))["resident_key"]


def namesakes(registers: Mapping[str, pl.DataFrame]) -> pl.Series:
    """Keys of people who share name, birth date and sex with another, and perhaps of a few more."""
    people = pl.concat(registers.values())
    same = people.select(pl.struct("name_key", "birth_on", "sex").hash()).to_series()
    return people["resident_key"].filter(same.is_in(_repeated(same).implode()))


def named(registers: Mapping[str, pl.DataFrame], names: Iterable[str]) -> pl.Series:
    """Keys of people whom the register of residents has under one of some names as they are compared."""
    asked = pl.Series(sorted(names), dtype=pl.String).hash()
    people = registers[REGISTER]
    return people["resident_key"].filter(people["name_key"].is_in(asked.implode()))


def people_of(found: Mapping[str, Delivery], asked: Iterable[pl.Series], lake: Lake) -> pl.DataFrame:
    """One row per register and person asked for; `plain` is the name as it is compared."""
    keys = pl.concat(asked).cast(pl.Int64).unique().sort().implode()
    frames = [pl.DataFrame(schema=_COLUMNS)]
    for extract, paths in _files(found, lake).items():
        place = "register_address" if extract == REGISTER else "living_address"
        rows = pl.scan_parquet(paths).filter(pl.col("resident_key").is_in(keys))
        rows = rows.select(
            "resident_key", "resident_id", "name", "sex", "birth_on", place=place, source=pl.lit(extract)
        )
        frames.append(rows.with_columns(plain=_plain(pl.col("name"))).collect())
    return pl.concat(frames)


def _files(found: Mapping[str, Delivery], lake: Lake) -> dict[str, list[Path]]:
    files = {extract: found[extract].files(lake) for extract in REGISTERS if extract in found}
    return {extract: paths for extract, paths in files.items() if paths}


def _repeated(values: pl.Series) -> pl.Series:
    """Those that stand more than once, each once."""
    ordered = values.sort()  # equal ones are neighbours then: a quarter of the time of joining or counting
    return ordered.filter((ordered == ordered.shift()).fill_null(False)).unique()


def _name_keys(names: pl.Series) -> pl.Series:
    keys = names.fill_null("").hash()
    # Few names need to be rewritten; asking each costs an eighth of rewriting each.
    other = names.str.contains(_NOT_PLAIN).arg_true()
    rewritten = names.gather(other).to_frame("name").select(_plain(pl.col("name"))).to_series()
    return keys.scatter(other, rewritten.hash())


def _plain(name: pl.Expr) -> pl.Expr:
    return name.fill_null("").str.replace_all(_REMARK, "").str.replace_all(_SIGNS, "").str.to_uppercase()
