"""Which month's rows stand in for a department that is late, held or not due."""

from __future__ import annotations

import dataclasses
import json

import pytest

from pipelines.contract import SCHEMAS, load_contract
from pipelines.delivery import age_months, deliveries, delivery, usable_months, window_months
from pipelines.lake import Lake
from pipelines.month import Month

SETTLEMENTS = load_contract(SCHEMAS / "medical_insurance__settlements.yaml")
FLOW = dataclasses.replace(SETTLEMENTS, id="tax__incomes", kind="flow", maximum_age_months=0)
STOCK = dataclasses.replace(SETTLEMENTS, id="civil__roll", kind="stock", maximum_age_months=2)
SCHOOLS = dataclasses.replace(
    STOCK,
    id="schools__pupils",
    maximum_age_months=1,
    delivery_months=tuple(n for n in range(1, 13) if n != 8),
)


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path)


def arrived(lake, contract, month, verdict, rows=10):
    month = Month.parse(month)
    with lake.write(f"parquet/{contract.id}", month, {}) as folder:
        (folder / "rows.parquet").write_bytes(b"rows of " + str(month).encode())
        report = {"rows_in": rows + 1, "accepted": rows, "rejected": 1, "repaired_values": 3}
        (folder / "report.json").write_text(json.dumps(report))
    with lake.write(f"verdicts/{contract.id}", month, {}) as folder:
        reasons = (
            [{"id": "volume", "severity": "error", "zh": "少", "en": "few"}] if verdict != "accepted" else []
        )
        (folder / "verdict.json").write_text(
            json.dumps({"verdict": verdict, "reasons": reasons, "rows": rows})
        )


def as_of(contract, month, lake):
    found = delivery(contract, Month.parse(month), lake).as_of
    return str(found) if found else None


@pytest.mark.parametrize("verdict", ["accepted", "warned"])
def test_what_was_accepted_this_month_is_used_this_month(lake, verdict):
    arrived(lake, STOCK, "2022-05", "accepted")
    arrived(lake, STOCK, "2022-06", verdict)
    found = delivery(STOCK, Month(2022, 6), lake)
    assert (found.status, found.as_of, found.is_carried) == (verdict, Month(2022, 6), False)
    assert (found.rows_in, found.accepted, found.rejected, found.repaired_values) == (11, 10, 1, 3)
    assert found.rows(lake).read_bytes() == b"rows of 2022-06"


def test_a_held_roll_is_carried_from_the_last_accepted_month_and_says_why(lake):
    arrived(lake, STOCK, "2022-04", "accepted")
    arrived(lake, STOCK, "2022-05", "warned")
    arrived(lake, STOCK, "2022-06", "held")
    found = delivery(STOCK, Month(2022, 6), lake)
    assert (found.status, found.as_of, found.is_carried) == ("held", Month(2022, 5), True)
    assert [reason["en"] for reason in found.reasons] == ["few"]
    assert found.rows(lake).read_bytes() == b"rows of 2022-05"


def test_a_roll_is_carried_up_to_its_maximum_age_and_unknown_after_it(lake):
    arrived(lake, STOCK, "2022-04", "accepted")
    assert [as_of(STOCK, month, lake) for month in ("2022-05", "2022-06", "2022-07")] == [
        "2022-04", "2022-04", None,
    ]  # fmt: skip
    assert delivery(STOCK, Month(2022, 7), lake).rows(lake) is None


def test_held_months_between_do_not_make_an_old_roll_younger(lake):
    arrived(lake, STOCK, "2022-03", "accepted")
    arrived(lake, STOCK, "2022-04", "held")
    arrived(lake, STOCK, "2022-05", "held")
    assert as_of(STOCK, "2022-05", lake) == "2022-03"
    assert as_of(STOCK, "2022-06", lake) is None


def test_settlements_of_a_missing_month_are_a_gap_and_never_carried(lake):
    patient = dataclasses.replace(FLOW, maximum_age_months=3)
    arrived(lake, patient, "2022-05", "accepted")
    found = delivery(patient, Month(2022, 6), lake)
    assert (found.status, found.as_of) == ("missing", None)


def test_schools_owe_nothing_in_august_and_their_roll_does_not_age_in_it(lake):
    arrived(lake, SCHOOLS, "2022-07", "accepted")
    august = delivery(SCHOOLS, Month(2022, 8), lake)
    assert (august.status, august.as_of) == ("not due", Month(2022, 7))
    assert (delivery(SCHOOLS, Month(2022, 9), lake).status, as_of(SCHOOLS, "2022-09", lake)) == (
        "missing", "2022-07",
    )  # fmt: skip
    assert as_of(SCHOOLS, "2022-10", lake) is None
    assert age_months(SCHOOLS, Month(2022, 7), Month(2022, 10)) == 2


def test_schools_that_deliver_in_august_all_the_same_are_heard(lake):
    arrived(lake, SCHOOLS, "2022-08", "accepted")
    assert as_of(SCHOOLS, "2022-08", lake) == "2022-08"


def test_the_order_in_which_months_arrive_does_not_matter(lake):
    arrived(lake, STOCK, "2022-07", "accepted")
    arrived(lake, STOCK, "2022-05", "accepted")
    assert as_of(STOCK, "2022-06", lake) == "2022-05", "a later month must not stand in for an earlier one"
    arrived(lake, STOCK, "2022-06", "accepted")
    assert [str(m) for m in usable_months(STOCK.id, lake, Month(2022, 7))] == ["2022-06", "2022-05"]


def test_a_window_lists_the_months_that_were_delivered_and_accepted(lake):
    for month, verdict in (("2022-02", "accepted"), ("2022-03", "held"), ("2022-05", "warned")):
        arrived(lake, FLOW, month, verdict)
    arrived(lake, FLOW, "2021-06", "accepted")
    assert [str(m) for m in window_months(FLOW, Month(2022, 5), lake, 6)] == ["2022-02", "2022-05"]


def test_every_department_is_accounted_for_and_published_tables_are_not_deliveries(lake):
    table = dataclasses.replace(STOCK, id="candidates")
    found = deliveries({c.id: c for c in (STOCK, FLOW, table)}, Month(2022, 6), lake)
    assert [(d.extract, d.status, d.as_of) for d in found] == [
        ("civil__roll", "missing", None), ("tax__incomes", "missing", None),
    ]  # fmt: skip
    assert all(d.reasons[0]["zh"] and d.reasons[0]["en"] for d in found)
