"""A clerk, or an engineer for a clerk, learns cell by cell what is wrong before the list goes back."""

from __future__ import annotations

import datetime as dt
import json
import sys

import openpyxl
import pytest

from pipelines import cli

from .conftest import key, some_households
from .returned import HEADER, columns_of, fill_in, workbook_of

FIRST, SECOND, THIRD = HEADER + 1, HEADER + 2, HEADER + 3
DAY = dt.date(2022, 7, 8)
NAME = "2022-06_三角镇_走访名单.xlsx"


@pytest.fixture
def book(city, extracts):
    city.lay(some_households())
    return openpyxl.load_workbook(workbook_of(city, extracts))


@pytest.fixture
def check(city, book, tmp_path, capsys, monkeypatch):
    """Saves the workbook and runs the command; returns the exit code and what it said."""

    def check(*options: str, lake=None) -> tuple[int, str]:
        path = tmp_path / NAME
        book.save(path)
        place = ["--lake", str(lake or city.lake.root)]
        monkeypatch.setattr(sys, "argv", ["hardship", *place, "visits", "check", str(path), *options])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return ended.value.code, printed.out + printed.err

    return check


def test_a_list_without_mistakes_passes_with_a_count(book, check):
    fill_in(book.worksheets[0], FIRST, 走访日期=DAY, 走访结果="属实已救助")
    code, said = check()
    assert code == 0
    assert "1 visits read, 2 rows not filled in, 0 cells wrong" in said


def test_every_mistake_is_told_by_its_cell_in_chinese_and_english(book, check):
    sheet = book.worksheets[0]
    fill_in(sheet, FIRST, 走访日期="下周", 走访结果="差不多")
    fill_in(sheet, SECOND, 走访结果="不困难")
    code, said = check("--json")
    assert code == 1
    letters = {name: openpyxl.utils.get_column_letter(number) for name, number in columns_of(sheet).items()}
    found = {(f["sheet"], f["cell"]): f for f in json.loads(said)["findings"]}
    assert set(found) == {
        ("走访名单", f"{letters['走访日期']}{FIRST}"),
        ("走访名单", f"{letters['走访结果']}{FIRST}"),
        ("走访名单", f"{letters['走访日期']}{SECOND}"),
    }
    outcome = found["走访名单", f"{letters['走访结果']}{FIRST}"]
    assert (outcome["found"], outcome["reason"]) == ("差不多", "not_in_code_list")
    assert "属实已救助、属实待办" in outcome["allowed_zh"]
    assert "属实已救助 (in hardship, help given)" in outcome["allowed_en"]
    code, said = check()
    assert f"走访名单!{letters['走访日期']}{FIRST}  走访日期：下周" in said
    assert "不是日期" in said and "not a date" in said


def test_a_changed_key_and_a_row_apart_from_its_key_are_told(book, check):
    sheet = book.worksheets[0]
    fill_in(sheet, FIRST, 走访日期=DAY, 走访结果="不困难", 家庭识别码="H" + "0" * 16)
    fill_in(sheet, SECOND, 走访日期=DAY, 走访结果="不困难", 家庭识别码=key(3))
    code, said = check("--json")
    assert code == 1
    assert [(f["line"], f["column"], f["reason"]) for f in json.loads(said)["findings"]] == [
        (FIRST, "household_key", "unknown_household"), (SECOND, "key_check", "cells_apart"),
    ]  # fmt: skip


def test_a_household_answered_twice_on_one_day_is_told(book, check):
    sheet = book.worksheets[0]
    fill_in(sheet, FIRST, 走访日期=DAY, 走访结果="不困难")
    fill_in(sheet, SECOND, 走访日期=DAY, 走访结果="属实待办", 家庭识别码=key(1), 核对码=None)
    code, said = check("--json")
    assert code == 1
    assert {f["reason"] for f in json.loads(said)["findings"]} == {"conflicting_key"}


def test_without_a_published_list_the_keys_are_not_compared_and_that_is_said(book, check, tmp_path):
    fill_in(book.worksheets[0], FIRST, 走访日期=DAY, 走访结果="不困难")
    code, said = check(lake=tmp_path / "nowhere")
    assert code == 0
    assert "keys not compared" in said
    assert not (tmp_path / "nowhere").exists()


def test_a_file_that_is_no_list_is_refused_in_words(book, check):
    sheet = book.worksheets[0]
    sheet.delete_cols(columns_of(sheet)["家庭识别码"])
    code, said = check()
    assert code == 1
    assert "required columns are missing" in said and "家庭识别码" in said


def test_what_a_clerk_wrote_as_the_reason_is_not_printed(book, check):
    fill_in(book.worksheets[0], FIRST, 原因说明="肝癌晚期")
    code, said = check()
    assert code == 1
    assert "肝癌" not in said
