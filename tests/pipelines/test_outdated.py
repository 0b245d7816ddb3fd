"""An earlier month that is run again makes the later ones out of date, and they are brought up in order."""

from __future__ import annotations

import pytest

from pipelines import monthly
from pipelines.lake import Lake
from pipelines.month import Month, parse_months
from pipelines.outdated import bring_up_command, mark_outdated, outdated_months
from pipelines.problem import HardshipError, Problem, Problems
from tests.pipelines.detect.town import AT_SCHOOL, SICK, Town

SPRING = parse_months("2022-03..2022-05")
MARCH, APRIL, MAY = SPRING


@pytest.fixture
def town(tmp_path) -> Town:
    town = Town(Lake(tmp_path))
    town.house(1, SICK, AT_SCHOOL)
    for month in SPRING:
        town.run(str(month))
    return town


def test_months_run_in_order_are_up_to_date(town):
    assert outdated_months(town.lake) == {}


def test_a_month_decided_anew_makes_all_later_ones_out_of_date_until_they_are_run_in_order(town):
    key = town.house(2, SICK, AT_SCHOOL)
    town.run("2022-03")
    found = outdated_months(town.lake)
    assert list(found) == [APRIL, MAY]
    assert found[APRIL] == ["the cases of 2022-03 were decided again"]
    assert found[MAY] == ["2022-04 is out of date"]
    assert bring_up_command(found) == "hardship run --from 2022-04 --month 2022-05"
    town.run("2022-04")
    assert list(outdated_months(town.lake)) == [MAY]
    town.run("2022-05")
    assert outdated_months(town.lake) == {}
    assert town.row("2022-05", "cases", key)["listed_months_count"] == 3


def test_the_same_month_again_with_the_same_result_makes_nothing_out_of_date(town):
    with town.lake.write("matches", MARCH, {"profiles": town.lake.digest("profiles", MARCH)}) as folder:
        for path in town.lake.resolve("matches", MARCH).glob("[a-z]*"):
            (folder / path.name).write_bytes(path.read_bytes())
    assert APRIL not in outdated_months(town.lake)


def test_a_month_that_is_put_between_two_others_makes_the_later_one_out_of_date(town, tmp_path):
    other = Town(Lake(tmp_path / "other"))
    other.house(1, SICK, AT_SCHOOL)
    other.run("2022-03")
    other.run("2022-05")
    assert outdated_months(other.lake) == {}
    other.run("2022-04")
    assert list(outdated_months(other.lake)) == [MAY]


def test_an_extract_that_was_read_again_makes_the_month_out_of_date(town):
    lake, table = town.lake, "parquet/taxation__incomes"

    def read(text: str) -> None:
        with lake.write(table, APRIL, {}) as folder:
            (folder / "rows.parquet").write_text(text)

    read("rows")
    rows = {"taxation__incomes": {str(APRIL): lake.digest(table, APRIL)}}
    previous = {str(MARCH): lake.digest("profiles", MARCH)}
    with lake.write("profiles", APRIL, {"rows": rows, "previous": previous}) as folder:
        for path in lake.resolve("profiles", APRIL).glob("[a-z]*"):
            (folder / path.name).write_bytes(path.read_bytes())
    assert outdated_months(lake) == {}
    read("corrected rows")
    assert outdated_months(lake)[APRIL] == ["taxation__incomes of 2022-04 was read again"]


def test_the_mark_lies_beside_the_lists_as_long_as_a_month_is_out_of_date(town):
    mark = town.lake.root / "published" / "OUT_OF_DATE.txt"
    town.house(2, SICK, AT_SCHOOL)
    town.run("2022-03")
    mark_outdated(town.lake)
    assert "2022-04: the cases of 2022-03 were decided again" in mark.read_text(encoding="utf-8")
    assert "hardship run --from 2022-04 --month 2022-05" in mark.read_text(encoding="utf-8")
    town.run("2022-04")
    town.run("2022-05")
    mark_outdated(town.lake)
    assert not mark.exists()


def test_several_months_are_brought_up_in_order_and_what_could_not_be_read_is_said_at_the_end(
    monkeypatch, tmp_path
):
    done = []
    place = monthly.workplace(tmp_path, tmp_path)
    monkeypatch.setattr(monthly, "bring_up", lambda month, *_: done.append(str(month)))

    def confirm(month: Month, _) -> None:
        assert done == ["2022-03", "2022-04", "2022-05"]
        if month != MARCH:
            raise Problems("without", [Problem(f"{month}.xlsx", "sheet", "nothing", "rows")])

    monkeypatch.setattr(monthly, "confirm_input", confirm)
    with pytest.raises(Problems) as raised:
        monthly.run_from(MARCH, MAY, place, lambda _: None)
    assert [problem.file for problem in raised.value.problems] == ["2022-04.xlsx", "2022-05.xlsx"]


def test_months_after_one_that_cannot_be_run_are_not_begun(monkeypatch, tmp_path):
    done = []

    def bring_up(month, *_):
        if month == APRIL:
            raise HardshipError("no register")
        done.append(month)

    monkeypatch.setattr(monthly, "bring_up", bring_up)
    with pytest.raises(HardshipError, match="no register"):
        monthly.run_from(MARCH, MAY, monthly.workplace(tmp_path, tmp_path), lambda _: None)
    assert done == [MARCH]
