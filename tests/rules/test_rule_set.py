"""The manners of the rule set: what an official may rely on in every rule."""

from __future__ import annotations

import re

import pytest

from pipelines import rule
from pipelines.contract import load_contracts
from pipelines.month import Month

RULES = rule.load_rules()
SIGNALS = {r.id for r in RULES.rules.values() if r.effect == "signal"}
LISTING = {r.id for r in RULES.rules.values() if r.effect == "list"}
EXCLUDING = {r.id for r in RULES.rules.values() if r.effect == "exclude"}


def test_every_hardship_that_was_asked_for_has_a_rule():
    assert {
        "heavy_medical_spending", "unemployment", "disability", "education_cost", "accident_or_disaster",
        "weak_labour_capacity", "lost_breadwinner", "unsafe_housing",
    } == SIGNALS  # fmt: skip
    assert {"low_income", "rigid_spending_ratio", "net_income_below_dibao"} == LISTING
    assert {"second_home", "recent_car", "paid_in_capital"} == EXCLUDING


def test_no_rule_deserves_a_warning():
    assert [str(warning) for warning in RULES.warnings] == []


def test_values_past_their_review_day_are_named_but_stop_nobody():
    assert RULES.expired(Month.parse("2022-06")) == []
    late = [problem.file for problem in RULES.expired(Month.parse("2023-06"))]
    assert "parameters/dibao_standard.yaml" in late and "parameters/pension_age_men.yaml" not in late


@pytest.mark.parametrize("one", RULES.rules.values(), ids=RULES.rules)
def test_no_sentence_tells_which_disability_or_illness(one):
    kinds = "视力|听力|言语|肢体|智力|精神|多重|癌|肿瘤|blind|deaf|mental|intellectual|physical|cancer"
    said = [*one.explanation.values(), *(text for r in one.remarks for text in (r.zh, r.en))]
    assert not re.search(kinds, " ".join(said))


def test_references_and_false_positives_are_worded_in_chinese_and_english():
    parameters = [*RULES.shared.values(), *(p for r in RULES.rules.values() for p in r.parameters.values())]
    references = [item for owner in (*RULES.rules.values(), *parameters) for item in owner.references]
    wordings = [item["title"] for item in references]
    wordings += [wording for r in RULES.rules.values() for wording in r.false_positives]
    for wording in wordings:
        assert re.search(r"[\u4e00-\u9fff]", wording["zh"]), wording
        assert not re.search(r"[\u4e00-\u9fff]", wording["en"]), wording


def test_every_dimension_has_a_signal():
    dimensions = load_contracts()["candidates"].property("dimensions").enum
    assert {RULES.rules[rule_id].dimension for rule_id in SIGNALS} == set(dimensions)


def test_a_rule_before_its_first_value_is_not_run():
    before = {r.id for r in RULES.in_force(Month.parse("2020-12"))}
    assert "heavy_medical_spending" not in before and "low_income" in before
    assert "heavy_medical_spending" in {r.id for r in RULES.in_force(Month.parse("2021-01"))}


def test_a_month_is_judged_by_the_values_in_force_at_its_end():
    values = [
        rule.parameters_in_force(month=Month.parse(month))["dibao_standard"]
        for month in ("2020-12", "2021-01", "2021-12", "2022-01")
    ]
    assert values == [1100, 1120, 1120, 1160]


def test_the_minimum_wage_rose_in_december_2021():
    november, december = (
        rule.parameters_in_force(month=Month.parse(m))["minimum_wage"] for m in ("2021-11", "2021-12")
    )
    assert (november, december) == (1720, 1900)


def test_a_month_before_all_values_is_refused_with_every_parameter_named():
    with pytest.raises(Exception, match=r"dibao_standard\.yaml") as refused:
        rule.parameters_in_force(month=Month.parse("2019-12"))
    assert "minimum_wage.yaml" in str(refused.value)


def test_the_schema_for_editors_is_named_in_every_rule():
    for one in RULES.rules.values():
        first = one.document.path.read_text(encoding="utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=rule.schema.json"
