"""Grids: tables that are small enough to be held as rows of texts."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import polars as pl

from pipelines.ingest.header import Header
from pipelines.ingest.table import BROKEN, Table, picked_rows


def grid_table(rows: list[list[str]], source: str, header: Header, form: dict) -> Table:
    """A table of rows that are all at hand; lines count from the first row."""

    def batches() -> Iterator[pl.DataFrame]:
        width = len(header.cells)
        below = rows[header.first_data_line - 1 :]
        if not below:
            return
        longer = ["too_many_fields" if any(row[width:]) else None for row in below]
        cells = [[*row[:width], *[""] * (width - len(row))] for row in below]
        frame = pl.DataFrame(cells, schema={f"c{i}": pl.String for i in range(width)}, orient="row")
        yield frame.with_columns(
            pl.int_range(header.first_data_line, len(rows) + 1, dtype=pl.Int32, eager=True).alias("line"),
            pl.Series(BROKEN, longer, dtype=pl.String),
        )

    return Table(source, header, batches, functools.partial(_rows_at, batches), form)


def _rows_at(batches, lines: list[int]) -> pl.DataFrame:
    return picked_rows(batches(), lines)
