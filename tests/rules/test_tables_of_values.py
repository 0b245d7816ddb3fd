"""Limits that depend on the household's size or the town are tables, dated like any other value."""

from __future__ import annotations

import pytest

from pipelines import rule
from pipelines.month import Month
from pipelines.rule.bind import sealed_database
from pipelines.rule.inline import answer_of, run_inline_test, sentences_of
from tests.rules.files import changed, complaints, folder_of

INCOME = "case $window_months when 6 then income_6m_monthly_yuan else income_12m_monthly_yuan end"


def sized() -> dict:
    """Income of the household at or below a limit by its size; the last step is for all larger ones."""
    return changed(
        parameters={
            "limit": {
                "description": "Monthly income by number of members.",
                "unit": "yuan",
                "by": "members_count",
                "values": {
                    "2021-01-01": {1: 1000, 2: 1500, "other": 2000},
                    "2022-01-01": {1: 1100, 2: 1650, "other": 2200},
                },
            },
            "window_months": {"description": "Window.", "unit": "months", "values": {"2021-01-01": 12}},
        },
        figures={"income_yuan": INCOME, "limit_yuan": "$limit"},
        detection={"low": "income_yuan <= limit_yuan", "condition": "low"},
        explanation={
            "zh": "收入{income_yuan}元，标准{limit_yuan}元",
            "en": "Income {income_yuan}, limit {limit_yuan}",
        },
        tests=[
            {
                "name": "two",
                "month": "2022-06",
                "profile": {"members_count": 2, "income_12m_monthly_yuan": 1650},
                "expect": "match",
                "explanation": {"en": "Income 1,650, limit 1,650"},
            },
            {
                "name": "one",
                "month": "2021-06",
                "profile": {"members_count": 1, "income_12m_monthly_yuan": 1001},
                "expect": "no match",
            },
            {"name": "nothing known", "month": "2022-06", "profile": {}, "expect": "unknown"},
        ],
    )


@pytest.mark.parametrize(
    ("month", "members", "income", "answer"),
    [
        ("2022-06", 1, 1100, "match"), ("2022-06", 1, 1101, "no match"), ("2022-06", 2, 1650, "match"),
        ("2022-06", 3, 2200, "match"), ("2022-06", 9, 2201, "no match"), ("2021-06", 9, 2001, "no match"),
        ("2022-06", None, 100, "unknown"), ("2022-06", 2, None, "unknown"),
    ],
)  # fmt: skip
def test_the_limit_is_looked_up_by_the_size_of_the_household(tmp_path, month, members, income, answer):
    rules = rule.load_rules(folder_of(tmp_path, sized()))
    compiled = rule.compile_rule(rules.rules["costs"], Month.parse(month), rules.profiles["household"])
    with sealed_database() as db:
        rows = ({"members_count": members, "income_12m_monthly_yuan": income},)
        assert answer_of(db, compiled, rows) == answer
        if answer == "match":
            assert f"{income:,}" in sentences_of(db, compiled, {})["en"]


def test_the_examples_of_such_a_rule_run_like_any_other(tmp_path):
    rules = rule.load_rules(folder_of(tmp_path, sized()))
    with sealed_database() as db:
        for test in rules.rules["costs"].tests:
            assert run_inline_test(db, rules, rules.rules["costs"], test).passed


def test_a_size_the_table_does_not_name_is_unknown_without_a_value_for_others(tmp_path):
    data = sized()
    for table in data["parameters"]["limit"]["values"].values():
        del table["other"]
    rules = rule.load_rules(folder_of(tmp_path, data))
    compiled = rule.compile_rule(rules.rules["costs"], Month.parse("2022-06"), rules.profiles["household"])
    with sealed_database() as db:
        assert answer_of(db, compiled, ({"members_count": 3, "income_12m_monthly_yuan": 1},)) == "unknown"


