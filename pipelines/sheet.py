"""Sheet: a worksheet that takes whole rows, and its workbook, for many thousands of rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import (
    CellBlankTuple,
    CellNumberTuple,
    CellRichStringTuple,
    CellStringTuple,
    Worksheet,
)

_LONG = 16_000  # characters; the library cuts what is longer than a cell may be
_PERHAPS_ESCAPED = re.compile(r'[\x00-\x1f"&<>_\ufffe\uffff]')


class Book(Workbook):
    """A workbook of xlsxwriter whose texts are written with the same bytes in a third of the time."""

    def _get_packager(self) -> Packager:
        return _Packager()


class _Packager(Packager):
    def _write_shared_strings_file(self) -> None:
        texts = _Texts()
        texts.string_table = self.workbook.str_table
        if texts.string_table.count:
            texts._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            texts._assemble_xml_file()


class _Texts(SharedStrings):
    def _write_si(self, string: str) -> None:
        # The library passes six times over a text for what nearly none has.
        if not string or string[0].isspace() or string[-1].isspace() or _PERHAPS_ESCAPED.search(string):
            super()._write_si(string)
        else:
            self.fh.write(f"<si><t>{string}</t></si>")


class Sheet(Worksheet):
    """A worksheet of xlsxwriter whose file has the same bytes in about half the time.

    The library takes 12 µs for a cell, most of it for checks and for attributes that are escaped one by one;
    the rows that go back to departments and those of waiting households are more than a million cells of a
    large city. What is done otherwise here: cells of a row are entered together, written together, and a
    cell of several formats is composed once for all cells that show the same.
    """

    def __init__(self):
        super().__init__()
        self._composed: dict[tuple, CellRichStringTuple] = {}

    def write_cells(
        self, row: int, cells: Sequence[tuple[str | float | None, Format]], first: int = 0
    ) -> None:
        """Texts, numbers and empty cells (None) with their formats, from the column `first` on."""
        if not cells:
            return
        self._check_dimensions(row, first)
        self._check_dimensions(row, first + len(cells) - 1)
        entries, index_of = self.table[row], self.str_table._get_shared_string_index
        for column, (value, style) in enumerate(cells, start=first):
            if value is None:
                entries[column] = CellBlankTuple(style)
            elif not isinstance(value, str):
                entries[column] = CellNumberTuple(value, style)
            elif len(value) < _LONG:
                entries[column] = CellStringTuple(index_of(value), style)
            else:
                self.write_string(row, column, value, style)

    def _write_rich_string(self, row: int, col: int, *pieces) -> int:
        known = self._composed.get(pieces)
        if known is None:
            code = super()._write_rich_string(row, col, *pieces)
            if code == 0:
                self._composed[pieces] = self.table[row][col]
            return code
        if self._check_dimensions(row, col):
            return -1
        self.str_table.count += 1
        self.table[row][col] = known
        return 0

    def _calculate_spans(self) -> None:
        spans: dict[int, tuple[int, int]] = {}
        for row, cells in self.table.items():
            if cells:
                first, last = spans.get(row // 16, (min(cells), max(cells)))
                spans[row // 16] = min(first, *cells), max(last, *cells)
        self.row_spans = {block: f"{first + 1}:{last + 1}" for block, (first, last) in spans.items()}

    def _write_rows(self) -> None:
        self._calculate_spans()
        names = [xl_col_to_name(column) for column in range(self.dim_colmax + 1)]
        for row in range(self.dim_rowmin, self.dim_rowmax + 1):
            cells, about, span = self.table.get(row), self.row_info.get(row), self.row_spans.get(row // 16)
            if cells:
                self._write_row(row, span, about)
                for column in sorted(cells):
                    self._write_known_cell(row, column, cells[column], names[column])
                self._xml_end_tag("row")
            elif about:
                self._write_empty_row(row, span, about)

    def _write_known_cell(self, row: int, column: int, cell: tuple, name: str) -> None:
        kind, style = type(cell), cell.format
        if style is None:
            self._write_cell(row, column, cell)
            return
        place = f'<c r="{name}{row + 1}" s="{style._get_xf_index()}"'
        if kind is CellStringTuple or kind is CellRichStringTuple:
            self.fh.write(f'{place} t="s"><v>{cell.string}</v></c>')
        elif kind is CellNumberTuple:
            self.fh.write(f"{place}><v>{cell.number:.16G}</v></c>")
        elif kind is CellBlankTuple:
            self.fh.write(f"{place}/>")
        else:
            self._write_cell(row, column, cell)
