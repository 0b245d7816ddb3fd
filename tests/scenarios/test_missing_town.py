"""Luo and Lu when the unemployment register leaves out the town where Luo is registered, and no other."""

from datetime import date

import polars as pl
import pytest

from pipelines import monthly
from pipelines.delivery import verdict
from pipelines.detect.explain import explain
from pipelines.month import Month
from pipelines.outdated import outdated_months
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
    told.change(UNEMPLOYMENT, without(LUO), ("2022-06", "2022-07"))
    for month in map(Month.parse, ("2022-06", "2022-07")):
        monthly.ingest(month, UNEMPLOYMENT, told.place, told.said.append)
        monthly.validate(month, UNEMPLOYMENT, told.place, told.said.append)
    told.run("2022-04", "2022-05", "2022-06", "2022-07")
    return told


def test_the_register_is_used_and_the_reason_names_the_town_that_is_left_out(one_town_left_out):
    found = verdict(UNEMPLOYMENT, Month(2022, 5), one_town_left_out.place.lake)
    assert (found["verdict"], found["towns_missing"]) == ("warned", [XIAOLAN])
    [reason] = [r for r in found["reasons"] if r["id"] == "towns_missing"]
    assert "小榄镇" in reason["zh"] and "Xiaolan" in reason["en"]


# In May a disability came to the troubles of April, in June nothing.
@pytest.mark.parametrize(("month", "status"), [("2022-05", "escalated"), ("2022-06", "continuing")])
def test_luo_continues_on_what_april_said_of_his_town_and_the_line_says_so(one_town_left_out, month, status):
    april = one_town_left_out.row("2022-04", "candidates", LUO)
    assert set(april["dimensions"]) == {"employment", "medical"}
    line = one_town_left_out.line(month, XIAOLAN, LUO)
    assert set(line["dimensions"]) == {"employment", "medical", "disability"}
    assert line["status"] == status
    assert "失业登记截至2022-04" in line["explanation_zh"]
    assert "as of 2022-04" in line["explanation_en"]
    found = one_town_left_out.row(month, "candidates", LUO)
    assert (found["is_stale"], found["unassessed_dimensions"]) == (True, [])
    assert "2022-04" in found["evidence_months"]


def test_the_run_asks_about_the_town_until_somebody_has_answered(one_town_left_out):
    asked = [line for line in one_town_left_out.said if line.startswith("conflicts")]
    assert ["1 town missing" in line for line in asked] == [False, True, True, True]
    told = one_town_left_out.place.lake.resolve("conflicts", Month(2022, 6)) / "缺数镇街_202206.csv"
    assert "小榄镇 / Xiaolan" in told.read_text(encoding="utf-8-sig")


def test_luo_is_not_known_to_be_employed_once_april_is_too_long_ago(one_town_left_out):
    july = one_town_left_out.row("2022-07", "candidates", LUO)
    assert set(july["dimensions"]) == {"medical", "disability"}
    assert "employment" in july["unassessed_dimensions"]
    assert july["status"] != "de_escalated", "nothing says that the unemployment is over"
    assert one_town_left_out.row("2022-07", "cases", LUO)["status"] == "listed"
    assert "unemployment" in one_town_left_out.row("2022-07", "cases", LUO)["open_rules"]


def test_a_town_stays_missing_until_rows_of_it_come(one_town_left_out):
    for month in (Month(2022, 6), Month(2022, 7)):
        found = verdict(UNEMPLOYMENT, month, one_town_left_out.place.lake)
        assert found["towns_missing"] == [XIAOLAN], month


@pytest.fixture(scope="module")
def answered(one_town_left_out, tmp_path_factory) -> Story:
    told = branch(one_town_left_out.place, tmp_path_factory.mktemp("answered") / "home")
    told.answer_missing_towns("2022-06", "确无记录")
    outdated = outdated_months(told.place.lake, told.place.landing)
    assert list(outdated) == [Month(2022, 6), Month(2022, 7)], "both rest on the town's being missing"
    told.run("2022-06", "2022-07")
    return told


def test_a_town_that_truly_has_no_rows_any_more_is_asked_about_and_the_answer_ends_it(answered):
    for month in (Month(2022, 6), Month(2022, 7)):
        assert verdict(UNEMPLOYMENT, month, answered.place.lake)["towns_missing"] == [], month
    assert verdict(UNEMPLOYMENT, Month(2022, 5), answered.place.lake)["towns_missing"] == [XIAOLAN]
    queue = answered.place.lake.resolve("conflicts", Month(2022, 6))
    assert not list(queue.glob("缺数镇街*")), "nothing is asked twice"
    assert not any("town missing" in line for line in answered.said)


