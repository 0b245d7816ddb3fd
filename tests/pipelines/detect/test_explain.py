"""Explain: why a household is on the list, or why it is not, with every rule's answer."""

from __future__ import annotations

import pytest

from pipelines.detect import explain, in_words
from pipelines.month import Month
from pipelines.problem import HardshipError
from pipelines.rule import load_rules
from tests.pipelines.detect.town import AT_SCHOOL, EMPLOYED, SICK, UNEMPLOYED, XIAOLAN

MAY = Month.parse("2022-05")
BLIND = {**EMPLOYED, "has_disability_certificate": True, "disability_category": "1", "disability_grade": 1}


def test_every_rule_in_force_answers_with_values_limits_and_sources(town):
    key = town.house(1, SICK, residents=(UNEMPLOYED, EMPLOYED), incidents_6m_count=None)
    town.run("2022-05")
    told = explain(MAY, town.lake, key)
    answers = {one["rule_id"]: one["answer"] for one in told["rules"]}
    assert set(answers) == {rule.id for rule in load_rules().in_force(MAY)}
    assert answers["heavy_medical_spending"] == answers["unemployment"] == "match"
    assert answers["accident_or_disaster"] == "unknown" and answers["low_income"] == "no match"
    medical = next(one for one in told["rules"] if one["rule_id"] == "heavy_medical_spending")
    assert medical["limits"]["self_paid_limit"] == {"value": "8,000", "unit": "yuan", "since": "2022-01-01"}
    assert medical["parts"][0]["values"]["medical_self_paid_12m_yuan"] == "9800.00"
    assert {source["months"] for source in medical["sources"]} == {"2021-06..2022-05", "2022-05"}
    assert told["candidates"]["rank"] == 1 and told["cases"]["status"] == "listed"
    words = in_words(told)
    for text in ("自付医疗费9,800元", "self_paid_limit 8,000", "M 40", "第1位", "not known"):
        assert text in words


def test_a_household_that_is_not_listed_is_told_why_not(town):
    key = town.house(1, SICK)
    quiet = town.house(2)
    town.run("2022-05")
    assert "1个维度，未达2个" in in_words(explain(MAY, town.lake, key))
    told = explain(MAY, town.lake, quiet)
    assert told["cases"] is None and {one["answer"] for one in told["rules"]} == {"no match"}
    assert "无稳定规则命中" in in_words(told)


def test_which_disability_it_is_stays_untold(town):
    key = town.house(1, SICK, residents=(BLIND,))
    town.run("2022-05")
    told = explain(MAY, town.lake, key)
    disability = next(one for one in told["rules"] if one["rule_id"] == "disability")
    assert disability["answer"] == "match"
    assert set(disability["parts"][0]["values"].values()) == {"(withheld)"}
    assert set(disability["parts"][0]["clauses"].values()) == {"(withheld)"}


def test_a_household_that_is_gone_is_told_from_its_case(town):
    key = town.house(1, SICK, AT_SCHOOL)
    town.house(2)
    town.run("2022-05")
    town.leave(1)
    town.run("2022-06")
    assert "家庭已不在册" in in_words(explain(Month.parse("2022-06"), town.lake, key))


def test_a_key_nobody_has_is_refused(town):
    town.house(1)
    town.run("2022-05")
    with pytest.raises(HardshipError, match="No household H0000000000000000"):
        explain(MAY, town.lake, "H0000000000000000")
    with pytest.raises(HardshipError, match="Run it first"):
        explain(Month.parse("2022-06"), town.lake, "H0000000000000000")


def test_the_whole_history_of_a_case_is_told_in_words(town):
    key = town.house(1, SICK)
    town.run("2022-03")
    town.house(1, SICK, AT_SCHOOL)
    town.run("2022-04")
    town.visit("2022-05", key, "2022-05-18", "confirmed_pending", help_given="临时救助申请中")
    seen = {"last_visited_on": "2022-05-18", "last_visit_outcome": "confirmed_pending"}
    town.house(1, SICK, AT_SCHOOL, seen, town_code=XIAOLAN)
    town.run("2022-05")
    town.house(1, SICK, AT_SCHOOL, seen, is_covered=True, covered_by="dibao", covered_since_on="2022-06-01")
    town.run("2022-06")
    words = in_words(explain(Month.parse("2022-06"), town.lake, key))
    lines = words[words.index("history") :].splitlines()[1:6]
    for line, said in zip(
        lines,
        (
            ("2022-03", "观察", "1个维度，未达2个"),
            ("2022-04", "已列入", "新增 / new on the list", "第1位", "医疗"),
            ("2022-05", "不列入", "2022-07-18前不再列入", "由442000109迁至442000118"),
            ("2022-05-18", "走访", "属实待办", "临时救助申请中"),
            ("2022-06", "已纳入救助", "低保"),
        ),
        strict=True,
    ):
        for text in said:
            assert text in line, (text, line)
    assert "2022-05-18" not in in_words(explain(Month.parse("2022-04"), town.lake, key)), "not known yet"


def test_the_history_of_a_merged_household_goes_back_to_those_it_came_from(town):
    old = town.house(1, SICK, AT_SCHOOL, residents=({**EMPLOYED, "resident_key": 11},))
    into = town.house(2, residents=({**EMPLOYED, "resident_key": 21},))
    town.run("2022-04")
    town.visit("2022-05", old, "2022-04-20", "not_reached")
    town.leave(1)
    both = ({**EMPLOYED, "resident_key": 11}, {**EMPLOYED, "resident_key": 21})
    town.house(2, SICK, AT_SCHOOL, residents=both)
    town.run("2022-05")
    words = in_words(explain(MAY, town.lake, into))
    history = words[words.index("history") :].splitlines()[1:4]
    assert "2022-04" in history[0] and f"formerly {old}" in history[0]
    assert "未见到人" in history[1] and f"joined by {old}" in history[2]


def test_why_not_tells_how_far_from_the_bar_and_what_nobody_knows(town):
    unknown = {"education_fees_12m_yuan": None, "education_fees_12m_at_least_yuan": None}
    key = town.house(1, SICK, unknown, newest_car_age_months=6, net_income_per_head_12m_at_most_yuan=None,
                     net_income_per_head_12m_yuan=None)  # fmt: skip
    town.run("2022-05")
    told = explain(MAY, town.lake, key)
    said = " | ".join(zh for zh, _ in told["why_not"])
    assert told["why_not"][0][0] == town.row("2022-05", "exclusions", key)["detail_zh"]
    for words in (
        "符合的困难类型1个，列入需2个",
        "无法判断：教育",
        "单独列入的规则无法判断：扣除必需支出后",
        "就业",
    ):
        assert words in said, words
    listed = town.house(2, SICK, AT_SCHOOL)
    quiet = town.house(3)
    town.run("2022-05")
    assert explain(MAY, town.lake, listed)["why_not"] == []
    assert explain(MAY, town.lake, quiet)["why_not"][0][0] == "符合的困难类型0个，列入需2个"
