"""Step: computes and writes a few relations at a time, so that a city of millions fits into memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipelines.database import Database
from pipelines.problem import HardshipError


@dataclass(frozen=True)
class Step:
    """Relations to compute, in order: each may read those above it; what is then written, and what nobody
    reads any more. A city of millions fits into memory only because nothing is kept for longer."""

    computed: tuple[str, ...]
    written: tuple[str, ...] = ()
    done_with: tuple[str, ...] = ()


# Each ordered by a unique key so that bytes do not depend on threads.
ORDER = {
    "members": "household_no, resident_key",
    "household_links": "resident_key, linked_key, link_type, source",
    "placed": "household_no, resident_key",
    "household_conflicts": "household_no",
    "household_deaths": "household_no",
    "resident_profile": "household_no, resident_key",
    "household_profile": "household_no",
}


def take(steps: Iterable[Step], database: Database, folder: Path) -> None:
    """Takes the steps in order; what is written goes to `<folder>/<relation>.parquet`."""
    for step in steps:
        for name in step.computed:
            database.table(name)
        for name in step.written:
            if name not in step.computed:
                database.lazy(name)
            database.write(f"select * from {name} order by {ORDER[name]}", folder / f"{name}.parquet")
        for name in step.done_with:
            database.drop(name)


def broken_grain(found: str) -> HardshipError:
    return HardshipError(f"Linking broke its grain: {found}. This is a defect; nothing was written.")