def test_a_table_is_looked_up_by_a_column_there_is(tmp_path):
    data = sized()
    data["parameters"]["limit"]["by"] = "member_count"
    assert "Did you mean members_count?" in complaints(tmp_path, data)


def test_a_sentence_quotes_the_value_looked_up_and_not_the_table(tmp_path):
    data = sized()
    data["explanation"] = {"zh": "{limit}", "en": "{limit}"}
    assert "a figure that looks it up" in complaints(tmp_path, data)


def test_the_window_that_is_in_force_chooses_the_column(tmp_path):
    data = sized()
    data["parameters"]["window_months"]["values"] = {"2021-01-01": 12, "2022-01-01": 6}
    data["tests"][0]["profile"] = {
        "members_count": 2,
        "income_6m_monthly_yuan": 1650,
        "income_12m_monthly_yuan": 9000,
    }
    rules = rule.load_rules(folder_of(tmp_path, data))
    one = rules.rules["costs"]
    columns = {
        month: rule.compile_rule(one, Month.parse(month), rules.profiles["household"]).columns
        for month in ("2021-12", "2022-01")
    }
    assert columns == {
        "2021-12": ["income_12m_monthly_yuan", "members_count"],
        "2022-01": ["income_6m_monthly_yuan", "members_count"],
    }
    with sealed_database() as db:
        assert all(run_inline_test(db, rules, one, test).passed for test in one.tests)


def test_a_standard_may_differ_by_town_but_not_by_who_was_visited(tmp_path):
    data = sized()
    data["parameters"]["limit"]["by"] = "town_code"
    for table in data["parameters"]["limit"]["values"].values():
        table["442000109"] = table.pop(1)
        del table[2]
    data["tests"][0]["profile"] = {"town_code": "442000109", "income_12m_monthly_yuan": 1100}
    data["tests"][0]["explanation"] = {"en": "Income 1,100, limit 1,100"}
    data["tests"][1]["profile"] = {"town_code": "442000118", "income_12m_monthly_yuan": 2001}
    rules = rule.load_rules(folder_of(tmp_path / "by_town", data))
    assert [result.found for result in rule.run_inline_tests(rules)] == ["", "", ""]
    data["parameters"]["limit"]["by"] = "last_visit_outcome"
    assert "kept for the purpose visit" in complaints(tmp_path / "by_visit", data)


def growing() -> dict:
    data = sized()
    for table, more in zip(data["parameters"]["limit"]["values"].values(), (400, 450), strict=True):
        del table["other"]
        table["each_more"] = more
    data["tests"][0]["explanation"] = {"en": "Income 1,650, limit 1,650"}
    return data


@pytest.mark.parametrize(
    ("month", "members", "income", "answer"),
    [
        ("2022-06", 2, 1650, "match"), ("2022-06", 3, 2100, "match"), ("2022-06", 3, 2101, "no match"),
        ("2022-06", 12, 6150, "match"), ("2022-06", 12, 6151, "no match"), ("2021-06", 3, 1900, "match"),
        ("2022-06", 0, 1, "unknown"), ("2022-06", None, 1, "unknown"),
    ],
)  # fmt: skip
def test_a_table_goes_on_by_an_amount_for_each_more_member(tmp_path, month, members, income, answer):
    rules = rule.load_rules(folder_of(tmp_path, growing()))
    compiled = rule.compile_rule(rules.rules["costs"], Month.parse(month), rules.profiles["household"])
    with sealed_database() as db:
        rows = ({"members_count": members, "income_12m_monthly_yuan": income},)
        assert answer_of(db, compiled, rows) == answer


def test_a_table_goes_on_by_numbers_only(tmp_path):
    data = growing()
    data["parameters"]["limit"]["values"]["2022-01-01"]["other"] = 9000
    assert "each_more beside keys that are no numbers" in complaints(tmp_path / "other", data)
    data = growing()
    data["parameters"]["limit"]["by"] = "town_code"
    assert "each_more by town_code" in complaints(tmp_path / "town", data)


