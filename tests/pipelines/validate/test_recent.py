"""Half a file, a town that is missing and amounts in another unit are told by the months before."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines import delivery
from pipelines.month import Month
from pipelines.validate import validate


def told(found: dict) -> dict[str, str]:
    return {reason["id"]: reason["severity"] for reason in found["reasons"]}


@pytest.fixture
def history(desk):
    for month in ("2022-03", "2022-04", "2022-05"):
        assert desk.deliver(month)["verdict"] == "accepted"


def test_half_a_file_is_held_with_the_rows_found_and_the_band(desk, rows, history):
    found = desk.deliver("2022-06", rows(Month(2022, 6), 49))
    assert found["verdict"] == "held"
    (volume,) = [reason for reason in found["reasons"] if reason["id"] == "volume"]
    assert volume["en"] == ("Expected 50 to 200 rows (mean of 2022-03, 2022-04, 2022-05: 100); found 49.")
    assert volume["zh"] == "应为：行数在50至200之间（2022-03, 2022-04, 2022-05平均100行）；实际：49行。"


@pytest.mark.parametrize("count", [50, 200])
def test_the_edges_of_the_band_are_inside_it(desk, rows, history, count):
    assert "volume" not in told(desk.deliver("2022-06", rows(Month(2022, 6), count)))


def test_twice_the_rows_and_one_more_are_held(desk, rows, history):
    assert told(desk.deliver("2022-06", rows(Month(2022, 6), 201)))["volume"] == "error"


def test_a_town_with_too_few_rows_is_told_as_a_warning(desk, rows, history):
    moved = rows(Month(2022, 6))
    for row in moved[20:]:
        row["town_code"] = "442000001"
    found = desk.deliver("2022-06", moved)
    assert (found["verdict"], told(found)) == ("warned", {"volume_by_town": "warning"})
    assert "442000002 has 10 rows (25 to 100)" in found["reasons"][0]["en"]
    assert "442000001" not in found["reasons"][0]["en"], "its ninety rows are within its band"


def test_a_few_rows_come_and_go_without_a_word(desk, rows):
    for month in ("2022-03", "2022-04", "2022-05"):
        desk.deliver(month, rows(Month.parse(month), 20))
    assert desk.deliver("2022-06", rows(Month(2022, 6), 2))["verdict"] == "accepted"


def test_the_first_month_is_compared_with_nothing(desk, rows):
    assert desk.deliver("2022-06", rows(Month(2022, 6), 1))["verdict"] == "accepted"


def test_held_months_are_no_measure_for_later_ones(desk, rows, history):
    assert desk.deliver("2022-06", rows(Month(2022, 6), 49))["verdict"] == "held"
    found = desk.deliver("2022-07", rows(Month(2022, 7), 49))
    assert "mean of 2022-03, 2022-04, 2022-05: 100" in found["reasons"][0]["en"]


def test_only_the_last_three_accepted_months_are_a_measure(desk, rows):
    for month, count in (("2022-02", 40), ("2022-03", 80), ("2022-04", 100), ("2022-05", 120)):
        desk.deliver(month, rows(Month.parse(month), count))
    found = desk.deliver("2022-06", rows(Month(2022, 6), 49))
    assert "mean of 2022-03, 2022-04, 2022-05: 100" in str(found["reasons"])


def test_amounts_in_wan_yuan_under_a_header_of_yuan_are_held(desk, rows, history):
    shifted = rows(Month(2022, 6))
    for row in shifted:
        row["amount_yuan"] = Decimal("0.80")
    found = desk.deliver("2022-06", shifted)
    assert (found["verdict"], told(found)) == ("held", {"unit_drift_amount_yuan": "error"})
    assert "0.80" in found["reasons"][0]["en"] and "8,049.50" in found["reasons"][0]["en"]


def test_amounts_that_only_grew_are_accepted(desk, rows, history):
    grown = rows(Month(2022, 6))
    for row in grown:
        row["amount_yuan"] *= 50
    assert desk.deliver("2022-06", grown)["verdict"] == "accepted"


def test_months_validated_in_another_order_come_to_the_same_verdicts(desk, contract, lake, rows):
    held = rows(Month(2022, 6), 49)
    assert desk.deliver("2022-06", held)["verdict"] == "accepted", "nothing to compare with yet"
    for month in ("2022-05", "2022-03", "2022-04"):
        desk.deliver(month)
    found = validate(contract, Month(2022, 6), lake)
    assert found["verdict"] == "held"
    assert "mean of 2022-03, 2022-04, 2022-05: 100" in str(found["reasons"])


def test_a_held_roll_is_carried_forward_and_says_why(desk, contract, lake, rows, history):
    desk.deliver("2022-06", rows(Month(2022, 6), 49))
    found = delivery.delivery(contract, Month(2022, 6), lake)
    assert (found.status, found.as_of, found.accepted) == ("held", Month(2022, 5), 49)
    assert "found 49" in found.reasons[0]["en"]
    assert delivery.delivery(contract, Month(2022, 7), lake).as_of == Month(2022, 5)
    assert delivery.delivery(contract, Month(2022, 8), lake).as_of is None, "three months are too old"
