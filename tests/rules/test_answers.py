"""The compiled rules answer as three-valued logic and as an independent statement of the law do."""

from __future__ import annotations

import itertools
import random
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import rule
from pipelines.month import Month
from pipelines.rule.bind import sealed_database
from pipelines.rule.expression import parse, to_sql
from pipelines.rule.inline import profile_table
from tests.rules import kleene, law

RULES = rule.load_rules()
MONTHS = {2021: Month.parse("2021-08"), 2022: Month.parse("2022-03")}


@pytest.fixture(scope="module")
def database():
    with sealed_database() as db:
        yield db


@pytest.mark.parametrize("one", RULES.rules.values(), ids=RULES.rules)
def test_the_condition_follows_three_valued_logic_on_every_combination_of_its_clauses(database, one):
    names = sorted(one.clauses)
    rows = [
        dict(zip(names, answers, strict=True))
        for answers in itertools.product((True, False, None), repeat=len(names))
    ]
    database.register(
        "combinations", pa.Table.from_pylist(rows, schema=pa.schema([(n, pa.bool_()) for n in names]))
    )
    found = database.rows(f"select *, {to_sql(one.condition)} as answer from combinations")
    text = one.document.data["detection"]["condition"]
    assert len(found) == 3 ** len(names)
    for row in found:
        assert row["answer"] is kleene.condition(text, row), row


NAMES = ("a", "b", "c", "d")
CONDITIONS = st.recursive(
    st.sampled_from(NAMES),
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("(not {})".format, inner),
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=CONDITIONS)
def test_any_condition_anybody_may_write_follows_three_valued_logic(database, text):
    rows = [
        dict(zip(NAMES, answers, strict=True)) for answers in itertools.product((True, False, None), repeat=4)
    ]
    database.register(
        "anything", pa.Table.from_pylist(rows, schema=pa.schema([(n, pa.bool_()) for n in NAMES]))
    )
    for row in database.rows(f"select *, {to_sql(parse(text))} as answer from anything"):
        assert row["answer"] is kleene.condition(text, row)


def amounts(draw_from: random.Random, *limits) -> Decimal:
    """An amount near a limit: on it, a cent beside it, or anywhere."""
    limit = Decimal(draw_from.choice(limits))
    step = draw_from.choice([0, Decimal("0.01"), Decimal("-0.01"), None])
    return Decimal(draw_from.randint(-100000, 3000000)) / 100 if step is None else limit + step


def maybe(draw_from: random.Random, value):
    return None if draw_from.random() < 0.25 else value


def bounded(draw_from: random.Random, stem: str, word: str, *limits) -> dict:
    """An exact amount with itself as bound, a bound alone, or nothing at all."""
    value = amounts(draw_from, *limits).quantize(Decimal("0.01"))
    kind = draw_from.random()
    exact = value if kind < 0.5 else None
    return {f"{stem}_yuan": exact, f"{stem}_{word}_yuan": value if kind < 0.8 else None}


def any_household(r: random.Random) -> dict:
    income = bounded(
        r, "income_per_head_12m", "at_least", 1680, 1740, "4396.16", "4396.17", "4825.08", "4825.09"
    )
    monthly = maybe(r, amounts(r, 5000, 0).quantize(Decimal("0.01")))
    rigid = bounded(r, "rigid_spending_12m_monthly", "at_least", 3000, 0)
    if monthly is not None and r.random() < 0.5:
        edge = (monthly * Decimal("0.6")).quantize(Decimal("0.01"))
        rigid = bounded(r, "rigid_spending_12m_monthly", "at_least", edge)
    return {
        **income,
        **rigid,
        **bounded(r, "medical_self_paid_12m", "at_least", 8000, 10000),
        **bounded(r, "education_fees_12m", "at_least", 10000),
        **bounded(r, "net_income_per_head_12m", "at_most", 1120, 1160),
        "income_12m_monthly_yuan": monthly,
        "has_local_hukou": r.choice([True, False, None]),
        "incidents_6m_count": r.choice([0, 1, 2, None]),
        "able_workers_count": r.choice([0, 1, None]),
        "breadwinner_deaths_12m_count": r.choice([0, 1, None]),
        "has_unsafe_housing": r.choice([True, False, None]),
        "wholly_owned_homes_count": r.choice([1, 2, 3, None]),
        "home_area_per_head_m2": maybe(r, r.choice([Decimal("39.99"), Decimal(40), Decimal("40.01")])),
        "cars_count": r.choice([0, 1, 2, None]),
        "newest_car_age_months": r.choice([0, 35, 36, 37, None]),
        "paid_in_capital_yuan": maybe(r, amounts(r, 100000).quantize(Decimal("0.01"))),
    }


