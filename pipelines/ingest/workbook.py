"""Workbooks as tables: every sheet with the contract's header, every cell as text, rows by sheet row."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from pipelines.contract import Contract
from pipelines.ingest.documents import NUMBER_CELL
from pipelines.ingest.header import SEARCHED_ROWS, Header, find_header, required_columns
from pipelines.ingest.recognise import Unreadable
from pipelines.ingest.sheet_facts import SheetFacts, sheet_facts
from pipelines.ingest.table import BROKEN, Table, picked_rows
from pipelines.ingest.values import merged


def workbook_tables(path: Path, source: str, contract: Contract, aside: Path) -> list[Table]:
    """One table for each visible sheet that has the contract's header; raises Unreadable if none has.

    Sheets without that header, and hidden ones, are left out and named in `form`. The cells of the
    others are laid into files beside `aside`: reading a workbook takes longer than all that is done with
    its rows.
    """
    facts = sheet_facts(path)
    workbook = _Workbook(path)
    headers: dict[str, Header] = {}
    laid: dict[str, Path] = {}
    left_out = []
    for name in workbook.sheet_names:
        cells, visible = workbook.cells(name)
        header = find_header(cells.head(SEARCHED_ROWS + 1).rows(), contract)
        if visible == "visible" and header:
            headers[name] = header
            laid[name] = aside.with_name(f"{aside.name}.{len(laid)}")
            _rows_below(workbook, name, cells, header, facts).write_ipc(laid[name])
        elif cells.width:
            left_out.append(name if visible == "visible" else f"{name} ({visible})")
    if contract.form.get("prefilled"):
        # People add sheets of their own to a form; what lacks its columns is none of it.
        whole = {n: h for n, h in headers.items() if not any(p.required for p in h.missing(contract))}
        left_out += [name for name in headers if whole and name not in whole]
        headers = whole or headers
    if not headers:
        required_columns(None, contract, f"of any visible sheet of {source}")
    tables = []
    for name, header in headers.items():
        where = source if len(headers) == 1 else f"{source} [{name}]"
        required_columns(header, contract, f"in {where}")
        form = {"sheet": name, **({"sheets_left_out": left_out} if left_out else {})}
        batches = functools.partial(_batches, laid[name])
        tables.append(Table(where, header, batches, functools.partial(_rows_at, batches), form, facts.epoch))
    return tables


def _batches(laid: Path) -> Iterator[pl.DataFrame]:
    rows = pl.read_ipc(laid)
    if rows.height:
        yield rows


def _rows_at(batches: Callable[[], Iterator[pl.DataFrame]], lines: list[int]) -> pl.DataFrame:
    return picked_rows(batches(), lines)


class _Workbook:
    """A workbook whose every failure to open or read is an Unreadable."""

    def __init__(self, path: Path):
        import fastexcel  # costs half a second, and most extracts are text

        self._errors = fastexcel.FastExcelError
        try:
            self._reader = fastexcel.read_excel(path)
        except self._errors as error:
            raise _unreadable(error) from None

    @property
    def sheet_names(self) -> list[str]:
        """Names of all sheets, hidden ones too."""
        return self._reader.sheet_names

    def cells(self, name: str) -> tuple[pl.DataFrame, str]:
        """All cells of a sheet as text, and whether it is visible; without columns where it is empty."""
        sheet = self._load(name)
        return (pl.DataFrame(sheet) if sheet.width else pl.DataFrame()), sheet.visible

    def are_numbers(self, name: str, columns: list[str]) -> pl.DataFrame:
        """For each cell of some columns whether it is stored as a number (not zero) or truth value."""
        # Read as truth values, number cells give one and text cells none.
        sheet = pl.DataFrame(self._load(name, dtypes="boolean", use_columns=columns))
        return sheet.select(pl.all().is_not_null())

    def _load(self, name: str, dtypes: str = "string", **options):
        try:
            # Without skip_rows=0 empty rows at the top are dropped and rows lose their numbers.
            return self._reader.load_sheet(name, header_row=None, skip_rows=0, dtypes=dtypes, **options)
        except self._errors as error:
            raise _unreadable(error) from None


def _unreadable(error: Exception) -> Unreadable:
    if re.search("password|encrypt", str(error), re.I):
        return Unreadable("工作簿有密码 / the workbook is protected by a password. Ask for it without one.")
    return Unreadable("工作簿无法打开 / the workbook is damaged or of an unknown kind. Ask for it again.")


def _rows_below(
    workbook: _Workbook, sheet_name: str, raw: pl.DataFrame, header: Header, facts: SheetFacts
) -> pl.DataFrame:
    """Rows below the header; rows are numbered as in the sheet."""
    frame = raw.rename({name: f"c{i}" for i, name in enumerate(raw.columns)})
    frame = frame.select(pl.all().fill_null(""))
    if sheet_name not in facts.short:
        frame = _number_cells_marked(workbook, sheet_name, raw.columns, frame, header)
    frame = _filled(frame, header, facts.merged.get(sheet_name, []))
    return (
        frame.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int32).alias("line"))
        .slice(header.first_data_line - 1)
        .with_columns(pl.lit(None, pl.String).alias(BROKEN))
    )


def _number_cells_marked(
    workbook: _Workbook, sheet_name: str, columns: list[str], frame: pl.DataFrame, header: Header
) -> pl.DataFrame:
    # Beyond 15 digits a number cell has lost what it was, though its text looks like any other.
    is_long = frame.select(
        pl.col(f"c{column.index}").str.contains(r"^[0-9]{15,}(?:\.0+)?$")
        for column in header.columns
        if column.property.identity or column.property.logical_type == "string"
    )
    suspects = [name for name in is_long.columns if is_long[name].any()]
    if suspects:
        named = [columns[int(name[1:])] for name in suspects]
        are_numbers = workbook.are_numbers(sheet_name, named)
        for name, cells in zip(suspects, named, strict=True):
            marked = is_long[name] & are_numbers[cells]
            text = pl.when(marked).then(pl.col(name) + NUMBER_CELL).otherwise(pl.col(name))
            frame = frame.with_columns(text)
    return frame


def _filled(frame: pl.DataFrame, header: Header, ranges: list[tuple[int, int, int, int]]) -> pl.DataFrame:
    """Cells that a cell merged downwards covers get its text, marked; below the header only."""
    kept = {column.index for column in header.columns}
    for column in sorted(kept):
        cells = frame[f"c{column}"]
        rows, texts = [], []
        for top, left, bottom, right in ranges:
            # Across several columns stand titles and totals.
            if left == right == column and top >= header.first_data_line - 1 and bottom > top:
                covered = range(top + 1, min(bottom, frame.height - 1) + 1)
                rows.extend(covered)
                texts.extend([merged(cells[top])] * len(covered))
        if rows:
            frame = frame.with_columns(cells.scatter(rows, texts))
    return frame
