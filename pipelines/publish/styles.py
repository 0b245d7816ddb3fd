"""How cells of the workbook look, and how wide Chinese text is."""

from __future__ import annotations

import math
import re

from pipelines.publish.words import DIMENSION_COLOURS, STATUS_COLOURS, Words, zh

# Comes with Windows and WPS; programs without it fall back to their own Chinese face.
_FONT = "微软雅黑"
_LINE = "#BFBFBF"

_SOURCES = re.compile(r"(［[^］]*］)")

_LINE_POINTS = 13.5
_MOST_POINTS = 400  # a spreadsheet row cannot be higher than 409 points


class Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, book):
        base = {"font_name": _FONT, "font_size": 9, "valign": "vcenter"}
        box = {**base, "border": 1, "border_color": _LINE, "text_wrap": True}
        head = {**box, "bold": True, "align": "center", "bg_color": "#DCE6F1"}
        fill = {**box, "bg_color": "#FFF9E1"}
        add = book.add_format
        self.title = add({**base, "font_size": 16, "bold": True})
        self.subtitle = add({**base, "font_size": 10})
        self.warning = add({**base, "font_size": 9, "font_color": "#C00000"})
        self.section = add({**base, "font_size": 11, "bold": True, "font_color": "#1F3864"})
        self.header = add(head)
        self.header_fill = add({**head, "bg_color": "#FFE699"})
        self.cell = add(box)
        self.centred = add({**box, "align": "center"})
        self.months = add({**box, "align": "center", "num_format": "0;;"})  # nobody waits for 0 months
        self.small = add({**box, "align": "center", "font_size": 7.5})
        self.name = add({**box, "align": "center", "bold": True, "font_size": 10})
        self.plain = add({**base, "text_wrap": True, "valign": "top"})
        self.fill = add({**fill, "num_format": "@"})
        self.fill_date = add({**fill, "num_format": "yyyy-mm-dd", "align": "center"})
        self.done = add({"font_color": "#8C8C8C"})
        self.owed = add({"bg_color": "#F8CBAD"})
        self.head_read = self.head_fill = (
            add({"font_name": _FONT, "font_size": 9, "bold": True}),
            add({"font_name": _FONT, "font_size": 7, "font_color": "#595959"}),
        )
        self._status = {
            status: add({**box, "align": "center", "bold": True, "font_color": colour})
            for status, colour in STATUS_COLOURS.items()
        }
        self.mark = {
            dimension: add({"font_name": _FONT, "font_size": 10, "font_color": colour})
            for dimension, colour in DIMENSION_COLOURS.items()
        }
        self.mark_text = add({"font_name": _FONT, "font_size": 9})
        self.source = add({"font_name": _FONT, "font_size": 8, "font_color": "#808080"})
        self.mark_unknown = add({"font_name": _FONT, "font_size": 9, "font_color": "#808080", "italic": True})

    def status(self, status: str | None):
        """Format of a status cell."""
        return self._status.get(status, self.centred)


def marks(sheet, row: int, column: int, dimensions, unknown, words: Words, styles: Styles) -> None:
    """Writes a cell of coloured marks: ● matched, ○ could not be assessed; the word stands beside each."""
    pieces = []
    order = list(words.dimensions)
    for dimension in sorted(dimensions or (), key=order.index):
        pieces += [styles.mark.get(dimension, styles.mark_text), "\n●" if pieces else "●"]
        pieces += [styles.mark_text, zh(words.dimensions, dimension)]
    for dimension in sorted(unknown or (), key=order.index):
        text = f"○{zh(words.dimensions, dimension)}？"
        pieces += [styles.mark_unknown, "\n" + text if pieces else text]
    if len(pieces) > 2:
        sheet.write_rich_string(row, column, *pieces, styles.cell)
    elif pieces:
        sheet.write_string(row, column, pieces[1], styles.cell)
    else:
        sheet.write_blank(row, column, None, styles.cell)


def sentences(sheet, row: int, column: int, text: str, styles: Styles) -> None:
    """Writes a cell of sentences whose sources, in ［ ］, stand back in grey."""
    pieces = [piece for piece in _SOURCES.split(text) if piece]
    if len(pieces) == 1:
        sheet.write_string(row, column, text, styles.cell)
        return
    formatted = []
    for piece in pieces:
        formatted += [styles.source if _SOURCES.fullmatch(piece) else styles.mark_text, piece]
    sheet.write_rich_string(row, column, *formatted, styles.cell)


def width_of(text: str) -> int:
    """Width in half-width characters: a Chinese character takes two."""
    return len(text.encode("gb18030", "replace"))


def height_of(cells: list[tuple[str | None, float]], lines: int = 1) -> float:
    """Points for a row whose cells have these texts and column widths, and at least so many lines.

    Stated for every row, because not every spreadsheet program fits rows to wrapped text by itself.
    """
    most = max([lines, *[_lines(text, width) for text, width in cells if text]])
    return min(_MOST_POINTS, most * _LINE_POINTS + 3)


def _lines(text: str, width: float) -> int:
    fits = width * 1.1
    # No character is wider than two: most cells are short and need not be measured.
    if 2 * len(text) <= fits and "\n" not in text:
        return 1
    return sum(max(1, math.ceil(width_of(part) / fits)) for part in text.split("\n"))
