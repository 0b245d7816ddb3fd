"""Answers: what the published tables of all months say, by the queries sql/report_*.sql."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.contract import SCHEMAS, load_contract
from pipelines.database import SQL, Database
from pipelines.lake import Lake
from pipelines.month import Month

WINDOW_MONTHS = 12

# The published tables that each query reads.
QUERIES = {
    "report_towns": ("population", "candidates", "exclusions"),
    "report_exclusions": ("exclusions",),
    "report_dimensions": ("candidates",),
    "report_rules": ("answers",),
    "report_precision": ("metrics",),
    "report_precision_by_month": ("metrics",),
    "report_coverage": ("coverage",),
    "report_visits": ("visit_results",),
    "report_helped": ("visit_results", "cases"),
    "report_hukou": ("population", "candidates"),
    "report_loads": ("town_loads",),
    "report_audit_sample": ("audit_sample",),
}


@dataclass(frozen=True)
class Answer:
    """The rows of one query, the tables they come from, and the query as anybody can run it again."""

    name: str
    tables: tuple[str, ...]
    sql: str
    rows: tuple[dict, ...]

    def of_town(self, code: str | None) -> Answer:
        """The same of one town, of all of them for None."""
        if code is None or not self.rows or "town_code" not in self.rows[0]:
            return self
        rows = tuple(row for row in self.rows if row["town_code"] == code)
        return Answer(self.name, self.tables, _of_town(self.sql, code), rows)


def published_months(month: Month, lake: Lake) -> list[Month]:
    """Months of the window that are published, the month itself last."""
    window = month.window(WINDOW_MONTHS)
    return [m for m in lake.months("published") if m in window]


def answers(month: Month, lake: Lake) -> dict[str, Answer]:
    """Every query's answer for a month, from the tables of the twelve months up to it and nothing else."""
    folders = [lake.resolve("published", m) for m in published_months(month, lake)]
    given = {"month_start": month.start, "window_start": month.plus(1 - WINDOW_MONTHS).start}
    found = {}
    with Database() as db:
        for table in sorted({table for tables in QUERIES.values() for table in tables}):
            _view(db, table, [folder / f"{table}.parquet" for folder in folders])
        for name, tables in QUERIES.items():
            sql = (SQL / f"{name}.sql").read_text(encoding="utf-8").strip()
            rows = db.rows(sql, {key: value for key, value in given.items() if f"${key}" in sql})
            found[name] = Answer(name, tables, _runnable(sql, given), tuple(rows))
    return found


def _view(db: Database, table: str, files: list[Path]) -> None:
    # Some were published before there was such a table.
    there = [path for path in files if path.is_file()]
    db.view_or_nothing(table, there, load_contract(SCHEMAS / f"{table}.yaml").arrow_schema)


def _runnable(sql: str, given: dict) -> str:
    """The query with the days it was run with, to be shown, never to be run by us."""
    return re.sub(r"\$(\w+)", lambda found: f"date '{given[found[1]]}'", sql)


def _of_town(sql: str, code: str) -> str:
    first, _, rest = sql.partition("\n")
    inner = "\n".join(f"    {line}" if line else "" for line in rest.splitlines())
    return f"{first}\nselect *\nfrom (\n{inner}\n)\nwhere town_code = '{code}'"
