"""A workbook filled in by a clerk is read by the contract of visits as it is."""

from __future__ import annotations

import datetime as dt

import openpyxl
import polars as pl

from pipelines.contract import fold_header
from pipelines.ingest import ingest
from pipelines.publish import publish

from .conftest import MONTH, key, some_households


def test_a_filled_workbook_is_read_as_the_towns_visits(city, extracts, tmp_path):
    city.lay(some_households())
    publish(extracts, MONTH, city.lake)
    (path,) = city.lake.partition("published", MONTH).glob("towns/442000109_*/*.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    at = {fold_header(cell.value): cell.column for cell in sheet[4]}
    for row, day, outcome in ((5, dt.date(2022, 7, 8), "属实已救助"), (6, "2022-07-09", "不困难")):
        sheet.cell(row, at["走访日期"]).value = day
        sheet.cell(row, at["走访结果"]).value = outcome
        sheet.cell(row, at["备注"]).value = "家里有狗"
    landing = tmp_path / "landing"
    place = landing / "2022-07" / "towns"
    place.mkdir(parents=True)
    book.save(place / "走访结果_三角镇_202207.xlsx")

    report = ingest(extracts["towns__visits"], MONTH.plus(1), landing, city.lake)

    assert report["accepted"] == 2
    rows = pl.read_parquet(city.lake.resolve("parquet/towns__visits", MONTH.plus(1)) / "rows.parquet")
    assert set(rows.select("household_key", "visited_on", "outcome").iter_rows()) == {
        (key(1), dt.date(2022, 7, 8), "confirmed_helped"),
        (key(2), dt.date(2022, 7, 9), "not_in_hardship"),
    }
    assert "家里有狗" not in str(rows.to_dicts())
