"""Intake: large clean files to validated Parquet, beside polars reading and writing the same in UTF-8."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from tests.bench.measure import Used, used_by

SETTLEMENTS, PUPILS = 4_000_000, 200_000
MOST_TIMES_BARE, MOST_GIB, MOST_WORKBOOK_SECONDS = 2.5, 3, 15

_MONTH = "2022-06"
_IDS = 200_000
_TURNS = 5


def figures(settlements: int = SETTLEMENTS, pupils: int = PUPILS) -> dict[str, Used]:
    """What each piece of work used: `bare` (polars, no contract), `settlements` (a file in GB18030 ingested
    and validated) and `workbook` (a sheet of pupils). Every piece is a process of its own. The first two are
    done in turns: a virtual machine is at times slower by half for some seconds. The middle one counts.
    """
    with tempfile.TemporaryDirectory() as folder:

        def used(name: str) -> Used:
            given = [folder, str(settlements), str(pupils)]
            return used_by(name, ["tests.bench.intake", "--work", name, *given])

        found = {"lay": used("lay")}
        turns = [(used("bare"), used("settlements")) for _ in range(_TURNS)]
        for pieces in zip(*turns, strict=True):
            middle = sorted(pieces, key=lambda piece: piece.wall)[_TURNS // 2]
            found[middle.name] = middle
        return found | {"workbook": used("workbook")}


def lay(root: Path, settlements: int, pupils: int) -> dict:
    """One file of settlements in GB18030 below landing/ and in UTF-8 beside it, one workbook of pupils."""
    from pipelines.city import deliver
    from pipelines.contract import load_extracts
    from pipelines.month import Month

    contracts, month = load_extracts(), Month.parse(_MONTH)
    bills, roll = contracts["medical_insurance__settlements"], contracts["education__enrolments"]
    ids = _resident_ids(max(pupils, _IDS))
    for landing, encoding in ((root / "landing", "gb18030"), (root / "plain", "utf-8")):
        deliver.write(bills, _settlements(settlements, ids), month, landing, format="csv", encoding=encoding)
    deliver.write(roll, _pupils(pupils, ids), month, root / "landing", format="xlsx", split_by_town=False)
    return {"rows": settlements + pupils}


def bare(root: Path, settlements: int, pupils: int) -> dict:
    """The file in UTF-8 read and written by polars alone; its types are guessed."""
    import polars as pl

    (path,) = (root / "plain").rglob("*.csv")
    rows = pl.read_csv(path)
    rows.write_parquet(root / "bare.parquet")
    return {"rows": rows.height}


def settlements(root: Path, settlements: int, pupils: int) -> dict:
    """The file in GB18030 to validated Parquet."""
    return _taken_in(root, "medical_insurance__settlements")


def workbook(root: Path, settlements: int, pupils: int) -> dict:
    """The workbook to validated Parquet."""
    return _taken_in(root, "education__enrolments")


def _taken_in(root: Path, extract: str) -> dict:
    import time

    from pipelines import monthly
    from pipelines.lake import Lake
    from pipelines.month import Month

    place = monthly.Workplace(root / "landing", Lake(root / f"lake-{os.getpid()}"))
    started, told = time.perf_counter(), []
    report, _ = monthly.take_in(
        Month.parse(_MONTH), extract, place, lambda _: told.append(time.perf_counter() - started)
    )
    if report["accepted"] != report["rows_in"]:
        raise RuntimeError(f"of {report['rows_in']} clean rows only {report['accepted']} were accepted")
    return {"rows": report["rows_in"], "read_wall": told[0]}


def _settlements(rows: int, ids: list[str]):
    import polars as pl

    number = pl.int_range(rows)
    bill = number * 7919 % 900_000 + 1_000  # in fen; spread as no file is sorted by amounts
    return pl.select(
        settlement_no=pl.format("S2206{}", number.cast(pl.String).str.zfill(9)),
        resident_id=pl.Series(ids).gather(number * 104_729 % len(ids)),
        stay_no=pl.format("Z2206{}", number.cast(pl.String).str.zfill(9)),
        visit_kind=pl.when(number % 12 == 0).then(pl.lit("21")).otherwise(pl.lit("11")),
        settled_on=pl.date(2022, 6, 1) + pl.duration(days=number * 30 // rows),
        total_yuan=bill.cast(pl.Decimal(12, 2)) / 100,
        self_paid_yuan=(bill * 3 // 10).cast(pl.Decimal(12, 2)) / 100,
        is_refund=pl.lit(False),
    ).with_columns(pl.col("total_yuan", "self_paid_yuan").cast(pl.Decimal(12, 2)))


def _pupils(rows: int, ids: list[str]):
    import polars as pl

    number = pl.int_range(rows)
    return pl.select(
        student_no=pl.format("L{}", number.cast(pl.String).str.zfill(9)),
        resident_id=pl.Series(ids[:rows]),
        school=pl.format("坦洲第{}小学", number % 40 + 1),
        stage=pl.lit("primary"),
        grade=pl.lit("六年级"),
        term=pl.lit("2022-spring"),
        tuition_yuan=pl.lit("0.00").cast(pl.Decimal(12, 2)),
        fee_period=pl.lit("term"),
        guardian1_id=pl.Series(ids).gather((number + 1) % len(ids)),
        guardian2_id=pl.Series(ids).gather((number + 2) % len(ids)),
        town_code=pl.lit("442000107"),
    )


def _resident_ids(count: int) -> list[str]:
    """Valid IDs of invented people, each once."""
    from pipelines.identity import check_character

    first17 = (
        f"442099{date(2006, 1, 1) + timedelta(days=n // 900):%Y%m%d}{n % 900 + 1:03d}" for n in range(count)
    )
    return [digits + check_character(digits) for digits in first17]


def main() -> int:
    """Prints the figures; exit code 1 when one is not what was promised."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.intake", description=__doc__)
    parser.add_argument("--settlements", type=int, default=SETTLEMENTS)
    parser.add_argument("--pupils", type=int, default=PUPILS)
    given = parser.parse_args()
    found = figures(given.settlements, given.pupils)
    for used in found.values():
        read = f", read after {used.said['read_wall']:.1f} s" if "read_wall" in used.said else ""
        print(
            f"{used.name:12} {used.rows:10,} rows {used.wall:6.1f} s wall {used.cpu:6.1f} CPU s "
            f"{used.peak_gib:5.2f} GiB{read}"
        )
    times = found["settlements"].wall / found["bare"].wall
    read = found["settlements"].said["read_wall"] / found["bare"].wall
    print(
        f"settlements / bare: {times:.1f} of the wall, at most {MOST_TIMES_BARE} wanted; "
        f"read, with validation starting beside, after {read:.1f}"
    )
    is_kept = (
        times <= MOST_TIMES_BARE
        and found["settlements"].peak_gib <= MOST_GIB
        and found["workbook"].wall <= MOST_WORKBOOK_SECONDS
    )
    return int(not is_kept)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        name, root, *counts = sys.argv[2:]
        print(json.dumps(globals()[name](Path(root), *map(int, counts))))
    else:
        sys.exit(main())
