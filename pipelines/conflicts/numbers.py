"""Numbers and names that do not belong together, in the extracts that deliver names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from pipelines.confirmations import compact_id
from pipelines.conflicts.registers import PERMITS, REGISTER, plain_name
from pipelines.contract import Contract
from pipelines.contract_check import fold_header
from pipelines.delivery import REGISTERS, Delivery
from pipelines.identity import is_resident_id, resident_key
from pipelines.lake import Lake

_DAMAGE = ("bad_check_character", "excel_zeros", "excel_float", "excel_number", "wrong_length", "not_an_id")


def with_names(contracts: Mapping[str, Contract]) -> list[str]:
    """Extracts that say a name beside a number: registers, and those that keep it where one is damaged."""
    others = sorted(i for i, c in contracts.items() if c.form.get("nameBeside") and i not in REGISTERS)
    return [*(i for i in REGISTERS if i in contracts), *others]


def two_names(
    contracts: Mapping[str, Contract], found: Mapping[str, Delivery], people: pl.DataFrame, lake: Lake
) -> Iterator[dict]:
    """One number with two names: between two registers, or between two rows of one."""
    register = people.filter(pl.col("source") == REGISTER)
    permits = people.filter(pl.col("source") == PERMITS)
    both = register.join(permits, on="resident_key", suffix="_2").filter(pl.col("plain") != pl.col("plain_2"))
    for row in both.iter_rows(named=True):
        first = (row["resident_id"], row["name"], REGISTER)
        yield _conflict("two_names", row["resident_key"], None, first, (*first[:1], row["name_2"], PERMITS))
    for extract in REGISTERS:
        if extract not in contracts or extract not in found:
            continue
        names: dict[str, list[str]] = {}
        for row in _rejected(contracts[extract], found[extract], lake, ("conflicting_key",)):
            if is_resident_id(row.number):
                names.setdefault(row.number, []).append(row.name)
        for number, written in names.items():
            different = {plain_name(name): name for name in sorted(written)}
            if len(different) > 1:
                first, second, *_ = different.values()
                key = resident_key(number, lake.secret())
                yield _conflict("two_names", key, None, (number, first, extract), (number, second, extract))


def registers_in_doubt(
    contracts: Mapping[str, Contract], found: Mapping[str, Delivery], lake: Lake
) -> pl.DataFrame:
    """One row per person of whom the register's own rows contradict each other, and family register named."""
    schema = {"resident_key": pl.Int64, "household_register_no": pl.String}
    if REGISTER not in contracts or REGISTER not in found:
        return pl.DataFrame(schema=schema)
    rows = [
        (resident_key(row.number, lake.secret()), row.register_no)
        for row in _rejected(contracts[REGISTER], found[REGISTER], lake, ("conflicting_key",))
        if is_resident_id(row.number) and row.register_no
    ]
    return pl.DataFrame(rows, schema=schema, orient="row").unique().sort(*schema)


def two_numbers(people: pl.DataFrame) -> Iterator[dict]:
    """Same name, birth date and sex, and the same address or almost the same number: offered only."""
    same = people.filter(pl.col("plain") != "").sort("resident_key", maintain_order=True)
    same = same.unique("resident_key", keep="first")
    same = same.filter(pl.len().over("plain", "birth_on", "sex") > 1)
    pairs = same.join(same, on=["plain", "birth_on", "sex"], suffix="_2")
    pairs = pairs.filter(
        (pl.col("resident_key") < pl.col("resident_key_2"))
        & (
            (pl.col("place") == pl.col("place_2"))
            | (pl.col("resident_id").str.slice(0, 14) == pl.col("resident_id_2").str.slice(0, 14))
        )
    )
    for row in pairs.sort("resident_key", "resident_key_2").iter_rows(named=True):
        yield _conflict(
            "two_numbers", row["resident_key"], row["resident_key_2"],
            (row["resident_id"], row["name"], row["source"]),
            (row["resident_id_2"], row["name_2"], row["source_2"]),
        )  # fmt: skip


