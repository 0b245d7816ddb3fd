"""What the terminal says after a run."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from pipelines.plain import table
from pipelines.publish import publish, rendered, summary

from .conftest import MONTH, Household, some_households


def test_before_a_month_is_published_only_the_deliveries_are_told(city, extracts):
    found = summary(extracts, MONTH, city.lake)
    assert not found["is_published"]
    assert len(found["departments"]) == len(extracts)
    assert found["towns"] == []
    assert "2022-06 is not published." in rendered(found)
    assert "Nothing arrived this month." in rendered(found)


@pytest.fixture
def found(city, extracts):
    city.lay(some_households())
    publish(extracts, MONTH, city.lake)
    return summary(extracts, MONTH, city.lake)


def test_every_town_is_told_with_its_figures_and_the_path_of_its_list(found):
    assert len(found["towns"]) == 23
    sanjiao = next(town for town in found["towns"] if town["code"] == "442000109")
    assert (sanjiao["listed"], sanjiao["new"], sanjiao["waiting"], sanjiao["not_listed"]) == (3, 2, 1, 2)
    assert sanjiao["reasons"] == {"covered": 1, "waiting_for_capacity": 1}
    assert all(Path(town["path"]).is_file() for town in found["towns"])
    assert found["totals"]["listed"] == sum(town["listed"] for town in found["towns"]) == 4


def test_the_summary_is_plain_json(found):
    assert json.loads(json.dumps(found)) == found


def test_the_terminal_shows_towns_reasons_and_where_the_lists_lie(found):
    text = rendered(found)
    (line,) = [line for line in text.splitlines() if "三角镇" in line and line.startswith("442000109")]
    assert line.split() == ["442000109", "三角镇", "Sanjiao", "3", "2", "2", "1", "1"]
    assert found["folder"] in text


def test_columns_stand_straight_beside_chinese_text():
    lines = table(["name", "n"], [["三角镇", 1], ["x", 12345]])
    widths = {sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in lines[1:]}
    assert widths == {len("三角镇") * 2 + 2 + len("12,345")}
    assert lines[-1].endswith("12,345")


def test_a_household_that_no_town_stands_for_any_more_is_not_lost(city, extracts):
    gone = Household(9, town_code=None, reason="deceased")
    city.lay([*some_households(), gone], spoil={"matches": lambda f: f.filter(f["household_no"] != 9)})
    publish(extracts, MONTH, city.lake)
    found = summary(extracts, MONTH, city.lake)
    assert found["without_town"] == 1
    assert found["totals"]["not_listed"] == 1 + sum(town["not_listed"] for town in found["towns"])
    assert "and 1 not listed that live in no town any more" in rendered(found)
