"""Workbooks as tables: every sheet with the contract's header, every cell as text, rows by sheet row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines.contract import Contract
from pipelines.ingest.documents import NUMBER_CELL
from pipelines.ingest.header import SEARCHED_ROWS, Header, find_header, required_columns
from pipelines.ingest.recognise import Unreadable
from pipelines.ingest.table import BROKEN, Table


def workbook_tables(path: Path, source: str, contract: Contract) -> list[Table]:
    """One table for each visible sheet that has the contract's header; raises Unreadable if none has.

    Sheets without that header, and hidden ones, are left out and named in `form`.
    """
    reader = _opened(path)
    headers: dict[str, Header | None] = {}
    left_out = []
    for name in reader.sheet_names:
        sheet = reader.load_sheet(
            name, header_row=None, skip_rows=0, dtypes="string", n_rows=SEARCHED_ROWS + 1
        )
        rows = pl.DataFrame(sheet).rows() if sheet.width else []
        header = find_header(rows, contract)
        if sheet.visible == "visible" and header:
            headers[name] = header
        elif rows:
            left_out.append(name if sheet.visible == "visible" else f"{name} ({sheet.visible})")
    if not headers:
        required_columns(None, contract, f"of any visible sheet of {source}")
    tables = []
    for name, header in headers.items():
        where = source if len(headers) == 1 else f"{source} [{name}]"
        required_columns(header, contract, f"in {where}")
        form = {"sheet": name, **({"sheets_left_out": left_out} if left_out else {})}
        tables.append(Table(where, header, _batches(path, name, header), form))
    return tables


def _opened(path: Path):
    import fastexcel  # costs half a second, and most extracts are text

    try:
        return fastexcel.read_excel(path)
    except Exception as error:
        if re.search("password|encrypt", str(error), re.I):
            words = "工作簿有密码 / the workbook is protected by a password. Ask for it without one."
        else:
            words = "工作簿无法打开 / the workbook is damaged or of an unknown kind. Ask for it again."
        raise Unreadable(words) from None


def _batches(path: Path, sheet_name: str, header: Header):
    def batches() -> Iterator[pl.DataFrame]:
        frame = _sheet(path, sheet_name, header)
        if frame.height:
            yield frame

    return batches


def _sheet(path: Path, sheet_name: str, header: Header) -> pl.DataFrame:
    """Rows below the header; rows are numbered as in the sheet."""
    reader = _opened(path)
    sheet = reader.load_sheet(sheet_name, header_row=None, skip_rows=0, dtypes="string")
    raw = pl.DataFrame(sheet)
    frame = raw.rename({name: f"c{i}" for i, name in enumerate(raw.columns)})
    frame = frame.select(pl.all().fill_null(""))
    frame = frame.with_columns(_number_marks(reader, sheet_name, header, frame, raw.columns))
    return (
        frame.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int32).alias("line"))
        .slice(header.first_data_line - 1)
        .with_columns(pl.lit(None, pl.String).alias(BROKEN))
    )


def _number_marks(
    reader, sheet_name: str, header: Header, frame: pl.DataFrame, raw_names: list[str]
) -> list[pl.Series]:
    """Columns of numbers of people and papers, with NUMBER_CELL behind long ones stored as a number.

    Beyond 15 digits such a cell has lost what it was, though its text looks like any other.
    """
    marked = []
    for column in header.columns:
        if not (column.property.identity or column.property.logical_type == "string"):
            continue
        cells = frame[f"c{column.index}"]
        long = cells.str.contains(r"^\d{15,}(?:\.0+)?$")
        if not long.any():
            continue
        # Read as truth values, number cells give one and text cells none.
        named = [raw_names[column.index]]
        sheet = reader.load_sheet(
            sheet_name, header_row=None, skip_rows=0, dtypes="boolean", use_columns=named
        )
        is_number = pl.DataFrame(sheet).to_series().is_not_null() & long
        marked.append(
            pl.select(
                pl.when(is_number).then(cells + NUMBER_CELL).otherwise(cells).alias(f"c{column.index}")
            ).to_series()
        )
    return marked
