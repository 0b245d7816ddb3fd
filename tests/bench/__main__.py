"""Measures one month of an invented city stage by stage, beside references on the same files."""

from __future__ import annotations

import argparse
import shutil
import sys

from pipelines import monthly
from pipelines.month import Month
from tests.bench import page
from tests.bench.laying import City
from tests.bench.measure import Used, measured

# Before the departments deliver, and then on the way from their files to the lists.
BEFORE = ("fold_before", "fold")
STAGES = ("check", "ingest", "validate", "data_docs", "link", "detect", "publish")
REFERENCES = ("floor", "duckdb", "polars", "pandas")

# Below that the start of processes is most of what is measured.
WORTH_A_PAGE = 50_000

# pandas holds everything at once.
PANDAS_FITS = 1_000_000


def main() -> int:
    """Exit code 0 when all references agree with the pipeline, household by household."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--residents", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--month", type=Month.parse, default=Month(2022, 6))
    parser.add_argument(
        "--without", nargs="*", default=[], choices=REFERENCES, help="references to leave out"
    )
    given = parser.parse_args()
    root = monthly.home() / "bench" / f"{given.residents}-{given.seed}"
    city = City(given.residents, given.seed, given.month, root)
    laid = measured("lay_city", city)
    print(
        f"{given.residents:,} residents, {given.month}: {'laid' if laid.said['laid'] else 'lay there'} {root}"
    )
    for reference in REFERENCES:
        (root / f"{reference}.parquet").unlink(missing_ok=True)
    used = []
    for name in (*BEFORE, *STAGES, *REFERENCES):
        if name in given.without or (name == "pandas" and given.residents > PANDAS_FITS):
            continue
        used.append(measured(name, city))
        _say(used[-1])
    differences = measured("compare", city).said["differences"]
    for reference, found in differences.items():
        print(f"{reference}: {'the same answers' if not found else 'DIFFERENT ANSWERS'}")
        print("".join(f"  {text}\n" for text in found), end="")
    if city.residents >= WORTH_A_PAGE:
        page.write(city, used, differences)
    shutil.rmtree(root / "lake")
    return int(any(differences.values()))


def _say(used: Used) -> None:
    print(
        f"{used.name:12} {used.rows:12,} rows {used.wall:8.1f} s wall {used.cpu:8.1f} CPU s "
        f"{used.peak_gib:6.2f} GiB",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
