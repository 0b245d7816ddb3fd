"""The list of towns without rows comes back filled in: what is understood, and what is named as wrong."""

from __future__ import annotations

import pytest

from pipelines.contract import load_extracts
from pipelines.emptied import emptied_problems, emptied_towns
from pipelines.ingest import input_problems
from pipelines.lake import Lake
from pipelines.month import Month

ROLL = "civil_affairs__assistance_roll"
HEADER = "数据编号,数据名称,镇街代码,镇街,说明,结论\n"
JUNE = Month(2022, 6)


@pytest.fixture
def answer(tmp_path):
    def put(month: str, *rows: str, encoding: str = "utf-8-sig", name: str | None = None) -> None:
        folder = tmp_path / month / "confirmations"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / (name or f"镇街确认_{month.replace('-', '')}.csv")
        path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding=encoding)

    return put


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_an_answer_counts_for_its_extract_and_town_from_its_month_on(answer, tmp_path, encoding):
    answer("2022-05", f"{ROLL},低保,442000118,小榄镇,,确无记录", encoding=encoding)
    assert emptied_towns(ROLL, Month(2022, 4), tmp_path) == {}
    assert emptied_towns(ROLL, JUNE, tmp_path) == {"442000118": Month(2022, 5)}
    assert emptied_towns("human_resources__unemployment", JUNE, tmp_path) == {}


def test_a_later_answer_that_rows_are_owed_takes_it_back(answer, tmp_path):
    answer("2022-05", f"{ROLL},,442000118,,,确无记录")
    answer("2022-06", f"{ROLL},,442000118,,,漏报")
    assert emptied_towns(ROLL, JUNE, tmp_path) == {}


def test_a_row_without_answer_is_not_answered(answer, tmp_path):
    answer("2022-06", f"{ROLL},,442000118,,,")
    assert emptied_towns(ROLL, JUNE, tmp_path) == {}
    assert emptied_problems(load_extracts(), tmp_path, JUNE) == []


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (f"{ROLL},,442000118,,,没有了吧", "确无记录、漏报"),
        (f"{ROLL},,442000999,,,确无记录", "town"),
        ("civil_affairs__roll,,442000118,,,确无记录", "extract"),
    ],
)
def test_a_row_that_is_not_understood_is_named_by_file_and_line_and_changes_nothing(
    answer, tmp_path, row, told
):
    answer("2022-06", row)
    (problem,) = input_problems(load_extracts(), JUNE, tmp_path, Lake(tmp_path / "lake"))
    assert "confirmations/镇街确认_202206.csv" in str(problem) and "line 2" in str(problem)
    assert told in str(problem)
    assert emptied_towns(ROLL, JUNE, tmp_path) == {}


def test_a_file_without_the_columns_of_the_list_is_named(answer, tmp_path):
    answer("2022-06")
    path = tmp_path / "2022-06" / "confirmations" / "镇街确认_202206.csv"
    path.write_text("镇街,结论\n小榄镇,确无记录\n", encoding="utf-8")
    (problem,) = emptied_problems(load_extracts(), tmp_path, JUNE)
    assert "镇街代码" in str(problem)
