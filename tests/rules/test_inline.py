"""Every example in every rule's own file is answered as its author expects."""

from __future__ import annotations

import dataclasses

import pytest

from pipelines import rule
from pipelines.rule.bind import sealed_database
from pipelines.rule.inline import run_inline_test

RULES = rule.load_rules()
CASES = [(r, test) for r in RULES.rules.values() for test in r.tests]


@pytest.fixture(scope="module")
def database():
    with sealed_database() as db:
        yield db


@pytest.mark.parametrize(("one", "example"), CASES, ids=[f"{r.id}: {test.name}" for r, test in CASES])
def test_example_of_the_rule(database, one, example):
    result = run_inline_test(database, RULES, one, example)
    assert result.passed, f"{one.document.path.name}, line {result.line}: {result.found}"


def test_an_example_that_expects_the_wrong_answer_fails(database, tmp_path):
    one = RULES.rules["heavy_medical_spending"]
    wrong_answer = dataclasses.replace(one.tests[0], expect="no match")
    wrong_words = dataclasses.replace(one.tests[0], explanation={"zh": "近12个月自付医疗费9,000元"})
    assert "match where no match is expected" in run_inline_test(database, RULES, one, wrong_answer).found
    assert "8,000" in run_inline_test(database, RULES, one, wrong_words).found


def test_all_examples_run_in_one_call():
    results = rule.run_inline_tests(RULES)
    assert len(results) == len(CASES)
    assert {result.rule_id for result in results} == set(RULES.rules)
