"""The Chens and the assistance roll: on it, stopped, for one person alone, and without the roll."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from tests.scenarios.changes import all_of, rewritten, with_row, without
from tests.scenarios.people import CHEN, CHEN_ON_THE_ROLL, MAI, SHIQI, YANG, family_of
from tests.scenarios.story import Story, branch

ROLL = "civil_affairs__assistance_roll"
WIFE_AND_SON = family_of(CHEN)[1:]


def test_the_chens_whose_dibao_was_stopped_are_listed(story):
    stopped = rewritten(CHEN_ON_THE_ROLL, *WIFE_AND_SON, stopped_on=date(2022, 2, 28))
    story.change(ROLL, stopped, ("2022-05",))
    story.run("2022-05")
    assert story.profile("2022-05", CHEN)["is_covered"] is False
    line = story.line("2022-05", SHIQI, CHEN)
    assert {"disability", "medical"} <= set(line["dimensions"])
    assert line["not_covered_zh"] == "截至2022-05不在低保、低保边缘、特困、孤儿救助名册"


def test_dibao_for_chen_alone_covers_neither_his_wife_nor_his_son(story):
    alone = all_of(rewritten(CHEN_ON_THE_ROLL, is_single_person=True), without(*WIFE_AND_SON))
    story.change(ROLL, alone, ("2022-05",))
    story.run("2022-05")
    line = story.line("2022-05", SHIQI, CHEN)
    assert line["not_covered_zh"] == "截至2022-05不在低保、低保边缘、特困、孤儿救助名册（另有1名成员单人保）"
    assert line["not_covered_en"].endswith("as of 2022-05 (members on dibao alone: 1)")
    # He is still a member and his bills are the family's, but his certificate is helped already.
    profile = story.profile("2022-05", CHEN)
    assert profile["members_count"] == 3
    assert profile["medical_self_paid_12m_yuan"] == Decimal("18000.00")
    matched = story.matched("2022-05", CHEN)
    assert "heavy_medical_spending" in matched
    assert "disability" not in matched


@pytest.fixture(scope="module")
def without_roll(april, tmp_path_factory) -> Story:
    """Civil affairs sends no roll after April; in July Mai, whose bill is heavy, has an accident."""
    told = branch(april.place, tmp_path_factory.mktemp("without_roll") / "home")
    told.withhold(ROLL, "2022-05", "2022-06", "2022-07")
    accident = with_row(
        resident_id=MAI, incident_on=date(2022, 7, 3), incident_kind="traffic", house_damage="none"
    )
    told.change("emergency__incidents", accident, ("2022-07",))
    told.run("2022-05", "2022-06", "2022-07")
    return told


def test_without_mays_roll_aprils_is_used_and_the_reason_says_so(without_roll):
    assert without_roll.towns_that_list("2022-05", CHEN) == []
    left_out = without_roll.row("2022-05", "exclusions", CHEN)
    assert left_out["reason"] == "covered"
    assert left_out["detail_zh"] == "已在保：低保，自2020-03起（截至2022-04名册）"
    assert left_out["detail_en"] == "already covered: dibao since 2020-03 (roll as of 2022-04)"
    yang = without_roll.row("2022-05", "candidates", YANG)
    assert yang["not_covered_zh"] == "截至2022-04不在低保、低保边缘、特困、孤儿救助名册"


def test_a_roll_past_its_age_lets_nobody_new_onto_a_list(without_roll):
    assert {"heavy_medical_spending", "accident_or_disaster"} <= without_roll.matched("2022-07", MAI)
    assert without_roll.towns_that_list("2022-07", MAI) == []
    left_out = without_roll.row("2022-07", "exclusions", MAI)
    assert left_out["reason"] == "unassessable"
    assert left_out["detail_zh"] == "救助名册过期或未收到，无法确认是否在保"
    statuses = pl.read_parquet(without_roll.published("2022-07") / "candidates.parquet")["status"]
    assert "new" not in statuses.to_list()


def test_a_roll_past_its_age_uncovers_nobody_and_takes_nobody_off(without_roll):
    assert without_roll.profile("2022-07", CHEN)["is_covered"] is None
    assert without_roll.towns_that_list("2022-07", CHEN) == []
    assert without_roll.row("2022-07", "exclusions", CHEN)["reason"] == "covered"
    assert without_roll.row("2022-07", "cases", CHEN)["status"] == "covered"
    yang = without_roll.row("2022-07", "candidates", YANG)
    assert yang["status"] == "continuing"
    assert yang["not_covered_zh"] == "救助名册过期或未收到，未能核对"
