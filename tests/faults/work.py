"""A piece of real work in a process of its own, to be killed, starved of disk or doubled.

`python -m tests.faults.work ROOT` reads and checks in; with `--whole` it runs months to their lists.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pipelines import monthly
from pipelines.month import Month
from pipelines.problem import HardshipError

MONTHS = (Month(2022, 5), Month(2022, 6))
# A text register, workbooks by town, amounts: every way of reading.
EXTRACTS = (
    "civil_affairs__assistance_roll",
    "education__enrolments",
    "medical_insurance__settlements",
    "public_security__residents",
)


def main(root: Path, whole: bool) -> None:
    """Reads the extracts of both months, or runs both months."""
    place = monthly.workplace(root / "landing", root / "lake")
    for month in MONTHS:
        if whole:
            monthly.run(month, place, progress=lambda _: None)
            continue
        for extract in EXTRACTS:
            monthly.ingest(month, extract, place, progress=lambda _: None)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), "--whole" in sys.argv)
    except HardshipError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
