"""A sheet that takes whole rows is the file that cell by cell would have made."""

from __future__ import annotations

from datetime import datetime

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from pipelines.sheet import Book, Sheet

# What a spreadsheet's file escapes or marks, beside what it takes as it is.
TEXTS = (
    "李四", "a & b", "1 < 2", "2 > 1", 'said "so"', "", " before", "after ", "\u3000全角", "尾\u00a0",
    "two\nlines", "end\n", "tab\there", "bell\x07", "\x1funit", "_x0041_", "_x00zz_", "snake_case",
    "\ufffe", "in\uffffside", "<r>x</r>", "🏠", "'", "é",
)  # fmt: skip


def cell_by_cell(page, row, cells, first=0):
    for column, (value, style) in enumerate(cells, start=first):
        if value is None:
            page.write_blank(row, column, None, style)
        elif isinstance(value, str):
            page.write_string(row, column, value, style)
        else:
            page.write_number(row, column, value, style)


def written(path, kind):
    """A workbook of all that lists and returns are made of, by one kind of sheet: its bytes."""
    workbook = Book if kind is Sheet else xlsxwriter.Workbook
    with workbook(path, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": datetime(2022, 6, 30)})
        page, empty = book.add_worksheet("a", kind), book.add_worksheet("b", kind)
        plain, red = (
            book.add_format({"border": 1}),
            book.add_format({"font_color": "red", "num_format": "0.0%"}),
        )
        write = Sheet.write_cells if kind is Sheet else cell_by_cell
        page.write_string(0, 2, "title")  # no format
        for row in range(2, 60, 3):
            page.set_row(row, 20 + row)
            write(
                page, row, [("same", plain), (f"<&> {row}", red), (None, plain), (row / 3, red), (row, plain)]
            )
            page.write_rich_string(row, 6, plain, "●", red, f"of {row % 4}", plain)
        page.set_row(70, 30)  # a row of a height and without cells
        write(page, 75, [(" = 1+1 ", plain), ("long " * 7000, plain)], first=30)
        page.write_formula(80, 1, "=1+1", plain)
        page.write_boolean(81, 0, True, red)
        write(page, 82, [(text, plain) for text in TEXTS])
        page.autofilter(2, 0, 59, 4)
        empty.write_string(0, 0, "only this", red)
    return path.read_bytes()


def test_rows_written_together_are_the_bytes_of_rows_written_cell_by_cell(tmp_path):
    fast, usual = written(tmp_path / "fast.xlsx", Sheet), written(tmp_path / "usual.xlsx", Worksheet)
    assert fast == usual
