"""A workbook filled in by a clerk is read as it is, whatever the clerk did to it on the way."""

from __future__ import annotations

import datetime as dt
import shutil

import openpyxl
import polars as pl
import pytest

from .conftest import MONTH, Household, key, some_households
from .returned import (
    HEADER,
    columns_of,
    fill_in,
    read,
    returned_to,
    saved_by_libreoffice,
    send_back,
    workbook_of,
)

FIRST, SECOND, THIRD = HEADER + 1, HEADER + 2, HEADER + 3
DAY = dt.date(2022, 7, 8)


@pytest.fixture
def landing(tmp_path):
    return tmp_path / "landing"


@pytest.fixture
def path(city, extracts):
    city.lay(some_households())
    return workbook_of(city, extracts)


@pytest.fixture
def book(path):
    return openpyxl.load_workbook(path)


@pytest.fixture
def sheet(book):
    """Three households are listed; two were visited, one was not."""
    sheet = book.worksheets[0]
    fill_in(sheet, FIRST, 走访日期=DAY, 走访结果="属实已救助", 救助措施="临时救助", 备注="家里有狗")
    fill_in(sheet, SECOND, 走访日期="2022-07-09", 走访结果="数据有误", 有误的数据="家庭成员")
    return sheet


def visits(rows: pl.DataFrame) -> set[tuple]:
    return set(rows.select("household_key", "visited_on", "outcome").iter_rows())


BOTH = {(key(1), DAY, "confirmed_helped"), (key(2), dt.date(2022, 7, 9), "data_wrong")}


def test_it_comes_back_under_its_own_name_and_is_read_as_the_towns_visits(
    city, extracts, landing, book, sheet
):
    send_back(book, landing)
    report, rows, rejected = read(extracts, landing, city.lake)
    assert visits(rows) == BOTH
    assert rows.sort("visited_on")["wrong_data"].to_list() == [None, "members"]
    assert "家里有狗" not in str(rows.to_dicts())
    assert rejected.is_empty()
    assert report["status"] == "read"


def test_households_nobody_visited_are_counted_as_not_filled_in_and_rejected_by_nobody(
    city, extracts, landing, book, sheet
):
    send_back(book, landing)
    report, _, _ = read(extracts, landing, city.lake)
    assert (report["rows_in"], report["accepted"], report["rejected"]) == (2, 2, 0)
    assert report["left_out"] == {"not_filled_in": 1}


def test_a_workbook_that_nobody_filled_in_is_no_error(city, extracts, landing, path):
    shutil.copy(path, returned_to(landing))
    report, rows, _ = read(extracts, landing, city.lake)
    assert (report["status"], len(rows), report["left_out"]) == ("read", 0, {"not_filled_in": 3})


def test_the_other_sheets_are_no_visits_and_no_errors(city, extracts, landing, book, sheet):
    own = book.create_sheet("我的统计")
    own.append(["走访日期", "走访结果", "户数"])
    own.append([DAY, "属实", 3])
    send_back(book, landing)
    report, rows, _ = read(extracts, landing, city.lake)
    assert (report["problems"], visits(rows)) == ([], BOTH)
    assert report["files"][0]["sheet"] == "走访名单"


def test_rows_may_be_sorted_and_hidden_by_a_filter(city, extracts, landing, book, sheet):
    width = sheet.max_column
    first, third = ([sheet.cell(row, c).value for c in range(1, width + 1)] for row in (FIRST, THIRD))
    for column in range(width):
        sheet.cell(FIRST, column + 1).value = third[column]
        sheet.cell(THIRD, column + 1).value = first[column]
    sheet.row_dimensions[THIRD].hidden = True
    send_back(book, landing)
    _, rows, rejected = read(extracts, landing, city.lake)
    assert visits(rows) == BOTH
    assert rejected.is_empty()


def test_columns_may_be_moved_added_and_taken_away(city, extracts, landing, book, sheet):
    sheet.insert_cols(3)
    sheet.cell(HEADER, 3).value = "走访人"
    sheet.delete_cols(columns_of(sheet)["主要情况"])
    send_back(book, landing)
    assert visits(read(extracts, landing, city.lake)[1]) == BOTH


def test_a_key_that_stands_on_no_list_is_rejected_with_its_line(city, extracts, landing, book, sheet):
    fill_in(sheet, FIRST, 家庭识别码="H00000000000000" + key(1)[-2:], 核对码=None)
    send_back(book, landing)
    report, rows, rejected = read(extracts, landing, city.lake)
    assert len(rows) == 1
    assert rejected.select("line", "column", "reason").rows() == [
        (FIRST, "household_key", "unknown_household")
    ]
    assert rejected["file"].to_list() == ["2022-06_三角镇_走访名单.xlsx"]
    assert report["left_out"] == {"not_filled_in": 1}


def test_a_row_sorted_apart_from_its_hidden_key_is_rejected_though_the_key_is_somebodys(
    city, extracts, landing, book, sheet
):
    fill_in(sheet, FIRST, 家庭识别码=key(2))
    fill_in(sheet, SECOND, 家庭识别码=key(1))
    send_back(book, landing)
    _, rows, rejected = read(extracts, landing, city.lake)
    assert rows.is_empty()
    assert rejected.select("line", "column", "reason").sort("line").rows() == [
        (FIRST, "key_check", "cells_apart"), (SECOND, "key_check", "cells_apart"),
    ]  # fmt: skip


