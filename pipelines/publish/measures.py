"""What the lists are measured by: the population they are drawn from and the visits that came back."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contract import Contract
from pipelines.database import Database
from pipelines.delivery import accepted_rows, is_usable
from pipelines.lake import Lake
from pipelines.month import Month

TABLES = ("population", "visit_results")

_VISITS = "towns__visits"


def measures(month: Month, lake: Lake, visits: Contract) -> dict[str, pa.Table]:
    """The month's `population` and `visit_results`, from its profiles and its accepted visits."""
    path = accepted_rows(_VISITS, month, lake) if is_usable(_VISITS, month, lake) else None
    with Database() as db:
        db.view("household_profile", lake.resolve("profiles", month) / "household_profile.parquet")
        db.view("cases", lake.resolve("matches", month) / "cases.parquet")
        db.register(
            "delivered_visits",
            pq.read_table(path, columns=["household_key", "visited_on", "outcome", "wrong_data"])
            if path
            else visits.arrow_schema.empty_table(),
        )
        parameters = {"month_start": month.start}
        for name in TABLES:
            db.table(name, parameters)
        return {name: db.arrow(f"select * from {name}") for name in TABLES}
