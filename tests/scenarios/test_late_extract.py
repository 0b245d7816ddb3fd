"""Families whose month is run before an extract arrives, and again when it has."""

from __future__ import annotations

import json
import shutil

import openpyxl
import pytest

from pipelines import monthly
from pipelines.lake import content_digest
from pipelines.month import Month
from pipelines.outdated import outdated_months
from tests.scenarios.people import DONGFENG, OU, SANJIAO, YANG
from tests.scenarios.story import Story, branch

SETTLEMENTS = "medical_insurance__settlements"
MAY = Month(2022, 5)


@pytest.fixture(scope="module")
def late(history, tmp_path_factory) -> Story:
    """May is run without the settlements of its last months, which arrive afterwards."""
    told = branch(history, tmp_path_factory.mktemp("late") / "home")
    kept = tmp_path_factory.mktemp("kept")
    months = ("2022-05",)
    for month in months:
        shutil.copytree(told.place.landing / month, kept / month)
    told.withhold(SETTLEMENTS, *months)
    told.run("2022-05")
    for month in months:
        shutil.copytree(kept / month, told.place.landing / month, dirs_exist_ok=True)
    told.run("2022-05")
    return told


def test_the_second_revision_says_its_number_and_which_extract_arrived(late):
    revision = json.loads((late.published("2022-05") / "revision.json").read_text())
    assert revision["number"] == 2
    assert revision["arrived"] == [{"extract": SETTLEMENTS, "month": "2022-05"}]
    assert late.place.lake.about("published", MAY)["revision"] == 2


def test_the_towns_workbook_says_what_is_otherwise_than_in_the_first(late):
    rows = [[str(cell or "") for cell in row] for row in late.sheet("2022-05", SANJIAO, "数据情况")]
    [head] = [n for n, row in enumerate(rows) if row[0].startswith("本名单为第2版")]
    assert "结算" in rows[head + 1][0] and "2022-05" in rows[head + 1][0]
    told = {row[1]: row for row in rows[head + 3 :] if row[1]}
    assert told[late.key("2022-05", YANG)][0] in ("新列入", "情况有变")
    assert "第2版" in "".join(str(c or "") for row in late.sheet("2022-05", SANJIAO)[:3] for c in row)


def test_the_lists_are_those_of_a_month_whose_files_were_all_there_at_once(late, may):
    for name in ("candidates", "matches", "exclusions", "cases", "coverage"):
        ours, theirs = (told.published("2022-05") / f"{name}.parquet" for told in (late, may))
        assert ours.read_bytes() == theirs.read_bytes(), name
    line = late.line("2022-05", DONGFENG, OU)
    assert line["explanation_zh"] == may.line("2022-05", DONGFENG, OU)["explanation_zh"]


def test_a_third_run_without_anything_new_changes_no_byte(late):
    before = content_digest(late.published("2022-05"))
    about = late.place.lake.about("published", MAY)
    monthly.publish(MAY, late.place, late.said.append)
    late.run("2022-05")
    assert content_digest(late.published("2022-05")) == before
    assert late.place.lake.about("published", MAY)["revision"] == about["revision"]
    assert outdated_months(late.place.lake) == {}


def test_a_first_revision_speaks_of_none(may):
    assert not (may.published("2022-05") / "revision.json").exists()
    [path] = may.published("2022-05").glob(f"towns/{SANJIAO}_*/*.xlsx")
    for sheet in openpyxl.load_workbook(path):
        assert not any("第2版" in str(c) for row in sheet.iter_rows(values_only=True) for c in row)


def test_an_extract_that_tells_nothing_of_households_leaves_them_as_they_were_found(may, tmp_path):
    """And is heard all the same: what is said of the people in them is made again."""
    told = branch(may.place, tmp_path / "home")
    lake = told.place.lake
    before = {table: lake.about(table, MAY) for table in ("households", "profiles")}
    told.withhold("human_resources__unemployment", "2022-05")
    told.run("2022-05")
    assert lake.about("households", MAY) == before["households"]
    assert lake.about("profiles", MAY)["digest"] != before["profiles"]["digest"]
    told.withhold("civil_affairs__marriages", "2022-05")
    told.run("2022-05")
    assert lake.about("households", MAY)["inputs"] != before["households"]["inputs"]