def test_a_household_of_the_waiting_list_may_be_reported_too(city, extracts, landing, book, sheet):
    fill_in(sheet, FIRST, 家庭识别码=key(4), 核对码=None)
    send_back(book, landing)
    assert key(4) in set(read(extracts, landing, city.lake)[1]["household_key"])


def test_before_the_first_list_was_published_no_key_can_be_refused(extracts, landing, city, book, sheet):
    send_back(book, landing)
    empty = type(city.lake)(landing.parent / "another lake")
    assert visits(read(extracts, landing, empty)[1]) == BOTH


def test_half_a_row_is_rejected_and_says_what_is_missing(city, extracts, landing, book, sheet):
    fill_in(sheet, THIRD, 走访结果="不困难")
    send_back(book, landing)
    _, rows, rejected = read(extracts, landing, city.lake)
    assert visits(rows) == BOTH
    assert rejected.select("line", "column", "reason").rows() == [(THIRD, "visited_on", "missing")]


def test_the_same_workbook_twice_counts_once(city, extracts, landing, book, sheet):
    sent = send_back(book, landing)
    shutil.copy(sent, sent.with_name("2022-06_三角镇_走访名单(1).xlsx"))
    report, rows, rejected = read(extracts, landing, city.lake)
    assert visits(rows) == BOTH
    assert len(rows) == 2
    assert rejected.is_empty()
    assert sum(file["same_as"] is not None for file in report["files"]) == 1


def test_a_copy_that_was_filled_in_further_adds_only_what_is_new(city, extracts, landing, book, sheet):
    send_back(book, landing)
    fill_in(sheet, THIRD, 走访日期=DAY, 走访结果="未见到人")
    send_back(book, landing, "2022-06_三角镇_走访名单_补.xlsx")
    _, rows, rejected = read(extracts, landing, city.lake)
    assert visits(rows) == BOTH | {(key(3), DAY, "not_reached")}
    assert len(rows) == 3
    assert set(rejected["reason"]) == {"duplicate"}


def test_copies_that_contradict_each_other_are_set_aside_for_a_person(city, extracts, landing, book, sheet):
    send_back(book, landing)
    fill_in(sheet, FIRST, 走访结果="不困难")
    send_back(book, landing, "2022-06_三角镇_走访名单_2.xlsx")
    _, rows, rejected = read(extracts, landing, city.lake)
    assert key(1) not in set(rows["household_key"])
    assert rejected["reason"].to_list().count("conflicting_key") == 2


def test_another_spreadsheet_program_may_save_it(city, extracts, landing, book, sheet, tmp_path):
    book.save(tmp_path / "2022-06_三角镇_走访名单.xlsx")
    saved = saved_by_libreoffice(tmp_path / "2022-06_三角镇_走访名单.xlsx", tmp_path / "saved")
    shutil.copy(saved, returned_to(landing))
    report, rows, rejected = read(extracts, landing, city.lake)
    assert visits(rows) == BOTH
    assert (report["left_out"], len(rejected)) == ({"not_filled_in": 1}, 0)


def test_the_csv_beside_it_may_come_back_instead(city, extracts, landing, path):
    frame = pl.read_csv(path.with_suffix(".csv"), infer_schema=False)
    is_first = pl.int_range(pl.len()) == 0
    frame = frame.with_columns(
        pl.when(is_first).then(pl.lit("2022/7/8")).alias("走访日期"),
        pl.when(is_first).then(pl.lit("属实已救助")).alias("走访结果"),
    )
    frame.write_csv(returned_to(landing) / path.with_suffix(".csv").name, include_bom=True)
    report, rows, _ = read(extracts, landing, city.lake)
    assert visits(rows) == {(key(1), DAY, "confirmed_helped")}
    assert report["left_out"] == {"not_filled_in": 2}


def test_words_people_type_instead_of_choosing_are_understood(city, extracts, landing, book, sheet):
    fill_in(sheet, FIRST, 走访日期="2022年7月8日", 走访结果=" 情况属实，已救助".replace("，", ""))
    send_back(book, landing)
    assert (key(1), DAY, "confirmed_helped") in visits(read(extracts, landing, city.lake)[1])


def test_one_towns_spoilt_workbook_does_not_cost_the_others_their_visits(city, extracts, landing):
    city.lay([Household(n, rank=n) for n in range(1, 60)])
    book = openpyxl.load_workbook(workbook_of(city, extracts))
    sheet = book.worksheets[0]
    for row in range(FIRST, FIRST + 59):
        fill_in(sheet, row, 走访日期=DAY, 走访结果="属实待办")
        if row > FIRST + 20:
            fill_in(sheet, row, 家庭识别码="H" + "0" * 16)
    send_back(book, landing)
    report, rows, _ = read(extracts, landing, city.lake)
    assert (report["rejected"], len(rows)) == (38, 21)
    from pipelines.validate import validate

    assert validate(extracts["towns__visits"], MONTH.plus(1), city.lake)["verdict"] == "warned"
