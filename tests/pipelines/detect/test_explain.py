"""Explain: why a household is on the list, or why it is not, with every rule's answer."""

from __future__ import annotations

import pytest

from pipelines.detect import explain, in_words
from pipelines.month import Month
from pipelines.problem import HardshipError
from pipelines.rule import load_rules
from tests.pipelines.detect.town import AT_SCHOOL, EMPLOYED, SICK, UNEMPLOYED

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
    with pytest.raises(HardshipError, match="run link"):
        explain(Month.parse("2022-06"), town.lake, "H0000000000000000")
