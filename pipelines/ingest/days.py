"""Dates in the form in which most cells of a column are written, read without a look at each."""

from __future__ import annotations

import functools
import re
from datetime import date

import polars as pl

from pipelines.ingest.values import FIRST_YEAR, LAST_YEAR

# How a cell looks, how its date is written, and how many bytes that takes.
_DAYS = (
    (r"\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?", "%Y-%m-%d", 10),
    (r"\d{8}", "%Y%m%d", 8),
    (r"\d{4}/\d\d/\d\d(?: \d\d:\d\d:\d\d)?", "%Y/%m/%d", 10),
)
_MONTHS = ((r"\d{6}", "%Y%m", 6), (r"\d{4}-\d\d", "%Y-%m", 7))
_TIME = r" [0-9]{2}:[0-9]{2}:[0-9]{2}$"
_FIRST, _LAST = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)


def date_expr(text: pl.Expr, example: str, is_month: bool) -> pl.Expr:
    """Dates (first days where `is_month`) of cells that are written in the form of the example, null for
    all others; days outside the years of `parse_date` stand for something else or are damaged.
    """

    for pattern, form, length in _MONTHS if is_month else _DAYS:
        if re.fullmatch(pattern, example):
            # As a chain of expressions the dates would be read anew for each look at them.
            read = functools.partial(_read, form=form, length=length, example=example)
            return text.map_batches(read, return_dtype=pl.Date, is_elementwise=True)
    return pl.lit(None, pl.Date)


def _read(cells: pl.Series, form: str, length: int, example: str) -> pl.Series:
    days = cells if len(example) == length else cells.str.slice(0, length)
    if "%d" not in form:
        first_day = ("-01", "-%d") if "-" in form else ("01", "%d")
        days, form = days + first_day[0], form + first_day[1]
    # Kept in a cache, as is usual, days that are many would take twice the time.
    dates = days.str.to_date(form, strict=False, cache=False)
    is_day = (cells.str.len_bytes() == len(example)) & (dates >= _FIRST) & (dates <= _LAST)
    if " " in example:
        is_day &= cells.str.contains(_TIME)
    return dates if is_day.all(ignore_nulls=False) else dates.set(~is_day, None)
