"""Sheets: workbooks as clerks make them, with a title, a serial column and a row of totals."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from pipelines.city.deliver import Form

_NUMBER = r"^-?(0|[1-9]\d{0,11})(\.\d{1,6})?$"


def write_sheet(path: Path, table: pl.DataFrame, title: str, form: Form, money: list[str]) -> None:
    """One sheet; money that reads as a number is a number, everything else text."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False})
    # A fixed day: the same rows are the same bytes.
    book.set_properties({"created": datetime(2020, 1, 1)})
    sheet = book.add_worksheet("Sheet1")
    row = 0
    for _ in range(form.title_rows):
        sheet.write_string(row, 0, title)
        row += 1
    shift = 1 if form.serial_column else 0
    if shift:
        sheet.write_string(row, 0, "序号")
    for column, name in enumerate(table.columns):
        sheet.write_string(row, column + shift, name)
    row += 1
    columns = [_cells(table[name], name in money) for name in table.columns]
    for number in range(table.height):
        if shift:
            sheet.write_number(row, 0, number + 1)
        for column, values in enumerate(columns):
            value = values[number]
            if value is None:
                continue
            if isinstance(value, float):
                sheet.write_number(row, column + shift, value)
            else:
                sheet.write_string(row, column + shift, value)
        row += 1
    if form.total_row:
        sheet.write_string(row, 0, "合计")
        for column, name in enumerate(table.columns):
            if name in money:
                total = sum(value for value in columns[column] if isinstance(value, float))
                sheet.write_number(row, column + shift, round(total, 2))
    book.close()


def _cells(values: pl.Series, is_money: bool) -> list:
    if not is_money:
        return values.to_list()
    numbers = pl.select(
        pl.when(values.str.contains(_NUMBER)).then(values.cast(pl.Float64, strict=False))
    ).to_series()
    return [n if n is not None else v for n, v in zip(numbers.to_list(), values.to_list(), strict=True)]