def test_luo_is_known_not_to_be_registered_from_the_answer_on_and_only_then(answered, one_town_left_out):
    june = answered.row("2022-06", "candidates", LUO)
    assert set(june["dimensions"]) == {"medical", "disability"}
    assert (june["unassessed_dimensions"], june["status"]) == ([], "de_escalated")
    coverage = pl.read_parquet(answered.published("2022-06") / "coverage.parquet")
    rows = coverage.filter(pl.col("extract") == UNEMPLOYMENT)
    assert set(rows["status"]) == {"assessable"}
    same = answered.published("2022-05") / "candidates.parquet"
    before = one_town_left_out.published("2022-05") / "candidates.parquet"
    assert same.read_bytes() == before.read_bytes(), "the month before the answer stays as it was"


def test_the_answer_that_rows_are_owed_leaves_the_town_missing(one_town_left_out, tmp_path):
    told = branch(one_town_left_out.place, tmp_path / "home")
    told.answer_missing_towns("2022-06", "漏报")
    told.run("2022-06")
    assert verdict(UNEMPLOYMENT, Month(2022, 6), told.place.lake)["towns_missing"] == [XIAOLAN]
    assert (told.place.lake.resolve("conflicts", Month(2022, 6)) / "缺数镇街_202206.csv").exists()


def test_the_explanation_of_luos_household_names_april(one_town_left_out):
    key = one_town_left_out.key("2022-05", LUO)
    told = explain(Month(2022, 5), one_town_left_out.place.lake, key)
    [rule] = [rule for rule in told["rules"] if rule["rule_id"] == "unemployment"]
    [source] = [source for source in rule["sources"] if source["extract"] == UNEMPLOYMENT]
    assert (source["months"], source["is_stale"]) == ("2022-04", True)


def test_lu_of_another_town_is_judged_by_the_months_own_register(one_town_left_out, may):
    line = one_town_left_out.row("2022-05", "candidates", LU)
    assert "employment" in line["dimensions"]
    assert (line["is_stale"], line["unassessed_dimensions"]) == (False, [])
    same = [column for column in may.profile("2022-05", LU) if not column.startswith("household_no")]
    assert [one_town_left_out.profile("2022-05", LU)[c] for c in same] == [
        may.profile("2022-05", LU)[c] for c in same
    ]


@pytest.mark.parametrize(
    ("month", "there", "as_of"),
    [("2022-05", "as_of", date(2022, 4, 1)), ("2022-07", "not_assessable", None)],
)
def test_coverage_says_so_of_that_town_alone(one_town_left_out, month, there, as_of):
    coverage = pl.read_parquet(one_town_left_out.published(month) / "coverage.parquet")
    rows = coverage.filter(pl.col("extract") == UNEMPLOYMENT)
    status = dict(rows.select("town_code", "status").unique().iter_rows())
    assert status.pop(XIAOLAN) == there
    assert GANGKOU in status and set(status.values()) == {"assessable"}
    here = rows.filter(pl.col("town_code") == XIAOLAN)
    assert set(here["as_of_month"]) == {as_of}


def test_households_that_cannot_be_assessed_are_counted(one_town_left_out):
    coverage = pl.read_parquet(one_town_left_out.published("2022-07") / "coverage.parquet")
    rows = coverage.filter(pl.col("extract") == UNEMPLOYMENT)
    unknown = rows.filter(pl.col("town_code") == XIAOLAN)["households_unknown"]
    assert unknown.min() > 0


def test_the_towns_workbook_says_that_its_own_rows_are_missing(one_town_left_out):
    [kind] = [r for r in one_town_left_out.sheet("2022-05", XIAOLAN, "数据情况") if r[0] == "就业"]
    assert "失业登记（2022-04）" in kind[1]
    [kind] = [r for r in one_town_left_out.sheet("2022-07", XIAOLAN, "数据情况") if r[0] == "就业"]
    assert "失业登记（缺）" in kind[1] and kind[3] > 0
    [kind] = [r for r in one_town_left_out.sheet("2022-05", GANGKOU, "数据情况") if r[0] == "就业"]
    assert "失业登记" not in (kind[1] or "")
