"""However many rules are asked together, each says of a household what it says alone."""

from __future__ import annotations

import random

import pytest

from pipelines import rule
from pipelines.month import Month
from pipelines.rule.bind import sealed_database
from pipelines.rule.inline import profile_table
from tests.bench.many_rules import copied_rules
from tests.rules.files import changed, folder_of
from tests.rules.test_answers import any_household, any_resident

JUNE = Month.parse("2022-06")


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> rule.RuleSet:
    """140 rules; nine in ten concern households of one size or people of one age alone."""
    return rule.load_rules(copied_rules(tmp_path_factory.mktemp("rules") / "many", 10, are_for_some=True))


def _compiled(rules: rule.RuleSet, unit: str) -> list[rule.Compiled]:
    return [
        rule.compile_rule(one, JUNE, rules.profiles[unit]) for one in rules.in_force(JUNE) if one.unit == unit
    ]


def _people(rules: rule.RuleSet, unit: str, seed: int) -> list[dict]:
    """Profile rows; sizes and ages among those that some rules concern, others, and unknown."""
    r = random.Random(seed)
    if unit == "household":
        rows = [{**any_household(r), "members_count": r.choice([None, *range(1, 12)])} for _ in range(600)]
        return [{"household_no": n, **row} for n, row in enumerate(rows)]
    rows = [{**any_resident(r), "age_years": r.choice([None, 20, *range(36, 47)])} for _ in range(600)]
    return [{"household_no": r.randrange(250), **row} for row in rows]


@pytest.mark.parametrize("unit", ["household", "resident"])
def test_a_household_is_answered_by_140_rules_together_as_by_each_alone(many, unit):
    compiled = _compiled(many, unit)
    places = rule.places_of(compiled)
    assert len({place.column for place in places.values()}) == (4 if unit == "household" else 1)
    write = rule.households_sql if unit == "household" else rule.residents_sql
    with sealed_database() as db:
        rows = _people(many, unit, seed=7)
        db.register(f"{unit}_profile", profile_table(many.profiles[unit], tuple(rows)))
        values = {name: value for c in compiled for name, value in c.values.items()}
        sql = write(compiled)
        together = {row["household_no"]: row for row in db.rows(sql, rule.used_values(sql, values))}
        seen = set()
        for c in compiled:
            # stated anew: of residents one who matches settles it, else one of whom it is unknown
            counts = "not coalesce(is_covered_alone, false) and " if unit == "resident" else ""
            alone = f"select household_no, {counts}({c.answer}) as answer from {unit}_profile"
            found: dict[int, set] = {}
            for row in db.rows(alone, rule.used_values(alone, c.values)):
                found.setdefault(row["household_no"], set()).add(row["answer"])
            assert found.keys() == together.keys()
            for household, answers in found.items():
                expected = True if True in answers else None if None in answers else False
                assert together[household][c.rule.id] is expected, (c.rule.id, household)
                seen.add((c.rule.id, expected))
    assert len(seen) > 2.5 * len(compiled), "too few rules were answered in all three ways"


def test_a_rule_for_households_of_one_size_is_unknown_where_the_size_is(tmp_path):
    detection = {
        "heavy": "medical_self_paid_12m_at_least_yuan >= $limit or medical_self_paid_12m_yuan >= $limit",
        "of_four": "members_count = $size",
        "condition": "heavy and of_four",
    }
    size = {"description": "Size.", "unit": "count", "values": {"2021-01-01": 3, "2022-01-01": 4}}
    limit = {"description": "Limit.", "unit": "yuan", "values": {"2021-01-01": 100}}
    draft = changed(parameters={"limit": limit, "size": size}, detection=detection, tests=[
        {"name": "m", "month": "2022-06", "expect": "match",
         "profile": {"medical_self_paid_12m_yuan": 100, "members_count": 4}},
        {"name": "smaller", "month": "2022-06", "expect": "no match",
         "profile": {"medical_self_paid_12m_yuan": 100, "members_count": 3}},
        {"name": "the size is not known", "month": "2022-06", "expect": "unknown",
         "profile": {"medical_self_paid_12m_yuan": 100}},
        {"name": "too little, whatever the size", "month": "2022-06", "expect": "no match",
         "profile": {"medical_self_paid_12m_yuan": 99}},
        {"name": "another size, whatever was paid", "month": "2022-06", "expect": "no match",
         "profile": {"members_count": 3}},
        {"name": "three by the value of the year before", "month": "2021-06", "expect": "match",
         "profile": {"medical_self_paid_12m_yuan": 100, "members_count": 3}},
    ])  # fmt: skip
    rules = rule.load_rules(folder_of(tmp_path, draft))
    results = rule.run_inline_tests(rules)
    assert len(results) == 6
    assert all(result.passed for result in results), [result.found for result in results]