def test_figures_build_on_those_above_them_and_on_no_others(tmp_path):
    data = changed(
        figures={
            "spent_yuan": "medical_self_paid_12m_yuan - 1000",
            "half_yuan": "spent_yuan * 0.5",
        },
        parameters={"limit": {"description": "Limit.", "unit": "yuan", "values": {"2021-01-01": 100}}},
        detection={"heavy": "half_yuan >= $limit", "condition": "heavy"},
        explanation={"zh": "{half_yuan}", "en": "{half_yuan}"},
        tests=[
            {"name": "m", "month": "2022-06", "profile": {"medical_self_paid_12m_yuan": 1200},
             "expect": "match", "explanation": {"en": "100"}},
            {"name": "n", "month": "2022-06", "profile": {"medical_self_paid_12m_yuan": 1199},
             "expect": "no match"},
            {"name": "u", "month": "2022-06", "profile": {}, "expect": "unknown"},
        ],
    )  # fmt: skip
    rules = rule.load_rules(folder_of(tmp_path / "good", data))
    assert [result.found for result in rule.run_inline_tests(rules)] == ["", "", ""]
    data["figures"] = dict(reversed(data["figures"].items()))
    assert "figures.half_yuan: found spent_yuan" in complaints(tmp_path / "later", data)
    data["figures"] = {"spent_yuan": "spent_yuan + 1", "half_yuan": "medical_self_paid_12m_yuan"}
    assert "figures.spent_yuan: found spent_yuan" in complaints(tmp_path / "itself", data)


def test_figures_that_double_each_other_are_refused_before_they_grow(tmp_path):
    figures = {"f0": "medical_self_paid_12m_yuan + 1"}
    for number in range(1, 40):
        figures[f"f{number}"] = f"greatest(f{number - 1}, f{number - 1} + 1)"
    data = changed(figures=figures, detection={"heavy": "f39 >= $limit", "condition": "heavy"})
    assert "parts; allowed: at most 2000 parts" in complaints(tmp_path, data)


@pytest.mark.parametrize(
    ("spent", "fees", "answer"),
    [(8000, 0, "match"), (0, 8000, "match"), (7999, 7999, "no match"), (9000, None, "unknown"),
     (None, 9000, "unknown")],
)  # fmt: skip
def test_the_greater_of_two_is_known_when_both_are(tmp_path, spent, fees, answer):
    data = changed(
        figures={"worse_yuan": "greatest(medical_self_paid_12m_yuan, education_fees_12m_yuan)"},
        detection={"heavy": "worse_yuan >= $limit", "condition": "heavy"},
        explanation={"zh": "{worse_yuan}", "en": "{worse_yuan}"},
    )
    data["tests"][0]["profile"] = {"medical_self_paid_12m_yuan": 8000, "education_fees_12m_yuan": 1}
    rules = rule.load_rules(folder_of(tmp_path, data))
    compiled = rule.compile_rule(rules.rules["costs"], Month.parse("2022-06"), rules.profiles["household"])
    with sealed_database() as db:
        row = {"medical_self_paid_12m_yuan": spent, "education_fees_12m_yuan": fees}
        assert answer_of(db, compiled, (row,)) == answer


def test_a_sum_of_many_columns_may_be_multiplied_and_three_columns_may_not(tmp_path):
    parts = "medical_self_paid_12m_yuan + education_fees_12m_yuan + income_12m_monthly_yuan"
    good = changed(figures={"sum_yuan": f"0.5 * ({parts})"}, detection__heavy="sum_yuan >= $limit")
    assert "product" not in complaints(tmp_path / "sum", good)
    bad = changed(
        figures={
            "cube_yuan": "members_count * medical_self_paid_12m_yuan",
            "more_yuan": "cube_yuan * minors_count",
        },
        detection__heavy="more_yuan >= $limit",
    )
    assert "a product of 3 columns" in complaints(tmp_path / "product", bad)
