"""Each promise of a contract, broken alone, is what the department is told, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest

from pipelines.month import Month
from pipelines.validate.checks import expected_columns

MONTH = "2022-06"


def told(verdict: dict) -> dict[str, str]:
    return {reason["id"]: reason["severity"] for reason in verdict["reasons"]}


def test_a_roll_that_keeps_every_promise_is_accepted(desk):
    verdict = desk.deliver(MONTH)
    assert (verdict["verdict"], verdict["reasons"], verdict["failed"]) == ("accepted", [], 0)
    assert verdict["rows"] == 100
    assert verdict["checks"] > 20


def spoil(column, value, *places):
    def spoilt(rows):
        for place in places:
            rows[place][column] = value(rows) if callable(value) else value

    return spoilt


def double(rows):
    rows.append({**rows[5], "seat_no": 5000})


SPOILT = {
    "required_issued_on": spoil("issued_on", None, 3),
    "required_resident_key": spoil("resident_key", None, 3),
    "required_resident_id": spoil("resident_id", None, 3),
    "required_kind": spoil("kind", None, 3),
    "unique_key": double,
    "unique_seat_no": spoil("seat_no", 1, 7),
    "allowed_kind": spoil("kind", "c", 3),
    "allowed_grade": spoil("grade", 3, 3),
    "allowed_town_code": spoil("town_code", "110105001", 3),
    "bounds_amount_yuan": spoil("amount_yuan", Decimal("-0.01"), 3),
    "bounds_seat_no": spoil("seat_no", 0, 3),
    "bounds_issued_on": spoil("issued_on", date(1999, 12, 31), 3),
    "pattern_card_no": spoil("card_no", "C000003 ", 3),
    "month": spoil("month", date(2022, 5, 1), 3),
    "note_valid": spoil("note", "Note 7", 3, 4),
}


@pytest.mark.parametrize("check", SPOILT)
def test_one_broken_promise_holds_the_roll_and_is_the_only_one_told(desk, rows, check):
    spoilt = rows(Month.parse(MONTH))
    SPOILT[check](spoilt)
    verdict = desk.deliver(MONTH, spoilt)
    assert told(verdict) == {check: "error"}
    assert verdict["verdict"] == "held"
    reason = verdict["reasons"][0]
    broken = 2 if check == "note_valid" else 1
    assert f"{broken} of {len(spoilt)} rows" in reason["en"]
    assert f"{len(spoilt)}行中有{broken}行" in reason["zh"]


def test_amounts_just_inside_their_bounds_are_right(desk, rows):
    spoilt = rows(Month.parse(MONTH))
    spoilt[0]["amount_yuan"], spoilt[1]["amount_yuan"] = Decimal(0), Decimal("1000000.50")
    assert desk.deliver(MONTH, spoilt)["verdict"] == "accepted"
    spoilt[1]["amount_yuan"] = Decimal("1000000.51")
    assert told(desk.deliver(MONTH, spoilt)) == {"bounds_amount_yuan": "error"}


def test_a_promise_may_leave_room_for_a_few_rows(desk, rows):
    spoilt = rows(Month.parse(MONTH))
    for row in spoilt[:10]:
        row["note"] = None
    assert desk.deliver(MONTH, spoilt)["verdict"] == "accepted", "one in ten may lack a note"
    spoilt[10]["note"] = None
    verdict = desk.deliver(MONTH, spoilt)
    assert told(verdict) == {"note_given": "warning"}
    assert verdict["verdict"] == "warned"
    assert "11 of 100 rows" in verdict["reasons"][0]["en"]


def test_an_empty_roll_is_held_for_being_empty(desk):
    verdict = desk.deliver(MONTH, [])
    assert (verdict["verdict"], told(verdict)) == ("held", {"row_count": "error"})


def test_last_months_roll_under_this_months_name_is_told_by_its_dates(desk, rows):
    stale = rows(Month.parse(MONTH))
    stale[0]["issued_on"] = date(2022, 5, 30)
    verdict = desk.deliver(MONTH, stale)
    assert (verdict["verdict"], told(verdict)) == ("warned", {"freshness": "warning"})
    assert "2022-05" in verdict["reasons"][0]["en"]
    assert "2022-05-30" not in verdict["reasons"][0]["en"], "a month is enough to know"


def test_dates_after_the_month_are_not_fresh_either(desk, rows):
    early = rows(Month.parse(MONTH))
    early[0]["issued_on"] = date(2022, 6, 30) + timedelta(days=1)
    assert told(desk.deliver(MONTH, early)) == {"freshness": "warning"}


@pytest.fixture
def table(desk, rows):
    return pa.Table.from_pylist(rows(Month.parse(MONTH)), schema=pa.schema(expected_columns(desk.contract)))


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.drop_columns(["amount_yuan"]),
        lambda t: t.append_column("extra", pa.array([1] * t.num_rows)),
        lambda t: t.select(list(reversed(t.column_names))),
        lambda t: t.drop_columns(["town_code", "card_no", "issued_on"]),
    ],
    ids=["missing", "unexpected", "order", "several missing"],
)
def test_columns_that_differ_from_the_contract_are_told_once(desk, table, change):
    verdict = desk.deliver(MONTH, table=change(table))
    assert told(verdict) == {"columns": "error"}
    assert "found" in verdict["reasons"][0]["en"]


def test_a_column_of_another_type_is_told_as_such(desk, table):
    place = table.column_names.index("share")
    changed = table.set_column(place, "share", pa.array([1] * table.num_rows))
    verdict = desk.deliver(MONTH, table=changed)
    assert told(verdict) == {"types": "error"}
    assert "share: BIGINT" in verdict["reasons"][0]["en"]


def test_a_check_that_cannot_be_computed_holds_the_roll(desk, table):
    place = table.column_names.index("seat_no")
    changed = table.set_column(place, "seat_no", pa.array(["fifty"] * table.num_rows))
    verdict = desk.deliver(MONTH, table=changed)
    assert verdict["verdict"] == "held"
    assert "could not be checked" in str(verdict["reasons"])
    assert "fifty" not in desk.gx(MONTH) + str(verdict), "the failing statement quotes the value"


def test_rows_that_do_not_add_up_with_the_report_hold_the_roll(desk):
    verdict = desk.deliver(MONTH, accepted=101)
    assert told(verdict) == {"rows_as_reported": "error"}
    assert "101" in verdict["reasons"][0]["en"] and "100" in verdict["reasons"][0]["en"]


def test_great_expectations_starts_without_drawings_and_statistics_but_whoever_wants_them_gets_them():
    program = """
import inspect, sys
from pipelines.validate.start import start_beside, start_great_expectations
start_beside()
start_great_expectations()
import pipelines.validate.session
inspect.stack()  # looks through all modules, as Great Expectations does at times
assert not [name for name in sys.modules if name.startswith(("altair.", "scipy.stats."))]
import altair
import scipy.stats
assert altair.Chart.__name__ == "Chart" and scipy.stats.norm.cdf(0) == 0.5
"""
    subprocess.run([sys.executable, "-c", program], check=True)
