"""Lays a city's accepted rows straight into a lake, as ingest and validate would have left them."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contract import Contract
from pipelines.lake import Lake
from pipelines.month import Month

from .messy_city import MessyCity


def lay(city: MessyCity, contracts: dict[str, Contract], lake: Lake) -> None:
    """One partition of rows and one verdict per extract and month that the city delivered."""
    (lake.root / ".secret").parent.mkdir(parents=True, exist_ok=True)
    for extract, months in city.accepted.items():
        schema = contracts[extract].arrow_schema
        schema = schema.append(pa.field("month", pa.date32())).append(pa.field("is_repaired", pa.bool_()))
        for delivered, rows in months.items():
            _lay_month(extract, delivered, _finished(city, schema, delivered, rows.values()), lake)


def _finished(city: MessyCity, schema: pa.Schema, delivered: Month, rows) -> pa.Table:
    """Rows with every column of the contract: texts of identities, the month of delivery."""
    whole = []
    for row in rows:
        row = row | {"month": delivered.start}
        for name in schema.names:
            if name.endswith("_id") and row.get(name.removesuffix("_id") + "_key") is not None:
                row[name] = city.ids.get(row[name.removesuffix("_id") + "_key"])
        whole.append(row)
    return pa.Table.from_pylist(whole, schema=schema)


def _lay_month(extract: str, delivered: Month, table: pa.Table, lake: Lake) -> None:
    with lake.write(f"parquet/{extract}", delivered, {"laid": "by hand"}) as folder:
        pq.write_table(table, folder / "rows.parquet")
        report = {
            "extract": extract, "month": str(delivered), "status": "read", "files": [],
            "rows_in": table.num_rows, "accepted": table.num_rows, "rejected": 0, "repaired_values": 0,
            "repairs_by_action": {}, "rejections_by_reason": {}, "problems": [],
        }  # fmt: skip
        (folder / "report.json").write_text(json.dumps(report))
    with lake.write(f"verdicts/{extract}", delivered, {"laid": "by hand"}) as folder:
        verdict = {
            "extract": extract, "month": str(delivered), "verdict": "accepted", "reasons": [],
            "rows": table.num_rows, "checks": 0, "failed": 0,
        }  # fmt: skip
        (folder / "verdict.json").write_text(json.dumps(verdict))
