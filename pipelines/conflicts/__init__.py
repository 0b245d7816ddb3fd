"""Conflicts: identities that contradict each other, queued with both sides for a person to look at.

Nothing is joined or dismissed here. `conflicts/month=2022-06` holds

conflicts.parquet         one row per conflict, both sides (restricted)
身份冲突_202206.csv        the open ones for a person, to be handed back (see `confirmations`)
缺数镇街_202206.csv        towns of which an extract says nothing, to be handed back (see `emptied`), if any
people.parquet            resident_key, kind, conflict_id, is_open: whose household must wait while is_open
registers.parquet          resident_key, household_register_no: whose own rows in the register contradict
dismissed_deaths.parquet  resident_key, dismissed_until_on: found alive, deaths up to that day are untrue
"""

from __future__ import annotations

import csv
import hashlib
import hmac
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from pipelines.confirmations import HEADERS, KINDS, answers_given, confirmations
from pipelines.conflicts.deaths import deaths_with_life, life_after_death, rows_read
from pipelines.conflicts.numbers import (
    damaged_ids,
    damaged_numbers,
    registers_in_doubt,
    two_names,
    two_numbers,
    with_names,
)
from pipelines.conflicts.registers import everybody, named, namesakes, people_of, plain_name, under_two_names
from pipelines.contract import Contract
from pipelines.delivery import deliveries
from pipelines.emptied import write_towns_asked_about
from pipelines.identity import resident_key
from pipelines.lake import Lake, code_digest
from pipelines.month import Month

TABLE = "conflicts"
SCHEMA = {
    "conflict_id": pl.String, "kind": pl.String, "month": pl.Date, "resident_key": pl.Int64,
    "other_key": pl.Int64, "first_id": pl.String, "first_name": pl.String, "first_source": pl.String,
    "second_id": pl.String, "second_name": pl.String, "second_source": pl.String, "detail_zh": pl.String,
    "detail_en": pl.String, "answer": pl.String, "is_open": pl.Boolean,
}  # fmt: skip
# Only offered: they keep nobody off a list.
_OFFERED = ("two_numbers", "damaged_id")


def conflicts(contracts: Mapping[str, Contract], month: Month, landing: Path, lake: Lake) -> dict[str, int]:
    """Finds the month's conflicts in the accepted extracts and applies the answers given so far.

    Returns the number of open conflicts by kind, and of towns missing from an extract as `town_missing`.
    """
    extracts = {i: c for i, c in contracts.items() if "__" in i}
    answers = confirmations(landing, month)
    found = {d.extract: d for d in deliveries(extracts, month, lake)}
    read = rows_read(extracts, month, lake)
    for i in with_names(extracts):
        if i in found and found[i].as_of:
            read[i] = sorted({*read.get(i, ()), found[i].as_of})
    missing = {i: d.towns_missing for i, d in found.items() if d.as_of == month and d.towns_missing}
    inputs = {
        "rows": {i: {str(m): lake.digest(f"parquet/{i}", m) for m in months} for i, months in read.items()},
        "answers": answers_given(landing, month),
        "towns_missing": missing,
        "standing_in": {i: lake.digest(f"standing_in/{i}", found[i].as_of) for i in missing},
        "code": code_digest("conflicts"),
    }
    if not lake.is_current(TABLE, month, inputs):
        dismissed = _dismissed(answers, lake.secret())
        signs = life_after_death(extracts, month, dismissed, lake)
        damaged = damaged_numbers(extracts, found, lake)
        registers = everybody(found, lake)
        asked = (
            under_two_names(registers),
            namesakes(registers),
            named(registers, {plain_name(number.name) for number in damaged}),
            signs["resident_key"],
        )
        people = people_of(found, asked, lake)  # of millions the few of whom anything might be said
        rows = [
            *two_names(extracts, found, people, lake),
            *two_numbers(people),
            *deaths_with_life(signs, people),
            *damaged_ids(damaged, people),
        ]
        table = _answered(rows, answers, month, lake.secret())
        with lake.write(TABLE, month, inputs) as folder:
            _write(table, month, folder)
            write_towns_asked_about(missing, extracts, month, folder)
            doubtful = registers_in_doubt(extracts, found, lake)
            doubtful.write_parquet(folder / "registers.parquet")
            dismissed.write_parquet(folder / "dismissed_deaths.parquet")
    table = pl.read_parquet(lake.resolve(TABLE, month) / "conflicts.parquet")
    counts = Counter(table.filter("is_open")["kind"]) + Counter(town_missing=sum(map(len, missing.values())))
    return dict(sorted(counts.items()))


def _dismissed(answers: dict, secret: bytes) -> pl.DataFrame:
    """A death stays dismissed when the signs of life have left the window."""
    alive = [
        {"resident_key": resident_key(a.ids[0], secret), "dismissed_until_on": a.month.end}
        for a in answers.values()
        if a.answer == "alive"
    ]
    schema = {"resident_key": pl.Int64, "dismissed_until_on": pl.Date}
    table = (
        pl.DataFrame(alive, schema=schema).group_by("resident_key").agg(pl.col("dismissed_until_on").max())
    )
    return table.sort("resident_key")


def _answered(rows: list[dict], answers: dict, month: Month, secret: bytes) -> pl.DataFrame:
    whole = []
    for row in rows:
        # The same conflict has the same number in every month.
        told = f"{row['kind']} {row['resident_key']} {row['other_key']} {row['first_id']}"
        number = "C" + hmac.digest(secret, told.encode(), hashlib.sha256).hex()[:12].upper()
        answer = answers[number].answer if number in answers else None
        # Two people with one number stay in conflict until the departments have mended it; whoever was
        # found alive may have died since.
        is_settled = answer is not None and (row["kind"], answer) != ("two_names", "different")
        is_dismissed = row.pop("is_dismissed", False)
        is_settled = is_dismissed if answer == "alive" else is_settled
        whole.append(
            {**row, "conflict_id": number, "month": month.start, "answer": answer, "is_open": not is_settled}
        )
    table = pl.DataFrame(whole, schema=SCHEMA)
    return table.unique("conflict_id", keep="first").sort("kind", "conflict_id")


def _write(table: pl.DataFrame, month: Month, folder: Path) -> None:
    table.write_parquet(folder / "conflicts.parquet")
    blocking = table.filter(~pl.col("kind").is_in(_OFFERED))
    sides = pl.concat(
        blocking.select(pl.col(key).alias("resident_key"), "kind", "conflict_id", "is_open")
        for key in ("resident_key", "other_key")
    )
    sides = sides.drop_nulls("resident_key").unique().sort("resident_key", "conflict_id")
    sides.write_parquet(folder / "people.parquet")
    name = f"身份冲突_{str(month).replace('-', '')}.csv"
    with open(folder / name, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(HEADERS.values())
        for row in table.filter("is_open").iter_rows(named=True):
            shown = {**row, "kind": KINDS[row["kind"]], "detail": f"{row['detail_zh']} / {row['detail_en']}"}
            shown |= {"answer": row["answer"] and "不是同一人", "right_id": None}
            writer.writerow(_cell(key, shown[key]) for key in HEADERS)


def _cell(key: str, value: str | None) -> str:
    """A tab keeps a spreadsheet from reading an ID as number, and a name as formula."""
    text = value or ""
    is_number = key.endswith("_id") and key != "conflict_id"
    return "\t" + text if text and (is_number or text[0] in "=+-@") else text
