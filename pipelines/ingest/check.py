"""A look at one file before it is delivered: by the same reading as ingest, told by cell, nothing kept."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from xlsxwriter.utility import xl_rowcol_to_cell

from pipelines.contract import Contract
from pipelines.ingest.archives import parts
from pipelines.ingest.duplicates import superfluous
from pipelines.ingest.extract import batches_of, password_for, tables_of
from pipelines.ingest.header import Header
from pipelines.ingest.known import Known
from pipelines.ingest.leftovers import NOT_FILLED_IN
from pipelines.ingest.places import town_in_name
from pipelines.ingest.recognise import Unreadable
from pipelines.ingest.table import Table


@dataclass(frozen=True)
class Finding:
    """What is wrong with one cell, or with a row where `column` is empty and `cell` its first."""

    sheet: str | None
    cell: str
    line: int
    column: str
    reason: str
    found: str
    allowed: str


@dataclass(frozen=True)
class Checked:
    """What ingest would make of the file: rows it takes, rows nobody filled in, all findings.

    `problem`: why no row of the file can be read; the rest is then empty.
    """

    rows: int = 0
    not_filled_in: int = 0
    findings: tuple[Finding, ...] = ()
    problem: str | None = None


def check_file(contract: Contract, path: Path, known: Known) -> Checked:
    """Reads one file of an extract without identities; raises OSError where it cannot be opened."""
    password = password_for(contract, town_in_name(path.name))
    with tempfile.TemporaryDirectory() as folder:
        try:
            tables = [
                table
                for number, part in enumerate(parts(path, path.name, Path(folder), password))
                for table in tables_of(part, contract, Path(folder, f"{number}.cells"))
            ]
            read = [_read(contract, table, number, known) for number, table in enumerate(tables)]
        except Unreadable as error:
            return Checked(problem=str(error))
    accepted = [rows for _, rows, _ in read if rows.height]
    repeated = superfluous(pl.concat(accepted), contract) if accepted else pl.DataFrame()
    findings = [finding for found, _, _ in read for finding in found]
    for row in repeated.iter_rows(named=True):
        findings.append(_finding(tables[row["piece"]], row, row["found"]))
    return Checked(
        rows=sum(rows.height for rows in accepted) - repeated.height,
        not_filled_in=sum(count for _, _, count in read),
        findings=tuple(sorted(findings, key=lambda f: (f.sheet or "", f.line, f.cell))),
    )


def _read(contract: Contract, table: Table, number: int, known: Known):
    findings, rows, waiting = [], [], 0
    for batch in batches_of(table, contract, b"", known):
        for row in batch.issues.iter_rows(named=True):
            findings.append(_finding(table, row, row["found"]))
        rows.append(batch.accepted)
        waiting += batch.left_out[NOT_FILLED_IN]
    accepted = pl.concat(rows) if rows else pl.DataFrame()
    if accepted.height:
        accepted = accepted.with_row_index("number").with_columns(
            source=pl.lit(table.source), piece=pl.lit(number), correction=0
        )
    return findings, accepted, waiting


def _finding(table: Table, row: dict, found: str | None) -> Finding:
    column = (row["column"] or "").partition(", ")[0]
    return Finding(
        sheet=table.form.get("sheet"),
        cell=xl_rowcol_to_cell(row["line"] - 1, _place(table.header, column)),
        line=row["line"],
        column=column,
        reason=row["reason"],
        found=found or "",
        allowed=row["allowed"] or "",
    )


def _place(header: Header, name: str) -> int:
    return next((column.index for column in header.columns if column.property.name == name), 0)
