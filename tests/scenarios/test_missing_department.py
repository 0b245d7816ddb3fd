"""Lu and Luo when human resources sends no unemployment register after April: carried, then not known."""

from datetime import date

import polars as pl
import pytest

from tests.scenarios.people import LU, LUO, XIAOLAN
from tests.scenarios.story import Story, branch

UNEMPLOYMENT = "human_resources__unemployment"


@pytest.fixture(scope="module")
def without_register(april, tmp_path_factory) -> Story:
    """April's register can stand in for May and June, and is too old for July; August has its own."""
    told = branch(april.place, tmp_path_factory.mktemp("without_register") / "home")
    told.withhold(UNEMPLOYMENT, "2022-05", "2022-06", "2022-07")
    told.run("2022-05", "2022-06", "2022-07", "2022-08")
    return told


def test_lu_continues_on_aprils_register_and_the_line_says_so(without_register):
    assert set(without_register.row("2022-04", "candidates", LU)["dimensions"]) == {"employment", "medical"}
    line = without_register.line("2022-05", XIAOLAN, LU)
    assert line["status"] == "continuing"
    assert set(line["dimensions"]) == {"employment", "medical"}
    assert "失业登记截至2022-04" in line["explanation_zh"]
    assert "as of 2022-04" in line["explanation_en"]
    assert line["is_stale"]
    june = without_register.row("2022-06", "candidates", LU)
    assert (june["status"], june["is_stale"]) == ("continuing", True)


def test_lu_whose_unemployment_is_no_longer_known_is_unassessable_and_not_cleared(without_register):
    assert without_register.towns_that_list("2022-07", LU) == []
    left_out = without_register.row("2022-07", "exclusions", LU)
    assert left_out["reason"] == "unassessable"
    assert left_out["detail_zh"] == "上月依据的数据本月无法使用，暂不能判断"
    case = without_register.row("2022-07", "cases", LU)
    assert (case["status"], case["reason"]) == ("unassessable", "unassessable")
    assert "unemployment" in case["open_rules"]


def test_lu_is_on_the_list_again_when_the_register_is_back(without_register):
    august = without_register.row("2022-08", "candidates", LU)
    assert set(august["dimensions"]) == {"employment", "medical"}
    assert not august["is_stale"]
    # It waited for a visit all the time, and nobody says that anything is new.
    assert august["status"] == "continuing"
    assert august["months_waiting"] == without_register.row("2022-06", "candidates", LU)["months_waiting"] + 2
    assert without_register.row("2022-08", "cases", LU)["first_listed_month"] == date(2022, 3, 1)


def test_luo_stays_by_the_other_troubles_and_has_not_eased(without_register):
    june, july = (without_register.row(month, "candidates", LUO) for month in ("2022-06", "2022-07"))
    assert set(june["dimensions"]) == {"employment", "medical", "disability"}
    assert set(july["dimensions"]) == {"medical", "disability"}
    assert "employment" in july["unassessed_dimensions"]
    assert july["status"] == "continuing", "nothing says that the unemployment is over"
    # The register is back and says that he works.
    assert without_register.row("2022-08", "candidates", LUO)["unassessed_dimensions"] == []


def test_nobody_whose_case_rests_on_unemployment_is_cleared_while_the_register_is_missing(without_register):
    april = pl.read_parquet(without_register.published("2022-04") / "cases.parquet")
    concerned = april.filter(pl.col("open_rules").list.contains("unemployment"))["household_key"]
    assert {without_register.key("2022-04", head) for head in (LU, LUO)} <= set(concerned)
    for month in ("2022-05", "2022-06", "2022-07"):
        cases = pl.read_parquet(without_register.published(month) / "cases.parquet")
        statuses = cases.filter(pl.col("household_key").is_in(concerned.implode()))["status"]
        assert len(statuses) == len(concerned)
        assert "cleared" not in statuses.to_list(), month


def test_coverage_names_the_missing_register_in_every_town(without_register):
    for month, status, as_of in (
        ("2022-05", "as_of", date(2022, 4, 1)), ("2022-06", "as_of", date(2022, 4, 1)),
        ("2022-07", "not_assessable", None), ("2022-08", "assessable", date(2022, 8, 1)),
    ):  # fmt: skip
        coverage = pl.read_parquet(without_register.published(month) / "coverage.parquet")
        rows = coverage.filter(pl.col("extract") == UNEMPLOYMENT)
        assert set(rows["department"]) == {"human_resources"}
        assert set(rows["status"]) == {status}
        assert set(rows["as_of_month"]) == {as_of}
        assert set(rows["town_code"]) == set(coverage["town_code"])
    july = pl.read_parquet(without_register.published("2022-07") / "coverage.parquet")
    employment = july.filter(pl.col("extract") == UNEMPLOYMENT, pl.col("dimension") == "employment")
    assert employment["households_unknown"].sum() > 0


def test_the_towns_workbook_names_the_department_and_how_many_cannot_be_assessed(without_register):
    [row] = [r for r in without_register.sheet("2022-05", XIAOLAN, "数据情况") if r[1] == "失业登记"]
    assert row[:4] == ("人社", "失业登记", "未收到", "2022-04")
    [row] = [r for r in without_register.sheet("2022-07", XIAOLAN, "数据情况") if r[1] == "失业登记"]
    assert row[:4] == ("人社", "失业登记", "未收到", "—")
    [kind] = [r for r in without_register.sheet("2022-07", XIAOLAN, "数据情况") if r[0] == "就业"]
    assert "失业登记（缺）" in kind[1]
    assert kind[3] > 0
    head = without_register.sheet("2022-07", XIAOLAN)[:3]
    assert any("失业登记（人社）未收到" in str(cell) for row in head for cell in row)
