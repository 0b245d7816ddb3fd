"""A roll of cards that keeps every promise of its contract, and a desk to deliver it at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.contract import Contract, load_contract
from pipelines.identity import check_character
from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.validate import validate
from pipelines.validate.checks import expected_columns

TOWNS = ("442000001", "442000002")


def invented_id(number: int) -> str:
    """A resident ID with the unassigned prefix and a right check character."""
    first17 = f"44209919800101{number % 1000:03d}"
    return first17 + check_character(first17)


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load_contract(Path(__file__).parent / "testing__roll.yaml")


@pytest.fixture
def lake(tmp_path) -> Lake:
    return Lake(tmp_path / "the city's: lake")


def good_rows(month: Month, count: int = 100) -> list[dict]:
    """Rows that keep every promise; half of them in each of two towns."""
    return [
        {
            "card_no": f"C{i:06d}",
            "issued_on": month.end if i == 0 else date(2015, 3, 1 + i % 28),
            "resident_key": 10_000 + i,
            "resident_id": invented_id(i),
            "seat_no": i + 1,
            "town_code": TOWNS[i % 2],
            "kind": "ab"[i % 2],
            "grade": 1 + i % 2,
            "amount_yuan": Decimal(8000 + i),
            "share": 0.5,
            "is_single": False,
            "note": "note",
            "month": month.start,
            "is_repaired": False,
        }
        for i in range(count)
    ]


@dataclass
class Desk:
    """Delivers rows for a month as ingest would leave them, and asks for the verdict."""

    contract: Contract
    lake: Lake

    def deliver(
        self, month: str, rows=None, table: pa.Table | None = None, emptied: dict | None = None, **report
    ) -> dict:
        month = Month.parse(month)
        if table is None:
            rows = good_rows(month) if rows is None else rows
            table = pa.Table.from_pylist(rows, schema=pa.schema(expected_columns(self.contract)))
        report = {
            "extract": self.contract.id,
            "month": str(month),
            "status": "read",
            "files": [{"name": "a.csv", "problem": None}],
            "rows_in": table.num_rows + report.get("rejected", 0),
            "accepted": table.num_rows,
            "rejected": 0,
            "repaired_values": 0,
            "problems": [],
            **report,
        }
        with self.lake.write(f"parquet/{self.contract.id}", month, {}) as folder:
            if table.num_rows or report["status"] == "read":
                pq.write_table(table, folder / "rows.parquet")
            (folder / "report.json").write_text(json.dumps(report))
        return validate(self.contract, month, self.lake, emptied)

    def gx(self, month: str) -> str:
        folder = self.lake.resolve(f"verdicts/{self.contract.id}", Month.parse(month))
        return (folder / "gx.json").read_text()


@pytest.fixture
def desk(contract, lake) -> Desk:
    return Desk(contract, lake)


@pytest.fixture
def rows():
    return good_rows
