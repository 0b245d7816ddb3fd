"""Visits: what the towns found, from all accepted deliveries up to a month."""

from __future__ import annotations

import pyarrow as pa

from pipelines.database import Database
from pipelines.delivery import accepted_rows, usable_months
from pipelines.lake import Lake
from pipelines.month import Month

EXTRACT = "towns__visits"
_COLUMNS = pa.schema(
    [
        ("household_key", pa.string()),
        ("visited_on", pa.date32()),
        ("outcome", pa.string()),
        ("wrong_data", pa.string()),
        ("help_given", pa.string()),
    ]
)


def visit_months(month: Month, lake: Lake) -> list[Month]:
    """Months up to this one whose visits were accepted, oldest first."""
    return sorted(usable_months(EXTRACT, lake, before=month.plus(1)))


def view_visits(db: Database, month: Month, lake: Lake) -> None:
    """Names `visits`: one row per visit known by month end; none before the first delivery."""
    files = [path for m in visit_months(month, lake) if (path := accepted_rows(EXTRACT, m, lake))]
    db.view_or_nothing("visits", files, _COLUMNS)
