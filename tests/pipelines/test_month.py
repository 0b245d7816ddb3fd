"""Months: the only clock the project has."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.month import Month, parse_months
from pipelines.problem import HardshipError

MONTHS = st.builds(Month, st.integers(1950, 2100), st.integers(1, 12))


@pytest.mark.parametrize("text", ["2022-13", "2022-00", "2022-6", "202206", "2022-06-01", "June", ""])
def test_what_is_no_month_is_refused_with_an_example(text):
    with pytest.raises(HardshipError, match=r"YYYY-MM, for example 2022-06"):
        Month.parse(text)


def test_a_month_ends_on_its_last_day_also_in_february():
    assert Month(2022, 2).end == date(2022, 2, 28)
    assert Month(2024, 2).end == date(2024, 2, 29)
    assert Month(2021, 12).end == date(2021, 12, 31)


@given(MONTHS)
def test_the_day_after_a_month_begins_the_next(month):
    assert Month.of(month.end + timedelta(days=1)) == month.plus(1)
    assert month.plus(1).start == month.end + timedelta(days=1)


@given(MONTHS, st.integers(-600, 600))
def test_going_forth_and_back_ends_where_it_began(month, months):
    assert month.plus(months).plus(-months) == month
    assert month.plus(months).ordinal - month.ordinal == months


@given(MONTHS)
def test_a_month_reads_back_as_it_is_written(month):
    assert Month.parse(str(month)) == month
    assert month.partition == f"month={month}"


def test_a_window_of_twelve_months_holds_the_month_and_the_eleven_before():
    window = Month(2022, 5).window(12)
    assert (str(window[0]), str(window[-1]), len(window)) == ("2021-06", "2022-05", 12)
    assert window == sorted(window)


def test_a_range_of_months_runs_over_new_year_and_holds_both_ends():
    assert [str(m) for m in parse_months("2021-11..2022-02")] == ["2021-11", "2021-12", "2022-01", "2022-02"]
    assert parse_months("2022-06") == [Month(2022, 6)]


def test_a_range_that_runs_backwards_is_refused():
    with pytest.raises(HardshipError, match="earlier month first"):
        parse_months("2022-06..2022-05")
