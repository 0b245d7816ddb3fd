"""Web pages as tables: what many systems hand out as .xls is HTML; its cells are read as they stand."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from pipelines.contract import Contract
from pipelines.ingest.encoding import likely_encodings, text_chunks
from pipelines.ingest.grid import grid_table
from pipelines.ingest.header import SEARCHED_ROWS, find_header, required_columns
from pipelines.ingest.recognise import page_problem
from pipelines.ingest.table import Table
from pipelines.ingest.values import merged

_WIDEST = 500  # columns; a span beyond is a mistake of the page
_TALLEST = 2000  # rows of one merged cell


def page_table(path: Path, source: str, contract: Contract) -> Table:
    """The table of a page that has most of the contract's columns; rows count from its first row.

    Raises Unreadable when no table has the header: then the page is what it looks like.
    """
    best = None
    for encoding in likely_encodings(path):
        for rows in _rows_of_tables(path, encoding):
            header = find_header(rows[: SEARCHED_ROWS + 1], contract)
            if header and (best is None or len(header.columns) > len(best[0].columns)):
                best = (header, rows)
        if best:
            break
    if best is None:
        with open(path, "rb") as handle:
            raise page_problem(handle.read(1 << 18))
    header = required_columns(best[0], contract, f"in {source}")
    return grid_table(best[1], source, header, {"encoding": encoding, "sheet": "HTML"})


def _rows_of_tables(path: Path, encoding: str) -> list[list[list[str]]]:
    reader = _Tables()
    for text in text_chunks(path, encoding):
        reader.feed(text)
    reader.close()
    return [rows for rows in reader.tables if rows]


class _Tables(HTMLParser):
    """Collects the rows of every table, a nested one beside the one it stands in."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._open: list[_Grid] = []
        self._unseen = 0  # inside <script> and <style>

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._open.append(_Grid())
            self.tables.append(self._open[-1].rows)
        elif tag in ("script", "style"):
            self._unseen += 1
        elif self._open and tag == "tr":
            self._open[-1].start_row()
        elif self._open and tag in ("td", "th"):
            spans = dict(attrs)
            self._open[-1].start_cell(
                _span(spans.get("colspan"), _WIDEST), _span(spans.get("rowspan"), _TALLEST)
            )
        elif self._open and tag in ("br", "p", "div"):
            self._open[-1].text(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._unseen = max(0, self._unseen - 1)
        elif self._open and tag in ("td", "th", "tr"):
            self._open[-1].end_cell()
        elif self._open and tag == "table":
            self._open.pop().end_cell()

    def handle_data(self, data: str) -> None:
        if self._open and not self._unseen:
            self._open[-1].text(data)


class _Grid:
    """The cells of one table, spans laid out."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self._below: dict[int, tuple[int, str]] = {}  # column -> rows still covered from above, its text
        self._parts: list[str] | None = None
        self._spans = (1, 1)

    def start_row(self) -> None:
        self.end_cell()
        self.rows.append([])
        self._covered()

    def start_cell(self, wide: int, tall: int) -> None:
        self.end_cell()
        if not self.rows:
            self.start_row()
        self._parts, self._spans = [], (wide, tall)

    def text(self, data: str) -> None:
        if self._parts is not None:
            self._parts.append(data)

    def end_cell(self) -> None:
        if self._parts is None:
            return
        text, self._parts = " ".join("".join(self._parts).split()), None
        wide, tall = self._spans
        for number in range(wide):
            place = len(self.rows[-1])
            if tall > 1:
                self._below[place] = (tall - 1, text if number == 0 else "")
            self.rows[-1].append(text if number == 0 else "")
        self._covered()

    def _covered(self) -> None:
        """Fills the places that a cell above covers."""
        row = self.rows[-1]
        while (place := len(row)) in self._below:
            left, text = self._below.pop(place)
            if left > 1:
                self._below[place] = (left - 1, text)
            row.append(merged(text))


def _span(text: str | None, most: int) -> int:
    return min(max(int(text), 1), most) if text and text.strip().isdigit() else 1
