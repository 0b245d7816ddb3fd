"""Measures one month of an invented city stage by stage, beside references on the same files."""

from __future__ import annotations

import argparse
import os
import sys

from pipelines import monthly
from pipelines.month import Month
from tests.bench import page
from tests.bench.laying import City
from tests.bench.measure import Used, measured
from tests.bench.targets import STAGES
from tests.bench.variants import LIMITS

# Before the departments deliver, and then on the way from their files to the lists.
BEFORE = ("fold_before", "fold")
REFERENCES = ("floor", "duckdb", "polars", "pandas")
# The same month otherwise (see variants and many_rules), and whether the bytes stayed the same.
OTHERWISE = (
    "whole_before", "whole", "two_gigabytes", "one_thread", "late_before", "late", "smaller_before",
    "smaller", "airflow_before", "airflow", "same",
    "rules_as_they_are", "rules_tenfold", "rules_for_some", "replay_before", "replay", "intake",
)  # fmt: skip
ALL = (*BEFORE, *STAGES, *REFERENCES, "compare", *OTHERWISE)

# Below that the start of processes is most of what is measured.
WORTH_A_PAGE = 50_000

# Bytes a resident at the peak of references that hold everything at once: measured at 440,000, the start
# of the process left out. They run where that fits into nine tenths of the machine's memory.
HELD_AT_ONCE = {"polars": 5_100, "pandas": 4_300}


def main() -> int:
    """Exit code 0 when everything ran and every answer and every byte that should be the same is."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--residents", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--month", type=Month.parse, default=Month(2022, 6))
    parser.add_argument("--without", nargs="*", default=[], choices=ALL, help="what to leave out")
    parser.add_argument(
        "--only",
        nargs="*",
        default=[],
        choices=ALL,
        help="what to measure again, in the lake of the last run",
    )
    given = parser.parse_args()
    root = monthly.home() / "bench" / f"{given.residents}-{given.seed}"
    city = City(given.residents, given.seed, given.month, root)
    if given.only and (root / "laid.json").is_file():
        print(f"{given.residents:,} residents, {given.month}: as they lie in {root}")
    else:
        laid = measured("lay_city", city)
        print(f"{given.residents:,} residents, {given.month} in {root}")
        if laid.said["laid"]:
            _say(laid)
    if not given.only:
        for reference in REFERENCES:
            (root / f"{reference}.parquet").unlink(missing_ok=True)
    is_good = True
    for name in ALL:
        if name in given.without or (given.only and name not in given.only):
            continue
        if not _fits(name, given.residents):
            print(f"{name:18} left out: it would not fit into this machine's memory", flush=True)
            continue
        try:
            used = measured(name, city, LIMITS.get(name))
        except RuntimeError as error:  # the rest is still worth knowing
            print(f"{name:18} FAILED: {error}", flush=True)
            is_good = False
            continue
        _say(used)
        is_good &= _is_same(used)
        if city.residents >= WORTH_A_PAGE:
            page.write(city, used, is_first=not given.only and name == BEFORE[0])
    return int(not is_good)


def _fits(name: str, residents: int) -> bool:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return HELD_AT_ONCE.get(name, 0) * residents < 0.9 * memory


def _is_same(used: Used) -> bool:
    """Tells what differs from a reference or between variants."""
    for other, found in (used.said.get("differences") or used.said.get("differ") or {}).items():
        print(f"  {other}: {'the same' if not found else 'DIFFERENT'}")
        print("".join(f"    {text}\n" for text in found[:10]), end="")
    return not any((used.said.get("differences") or used.said.get("differ") or {}).values())


def _say(used: Used) -> None:
    print(
        f"{used.name:18} {used.rows:12,} rows {used.wall:8.1f} s wall {used.cpu:8.1f} CPU s "
        f"{used.peak_gib:6.2f} GiB",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
