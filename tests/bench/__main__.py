"""Measures one month of an invented city against the limits it must keep: `make bench`."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from pipelines import monthly
from pipelines.city import laying
from pipelines.month import Month

SECONDS, GIB = 60, 2.0


def main() -> int:
    """Exit code 0 when the month kept both limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=50_000)
    parser.add_argument("--month", type=Month.parse, default=Month(2022, 6))
    given = parser.parse_args()
    home = monthly.home() / f"bench-{given.residents}"
    window = given.month.window(monthly.HISTORY_MONTHS + 1)

    place = monthly.workplace(home / "landing", home / "history")
    laying.lay_missing(place.landing, window, given.residents)
    if not (home / "ready").exists():
        monthly.ingest_history(window[:-1], place)
        (home / "ready").touch()

    # Every measurement begins with the history and nothing else: no folded months, no profiles.
    lake = home / "lake"
    shutil.rmtree(lake, ignore_errors=True)
    shutil.copytree(place.lake.root, lake, symlinks=True)
    hardship = Path(sys.executable).parent / "hardship"
    command = [hardship, "--landing", place.landing, "--lake", lake, "run", "--month", str(given.month)]
    started = time.monotonic()
    _, status, used = os.wait4(subprocess.Popen(command).pid, 0)
    wall = time.monotonic() - started
    gib = used.ru_maxrss / 1024**2
    print(
        f"\n{given.residents:,} residents, {given.month} with {len(window) - 1} months of history: "
        f"{wall:.1f} s (limit {SECONDS}), {used.ru_utime + used.ru_stime:.1f} CPU s, "
        f"{gib:.2f} GiB at most (limit {GIB:.0f})"
    )
    return int(status != 0 or wall > SECONDS or gib > GIB)


if __name__ == "__main__":
    sys.exit(main())