def any_resident(r: random.Random) -> dict:
    return {
        "is_working_age": r.choice([True, True, False, None]),
        "is_registered_unemployed": r.choice([True, False, False, None]),
        "has_ended_benefit": r.choice([True, False, None]),
        "months_since_benefit_ended": r.choice([0, 5, 6, 7, None]),
        "has_contributed_since_benefit_ended": r.choice([True, False, None]),
        "has_disability_certificate": r.choice([True, False, None]),
        "disability_category": r.choice(["4", "5", "6", "7", None]),
        "disability_grade": r.choice([1, 2, 3, 4, None]),
        "is_covered_alone": r.choice([True, False, False, None]),
    }


@pytest.mark.parametrize("year", MONTHS)
def test_household_rules_answer_as_the_law_does_for_a_thousand_households(database, year):
    month, r = MONTHS[year], random.Random(year)
    compiled = [
        rule.compile_rule(one, month, RULES.profiles["household"])
        for one in RULES.in_force(month)
        if one.unit == "household"
    ]
    assert {c.rule.id for c in compiled} == set(law.HOUSEHOLD)
    households = [any_household(r) for _ in range(1000)]
    rows = [{"household_no": n, **row} for n, row in enumerate(households)]
    database.register("household_profile", _numbered("household", rows))
    sql = rule.households_sql(compiled) + " order by household_no"
    values = {name: value for c in compiled for name, value in c.values.items()}
    seen = set()
    for row in database.rows(sql, rule.used_values(sql, values)):
        facts = households[row["household_no"]]
        for rule_id, statement in law.HOUSEHOLD.items():
            expected = statement(facts, year)
            assert row[rule_id] is expected, (rule_id, facts)
            seen.add((rule_id, expected))
    assert len(seen) == 3 * len(law.HOUSEHOLD), "some rule was never answered in one of the three ways"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(1, 6), min_size=1, max_size=40))
def test_rules_about_residents_are_lifted_to_the_household_as_the_definitions_say(database, seed, sizes):
    month, r = MONTHS[2022], random.Random(seed)
    compiled = [
        rule.compile_rule(RULES.rules[rule_id], month, RULES.profiles["resident"]) for rule_id in law.RESIDENT
    ]
    households = [[any_resident(r) for _ in range(size)] for size in sizes]
    rows = [{"household_no": n, **p} for n, members in enumerate(households) for p in members]
    database.register("resident_profile", _numbered("resident", rows))
    sql = rule.residents_sql(compiled)
    values = {name: value for c in compiled for name, value in c.values.items()}
    found = database.rows(sql, rule.used_values(sql, values))
    assert len(found) == len(households)
    for row in found:
        for rule_id, statement in law.RESIDENT.items():
            assert row[rule_id] is law.of_household(households[row["household_no"]], statement)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_learning_more_never_turns_an_answer_round(database, seed):
    """Known facts may settle what was unknown; no answer by proof is taken back when another fact arrives."""
    month, r = MONTHS[2022], random.Random(seed)
    compiled = [
        rule.compile_rule(one, month, RULES.profiles["household"])
        for one in RULES.in_force(month)
        if one.unit == "household"
    ]
    whole = [any_household(r) for _ in range(20)]
    poorer = [
        {k: None if r.random() < 0.5 and not _is_bound_of_known(k, row) else v for k, v in row.items()}
        for row in whole
    ]
    sql = rule.households_sql(compiled) + " order by household_no"
    values = {name: value for c in compiled for name, value in c.values.items()}
    answers = []
    for households in (poorer, whole):
        rows = [{"household_no": n, **row} for n, row in enumerate(households)]
        database.register("household_profile", _numbered("household", rows))
        answers.append(database.rows(sql, rule.used_values(sql, values)))
    for before, after in zip(*answers, strict=True):
        for rule_id in law.HOUSEHOLD:
            assert before[rule_id] is None or before[rule_id] is after[rule_id]


def _is_bound_of_known(name: str, row: dict) -> bool:
    """A profile never has an exact amount without its bounds."""
    for word in ("_at_least_yuan", "_at_most_yuan"):
        if name.endswith(word):
            return row.get(name.removesuffix(word) + "_yuan") is not None
    return False


def _numbered(unit: str, rows: list[dict]) -> pa.Table:
    """Profile rows as written; nothing is filled in."""
    return profile_table(RULES.profiles[unit], tuple(rows))
