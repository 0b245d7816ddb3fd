"""Luo and Lu when the unemployment register leaves out the town where Luo is registered, and no other."""

from datetime import date

import polars as pl
import pytest

from pipelines import monthly
from pipelines.delivery import verdict
from pipelines.month import Month
from tests.scenarios.changes import all_of, with_row, without
from tests.scenarios.people import GANGKOU, LU, LUO, XIAOLAN
from tests.scenarios.story import Story, branch

UNEMPLOYMENT = "human_resources__unemployment"

# Spells of work and unemployment that are long over, so that the town has rows in each month.
_OLD = [
    with_row(
        resident_id=LUO, registered_on=date(year, 1, 10), reason="contract_ended",
        deregistered_on=date(year, 2, 10),
    )
    for year in range(2010, 2016)
]  # fmt: skip


@pytest.fixture(scope="module")
def one_town_left_out(history, tmp_path_factory) -> Story:
    told = branch(history, tmp_path_factory.mktemp("one_town_left_out") / "home")
    before = ("2022-02", "2022-03", "2022-04")
    told.change(UNEMPLOYMENT, all_of(*_OLD), before)
    for month in map(Month.parse, before):
        monthly.ingest(month, UNEMPLOYMENT, told.place, told.said.append)
        monthly.validate(month, UNEMPLOYMENT, told.place, told.said.append)
    told.change(UNEMPLOYMENT, without(LUO), ("2022-05",))
    told.run("2022-04", "2022-05")
    return told


def test_the_register_is_used_and_the_reason_names_the_town_that_is_left_out(one_town_left_out):
    found = verdict(UNEMPLOYMENT, Month(2022, 5), one_town_left_out.place.lake)
    assert (found["verdict"], found["towns_missing"]) == ("warned", [XIAOLAN])
    [reason] = [r for r in found["reasons"] if r["id"] == "towns_missing"]
    assert "小榄镇" in reason["zh"] and "Xiaolan" in reason["en"]


def test_luo_is_not_known_to_be_employed_because_nobody_reported_of_his_town(one_town_left_out):
    assert "employment" in one_town_left_out.row("2022-04", "candidates", LUO)["dimensions"]
    may = one_town_left_out.row("2022-05", "candidates", LUO)
    assert set(may["dimensions"]) == {"medical", "disability"}
    assert "employment" in may["unassessed_dimensions"]
    assert may["status"] != "de_escalated", "nothing says that the unemployment is over"
    assert one_town_left_out.row("2022-05", "cases", LUO)["status"] == "listed"
    assert "unemployment" in one_town_left_out.row("2022-05", "cases", LUO)["open_rules"]


def test_lu_of_another_town_is_judged_by_the_months_own_register(one_town_left_out, may):
    line = one_town_left_out.row("2022-05", "candidates", LU)
    assert "employment" in line["dimensions"]
    assert (line["is_stale"], line["unassessed_dimensions"]) == (False, [])
    same = [column for column in may.profile("2022-05", LU) if not column.startswith("household_no")]
    assert [one_town_left_out.profile("2022-05", LU)[c] for c in same] == [
        may.profile("2022-05", LU)[c] for c in same
    ]


def test_coverage_says_so_of_that_town_alone(one_town_left_out):
    coverage = pl.read_parquet(one_town_left_out.published("2022-05") / "coverage.parquet")
    rows = coverage.filter(pl.col("extract") == UNEMPLOYMENT)
    status = dict(rows.select("town_code", "status").unique().iter_rows())
    assert status.pop(XIAOLAN) == "not_assessable"
    assert GANGKOU in status and set(status.values()) == {"assessable"}
    unknown = rows.filter(pl.col("town_code") == XIAOLAN)["households_unknown"]
    assert unknown.min() > 0


def test_the_towns_workbook_says_that_its_own_rows_are_missing(one_town_left_out):
    [kind] = [r for r in one_town_left_out.sheet("2022-05", XIAOLAN, "数据情况") if r[0] == "就业"]
    assert "失业登记（缺）" in kind[1] and kind[3] > 0
    [kind] = [r for r in one_town_left_out.sheet("2022-05", GANGKOU, "数据情况") if r[0] == "就业"]
    assert "失业登记" not in (kind[1] or "")
