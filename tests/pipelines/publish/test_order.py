"""A clerk can work out a household's place on the list with paper and pencil."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.manifest import RULES
from pipelines.month import Month
from pipelines.problem import HardshipError
from pipelines.rule.order import Order, order_in_force

from .conftest import MONTH

ORDER = Order(
    bar=2, dimension=10, waiting=2, vulnerable=3, stale=2, severity={"1": 2, "1.25": 3}, cooling_off={}
)


def candidate(**values) -> pl.DataFrame:
    row = {
        "overlap": 2, "severity_medical": 4, "severity_education": 6, "months_waiting": 0,
        "is_vulnerable": False, "stale_dimensions": [], "priority": 30, **values,
    }  # fmt: skip
    return pl.DataFrame([row], schema_overrides={"stale_dimensions": pl.List(pl.String)})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "10×2＋严重10＝30"),
        ({"months_waiting": 3, "priority": 36}, "10×2＋严重10＋2×3＝36"),
        ({"is_vulnerable": True, "priority": 33}, "10×2＋严重10＋3＝33"),
        ({"stale_dimensions": ["medical"], "priority": 28}, "10×2＋严重10－2×1＝28"),
    ],
)
def test_the_points_of_a_household_are_written_out_as_a_sum(values, words):
    assert ORDER.sums(candidate(**values)).to_list() == [words]


def test_the_formula_and_the_bar_are_told_with_the_points_in_force():
    order = order_in_force(MONTH, RULES)
    assert f"优先分＝{order.dimension}×困难类型数" in order.formula
    assert f"{order.vulnerable}（有6岁以下儿童、重度残疾或80岁以上成员）" in order.formula
    assert f"有{order.bar}类及以上困难" in order.who
    assert order.cooling_off["not_in_hardship"] > 0


def test_a_month_before_any_value_is_refused():
    with pytest.raises(HardshipError, match="no value in force in 1999-01"):
        order_in_force(Month(1999, 1), RULES)