def damaged_numbers(
    contracts: Mapping[str, Contract], found: Mapping[str, Delivery], lake: Lake
) -> list[Damaged]:
    """Damaged numbers with a name beside them whose first 14 digits at least are there."""
    return [
        Damaged(extract, rejected.number, rejected.name, digits)
        for extract in with_names(contracts)
        if extract in found
        for rejected in _rejected(contracts[extract], found[extract], lake, _DAMAGE)
        if rejected.column == "resident_id" and rejected.name
        if len(digits := re.match(r"\d*", rejected.number)[0]) >= 14
    ]


def damaged_ids(damaged: Sequence[Damaged], people: pl.DataFrame) -> Iterator[dict]:
    """Damaged numbers whose first 14 or 15 digits and name are one registered person's: offered only."""
    register = people.filter(pl.col("source") == REGISTER)
    named: dict[str, list[dict]] = {}
    for row in register.select("plain", "resident_key", "resident_id", "name").iter_rows(named=True):
        named.setdefault(row["plain"], []).append(row)
    for extract, number, name, digits in damaged:
        for length in (15, 14):
            begun = digits[:length]
            likely = [
                row
                for row in named.get(plain_name(name), ())
                if len(begun) == length and row["resident_id"].startswith(begun)
            ]
            if len(likely) == 1:
                yield _conflict(
                    "damaged_id", likely[0]["resident_key"], None,
                    (number, name, extract),
                    (likely[0]["resident_id"], likely[0]["name"], REGISTER),
                )  # fmt: skip
                break


_DETAILS = {
    "two_names": ("同一号码登记了两个姓名", "one number with two names"),
    "two_numbers": ("姓名、出生日期、性别相同，号码不同", "same name, birth date and sex, two numbers"),
    "damaged_id": (
        "残缺号码前段和姓名与户籍一人相符",
        "start of number and name fit one registered person",
    ),
}


def _conflict(kind: str, key: int, other: int | None, first: tuple, second: tuple) -> dict:
    return {
        "kind": kind, "resident_key": key, "other_key": other,
        "first_id": first[0], "first_name": first[1], "first_source": first[2],
        "second_id": second[0], "second_name": second[1], "second_source": second[2],
        "detail_zh": _DETAILS[kind][0], "detail_en": _DETAILS[kind][1],
    }  # fmt: skip


class Damaged(NamedTuple):
    """A damaged number of a rejected row, the name beside it and the digits it begins with."""

    extract: str
    number: str
    name: str
    digits: str


class _Rejected(NamedTuple):
    number: str
    name: str
    register_no: str
    column: str


def _rejected(
    contract: Contract, found: Delivery, lake: Lake, reasons: tuple[str, ...]
) -> Iterator[_Rejected]:
    """The rows set aside for one of the reasons, in the month in use."""
    folder = lake.resolve(f"parquet/{contract.id}", found.as_of) if found.as_of else None
    path: Path | None = folder / "rejected.parquet" if folder else None
    if path is None or not path.exists():
        return
    rows = pl.scan_parquet(path).filter(pl.col("reason").is_in(list(reasons)))
    rows = rows.select("column", "raw").sort("raw").collect()
    headers = {
        fold_header(text): p.name
        for p in contract.properties
        if p.name in ("resident_id", "name", "household_register_no")
        for text in (p.header, *p.synonyms, p.name)
    }
    if contract.form.get("nameBeside"):
        headers[fold_header(contract.form["nameBeside"])] = "name"
    for column, raw in rows.iter_rows():
        values = {headers.get(fold_header(header)): text for header, text in json.loads(raw).items()}
        name, register_no = ((values.get(k) or "").strip() for k in ("name", "household_register_no"))
        yield _Rejected(compact_id(values.get("resident_id")), name, register_no, column)
