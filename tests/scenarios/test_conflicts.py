"""Families about whom the data contradict themselves: nobody visits until a person has found out."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.month import Month
from pipelines.outdated import outdated_months
from tests.scenarios.changes import rewritten, with_row
from tests.scenarios.people import CHEN, LU, LUO, SANJIAO, YANG, family_of
from tests.scenarios.story import Story

JUNE = Month(2022, 6)
SPOUSE = family_of(YANG)[1]
NET_INCOME = "net_income_per_head_12m_yuan"


@pytest.fixture
def reported_dead(story) -> Story:
    """The register of deaths learns in May that Yang's wife died in January; she goes on earning."""
    death = with_row(
        resident_id=SPOUSE, reason="death", event_on=date(2022, 1, 20), cancelled_on=date(2022, 5, 20)
    )
    story.change("public_security__cancellations", death, ("2022-05",))
    story.run("2022-05")
    return story


def test_a_family_with_a_member_dead_in_one_source_and_earning_in_another_is_on_no_list(reported_dead):
    assert reported_dead.towns_that_list("2022-05", YANG) == []
    left_out = reported_dead.row("2022-05", "exclusions", YANG)
    assert left_out["reason"] == "conflict"
    assert "登记死亡后仍有" in left_out["detail_zh"] and "身份冲突名单" in left_out["detail_zh"]
    assert "reported dead" in left_out["detail_en"] and "queue of conflicts" in left_out["detail_en"]
    assert any("1 death and life to be answered" in text for text in reported_dead.said)


def test_until_somebody_answers_she_is_a_member_and_her_income_counts(reported_dead):
    profile = reported_dead.profile("2022-05", YANG)
    assert (profile["members_count"], profile["conflict_reason"]) == (4, "death_and_life")
    assert SPOUSE in reported_dead.household("2022-05", YANG)
    assert profile["breadwinner_deaths_12m_count"] in (None, 0)


def test_found_alive_the_family_is_listed_as_if_nobody_had_reported_a_death(reported_dead, may):
    reported_dead.answer_conflicts("2022-05", "健在")
    reported_dead.run("2022-05")
    assert any("conflicts none to be answered" in text for text in reported_dead.said)
    line = reported_dead.line("2022-05", SANJIAO, YANG)
    assert line["explanation_zh"] == may.line("2022-05", SANJIAO, YANG)["explanation_zh"]
    reported_dead.run("2022-06")
    assert reported_dead.line("2022-06", SANJIAO, YANG)["status"] == "continuing"


def test_found_dead_she_leaves_the_household_and_the_family_is_judged_without_her(reported_dead):
    reported_dead.answer_conflicts("2022-05", "已故")
    reported_dead.run("2022-05")
    profile = reported_dead.profile("2022-05", YANG)
    assert (profile["members_count"], profile["conflict_reason"]) == (3, None)
    assert profile["breadwinner_deaths_12m_count"] == 1
    assert reported_dead.towns_that_list("2022-05", YANG) == [SANJIAO]


def test_a_listed_family_leaves_the_list_for_a_conflict_and_comes_back_when_it_is_answered(story):
    permit = {
        "resident_id": YANG, "name": "杨大志", "sex": "M", "birth_on": date(1977, 3, 12),
        "living_address": "三角镇某路3号", "town_code": SANJIAO, "permit_issued_on": date(2022, 6, 1),
        "permit_expires_on": date(2023, 6, 1),
    }  # fmt: skip
    story.run("2022-05")
    story.change("public_security__residence_permits", with_row(**permit), ("2022-06",))
    story.run("2022-06")
    assert story.towns_that_list("2022-06", YANG) == []
    left_out = story.row("2022-06", "exclusions", YANG)
    assert left_out["reason"] == "conflict" and "两个姓名" in left_out["detail_zh"]
    assert story.row("2022-06", "cases", YANG)["status"] == "excluded"
    lake, landing = story.place.lake, story.place.landing
    story.answer_conflicts("2022-06", "同一人")
    assert outdated_months(lake, landing)[JUNE] == ["answers to its conflicts came or changed"]
    story.run("2022-06")
    assert story.towns_that_list("2022-06", YANG) == [SANJIAO]
    assert outdated_months(lake, landing) == {}
    (landing / "2022-06/confirmations").rename(landing / "2022-05/confirmations")
    assert list(outdated_months(lake, landing)) == [JUNE.plus(-1), JUNE], "it holds from May on then"


def _twice(rows):
    return rows.vstack(rewritten(YANG, name="杨大志")(rows).filter(rows["resident_id"] == YANG))


def test_two_rows_of_the_register_under_one_number_and_two_names_keep_the_family_off_the_list(story):
    story.run("2022-05")
    story.change("public_security__residents", _twice, ("2022-06",))
    story.run("2022-06")
    assert story.towns_that_list("2022-06", SPOUSE) == []
    assert story.row("2022-06", "exclusions", SPOUSE)["reason"] == "conflict"


def test_in_a_citys_first_month_the_rest_of_the_family_register_waits_with_that_person(story):
    story.change("public_security__residents", _twice, ("2022-05",))
    story.run("2022-05")
    assert any("1 two names to be answered" in text for text in story.said)
    assert story.towns_that_list("2022-05", SPOUSE) == []
    profile = story.profile("2022-05", SPOUSE)
    assert (profile["is_conflict"], profile["conflict_reason"]) == (True, "two_names")
    elsewhere = [head for head in (LU, LUO, CHEN) if story.profile("2022-05", head)["is_conflict"]]
    assert elsewhere == [], "nobody else waits"
