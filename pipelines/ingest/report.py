"""What the report of an extract says: counts and words, never a value of a person."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import polars as pl

from pipelines.contract import Contract
from pipelines.ingest.landing import Delivered
from pipelines.ingest.pieces import Piece
from pipelines.month import Month
from pipelines.problem import masked


def file_report(
    file: Delivered,
    pieces: list[Piece],
    contract: Contract,
    repairs: dict[str, int],
    problem: str | None,
    same_as: str,
    replaced: Delivered | None = None,
) -> dict:
    """The report's entry of one file.

    `repairs`: repaired values by source; `same_as`: name of the first file with the same bytes;
    `replaced`: the correction that stands for the whole file, which was not read.
    """
    tables = [piece.table for piece in pieces]
    headers = [table.header for table in tables]
    form = {"encoding": None, "separator": None, "sheet": None}
    for table in tables:
        sheets = filter(None, (form["sheet"], table.form.get("sheet")))
        form |= table.form | {"sheet": ", ".join(sheets) or None}
    return {
        "name": masked(file.name),
        "sha256": file.sha256,
        "bytes": file.bytes,
        **form,
        "header_line": headers[0].line if headers else None,
        "rows_in": sum(piece.rows_in for piece in pieces),
        "accepted": sum(piece.accepted for piece in pieces),
        "rejected": sum(piece.rejected for piece in pieces),
        "repairs": sum(repairs.get(table.source, 0) for table in tables),
        "left_out": _sorted(sum((piece.left_out for piece in pieces), Counter())),
        "dropped_columns": sorted({name for header in headers for name in header.dropped}),
        "missing_columns": sorted({p.name for header in headers for p in header.missing(contract)}),
        "same_as": masked(same_as) if same_as != file.name else None,
        "correction": file.correction,
        "replaced_by": masked(replaced.name) if replaced else None,
        "town": file.town,
        "problem": masked(problem) if problem else None,
    }


def extract_report(contract: Contract, month: Month, files: list[dict], folder: Path) -> dict:
    """The content of report.json."""
    problems = [f"{file['name']}: {file['problem']}" for file in files if file["problem"]]
    actions = counts(folder / "repairs.parquet", "action")
    return {
        "extract": contract.id,
        "month": str(month),
        # Of a part of an extract, absence proves nothing.
        "status": "unreadable" if problems else "read",
        "files": files,
        **{name: sum(file[name] for file in files) for name in ("rows_in", "accepted", "rejected")},
        "repaired_values": sum(actions.values()),
        "repairs_by_action": actions,
        "rejections_by_reason": counts(folder / "rejected.parquet", "reason"),
        "left_out": _sorted(sum((Counter(file["left_out"]) for file in files), Counter())),
        "problems": problems,
    }


def counts(path: Path, column: str) -> dict[str, int]:
    """Rows of a Parquet file by the values of a column."""
    counted = pl.scan_parquet(path).group_by(column).len().collect()
    return dict(sorted(counted.rows()))


def _sorted(counts: Counter) -> dict[str, int]:
    return dict(sorted(counts.items()))
