"""Measure: how often visits found what the rules said, from the lists and visits of twelve months."""

from __future__ import annotations

from pathlib import Path

from pipelines.contract import Contract
from pipelines.database import Database
from pipelines.detect.visits import EXTRACT, view_visits, visit_months
from pipelines.lake import Lake
from pipelines.month import Month

TABLE = "matches"
WINDOW_MONTHS = 12
RELATIONS = (
    "list_places", "visits_spoken", "visit_subjects", "listed_subjects", "household_delays", "metrics",
)  # fmt: skip


def measured_from(month: Month, lake: Lake) -> dict:
    """By content hash, what metrics rest on beside the month's own tables."""
    return {
        "lists": {str(m): lake.digest(TABLE, m) for m in _earlier(month, lake)},
        "visits": {str(m): lake.digest(f"parquet/{EXTRACT}", m) for m in visit_months(month, lake)},
    }


def measure(month: Month, lake: Lake, contracts: dict[str, Contract], folder: Path) -> None:
    """Writes metrics.parquet beside the month's tables in `folder`."""
    earlier = [lake.resolve(TABLE, m) for m in _earlier(month, lake)]
    with Database() as db:
        _view(db, "list_lines", [place / "candidates.parquet" for place in earlier], contracts["candidates"])
        _view(db, "match_lines", [p / "matches.parquet" for p in (*earlier, folder)], contracts["matches"])
        _view(db, "drawn_before", [p / "audit_sample.parquet" for p in earlier], contracts["audit_sample"])
        db.view("cases_now", folder / "cases.parquet")
        db.view("household_profile", lake.resolve("profiles", month) / "household_profile.parquet")
        db.table("covered_now")
        view_visits(db, month, lake)
        parameters = {
            "month_start": month.start,
            "month_end": month.end,
            "window_start": month.plus(1 - WINDOW_MONTHS).start,
        }
        for name in RELATIONS:
            db.table(name, parameters)
        db.write("select * from metrics order by scope, subject", folder / "metrics.parquet")


def _earlier(month: Month, lake: Lake) -> list[Month]:
    """Months whose lists the towns had by the end of this one."""
    return [m for m in lake.months(TABLE) if month.plus(-WINDOW_MONTHS) <= m < month]


def _view(db: Database, name: str, files: list[Path], contract: Contract) -> None:
    db.view_or_nothing(name, [path for path in files if path.is_file()], contract.arrow_schema)
