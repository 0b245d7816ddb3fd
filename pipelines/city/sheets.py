"""Sheets: workbooks as clerks make them, with a title, a serial column and a row of totals."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from pipelines.city.deliver import Form

_NUMBER = r"^-?(0|[1-9]\d{0,11})(\.\d{1,6})?$"


def write_sheet(
    path: Path, table: pl.DataFrame, title: str, form: Form, money: list[str], dates: list[str]
) -> None:
    """A workbook of one or more sheets; money that reads as a number is a number, and days in the columns
    `dates` are days, everything else text."""
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_numbers": False, "date_1904": form.from_1904}
    book = xlsxwriter.Workbook(str(path), options)
    # A fixed day: the same rows are the same bytes.
    book.set_properties({"created": datetime(2020, 1, 1)})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    size = -(-table.height // form.sheets) or 1
    for number in range(form.sheets):
        sheet = book.add_worksheet(f"Sheet{number + 1}")
        _fill(sheet, table.slice(number * size, size), title, form, money, dates, day)
    if form.hidden_sheet:
        draft = book.add_worksheet("Sheet_old")
        draft.hide()
        _fill(draft, table.head(3), title, form, money, dates, day)
    book.close()


def _fill(sheet, table: pl.DataFrame, title: str, form: Form, money, dates, day) -> None:
    row = 0
    for _ in range(form.title_rows):
        sheet.write_string(row, 0, title)
        row += 1
    shift = 1 if form.serial_column else 0
    row = _header(sheet, row, ["序号"] * shift + table.columns, form.grouped_header)
    columns = [_cells(table[name], name in money, name in dates) for name in table.columns]
    for number in range(table.height):
        if form.subtotal and number and number == table.height // 2:
            _total(sheet, row, "小计", table.columns, [values[:number] for values in columns], money, shift)
            row += 1
        if shift:
            sheet.write_number(row, 0, number + 1)
        for column, values in enumerate(columns):
            value = values[number]
            if value is None:
                continue
            if isinstance(value, float):
                sheet.write_number(row, column + shift, value)
            elif isinstance(value, date):
                sheet.write_datetime(row, column + shift, datetime(value.year, value.month, value.day), day)
            else:
                sheet.write_string(row, column + shift, value)
        row += 1
    if form.total_row:
        _total(sheet, row, "合计", table.columns, columns, money, shift)
        row += 1
    if form.notes:
        for text in ("填表说明：本表由经办人填报，如有疑问请与我单位联系。", "填表人：        审核人："):
            sheet.write_string(row + 1, 0, text)
            row += 1


def _header(sheet, row: int, names: list[str], is_grouped: bool) -> int:
    """Writes the header and returns the row below it."""
    if not is_grouped:
        for column, name in enumerate(names):
            sheet.write_string(row, column, name)
        return row + 1
    first = len(names) - 2
    for column, name in enumerate(names[:first]):
        sheet.merge_range(row, column, row + 1, column, name)
    sheet.merge_range(row, first, row, first + 1, "其他情况")
    for column, name in enumerate(names[first:], first):
        sheet.write_string(row + 1, column, name)
    return row + 2


def _total(sheet, row: int, word: str, names, columns, money, shift: int) -> None:
    sheet.write_string(row, 0, word)
    for column, name in enumerate(names):
        if name in money:
            total = sum(value for value in columns[column] if isinstance(value, float))
            sheet.write_number(row, column + shift, round(total, 2))


def _cells(values: pl.Series, is_money: bool, is_date: bool) -> list:
    if is_date:
        days = values.str.to_date("%Y-%m-%d", strict=False).to_list()
        return [d if d is not None else v for d, v in zip(days, values.to_list(), strict=True)]
    if not is_money:
        return values.to_list()
    numbers = pl.select(
        pl.when(values.str.contains(_NUMBER)).then(values.cast(pl.Float64, strict=False))
    ).to_series()
    return [n if n is not None else v for n, v in zip(numbers.to_list(), values.to_list(), strict=True)]
