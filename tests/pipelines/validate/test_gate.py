"""When an extract is accepted, accepted with a warning or held, and in which words."""

from __future__ import annotations

import dataclasses
import json

import pytest

from pipelines import delivery
from pipelines.contract import Quality
from pipelines.month import Month
from pipelines.problem import Problems
from pipelines.validate import validate
from pipelines.validate.checks import Check
from pipelines.validate.gate import Reason, check_reasons, report_reasons, verdict


def told(found: dict) -> dict[str, str]:
    return {reason["id"]: reason["severity"] for reason in found["reasons"]}


@pytest.mark.parametrize(
    ("severities", "expected"),
    [
        ([], "accepted"),
        (["warning"], "warned"),
        (["warning", "warning"], "warned"),
        (["warning", "error"], "held"),
        (["error"], "held"),
    ],
)
def test_one_error_holds_and_warnings_alone_do_not(severities, expected):
    assert verdict(Reason("x", severity, "", "") for severity in severities) == expected


def test_a_warning_that_could_not_be_computed_holds_because_nobody_knows():
    check = Check("note", "warning", "", zh="备注", en="notes")
    (reason,) = check_reasons([check], [{"success": False, "result": {}, "error": "BinderException"}])
    assert reason.severity == "error"
    assert "BinderException" in reason.en and "BinderException" in reason.zh


def test_a_department_that_delivered_nothing_gets_no_verdict(contract, lake):
    assert validate(contract, Month(2022, 6), lake) is None


LOGIN = {"name": "b.csv", "problem": "是登录页面 / is a login page"}
PROBLEMS = ["b.csv: 是登录页面 / is a login page"]


def test_a_file_that_could_not_be_read_holds_the_extract_with_the_reason(desk, contract, lake):
    found = desk.deliver("2022-06", [], status="unreadable", files=[LOGIN], problems=PROBLEMS)
    assert (found["verdict"], found["rows"], told(found)) == ("held", 0, {"unreadable": "error"})
    assert found["reasons"][0]["en"] == "Not readable: b.csv: is a login page"
    assert found["reasons"][0]["zh"] == "文件无法读取：b.csv: 是登录页面"
    assert delivery.verdict(contract.id, Month(2022, 6), lake) == found


def test_one_unreadable_file_among_several_holds_an_extract_whose_absence_would_be_believed(desk):
    files = [{"name": "a.csv", "problem": None}, LOGIN]
    found = desk.deliver("2022-06", status="unreadable", files=files, problems=PROBLEMS)
    assert (found["verdict"], told(found)) == ("held", {"unreadable": "error"})


def test_the_other_towns_visits_are_used_where_the_contract_says_so(desk, contract):
    patient = Quality("files", "", "warning", check="unreadable_files")
    desk.contract = dataclasses.replace(contract, quality=(*contract.quality, patient))
    files = [{"name": "a.csv", "problem": None}, LOGIN]
    found = desk.deliver("2022-06", status="unreadable", files=files, problems=PROBLEMS)
    assert (found["verdict"], told(found), found["rows"]) == ("warned", {"unreadable": "warning"}, 100)
    lost = desk.deliver("2022-07", [], status="unreadable", files=[LOGIN], problems=PROBLEMS)
    assert (lost["verdict"], told(lost)) == ("held", {"unreadable": "error"})


@pytest.mark.parametrize(
    ("rejected", "expected"),
    [(2, {}), (3, {"rejected_share_warning": "warning"}), (25, {"rejected_share_warning": "warning"}),
     (26, {"rejected_share": "error"})],
)  # fmt: skip
def test_rejected_rows_warn_above_two_in_a_hundred_and_hold_above_twenty(desk, rejected, expected):
    found = desk.deliver("2022-06", rejected=rejected)  # beside 100 accepted
    assert told(found) == expected
    if expected:
        assert f"{rejected} of {100 + rejected} rows" in found["reasons"][0]["en"]


def test_a_handful_of_rows_is_not_held_for_one_that_was_rejected(desk, rows):
    found = desk.deliver("2022-06", rows(Month(2022, 6), 3), rejected=1)
    assert found["verdict"] == "warned"


def test_a_contract_may_allow_more_rejected_rows_than_the_default(contract):
    looser = dataclasses.replace(
        contract,
        quality=(*contract.quality, Quality("rejects", "", "error", check="rejected_share",
                                            arguments={"maximum": 0.5})),
    )  # fmt: skip
    report = {"status": "read", "files": [], "rows_in": 100, "rejected": 40, "problems": []}
    assert [reason.id for reason in report_reasons(contract, report)] == ["rejected_share"]
    assert list(report_reasons(looser, report)) == []
    assert [r.id for r in report_reasons(looser, {**report, "rejected": 51})] == ["rejects"]


@pytest.mark.parametrize(
    ("promise", "named"),
    [
        (Quality("x", "", "error", check="volume_of_last_year"), "volume_of_last_year"),
        (Quality("x", "", "error", check="latest_date_in_month", arguments={"column": "no_such"}), "no_such"),
        (Quality("x", "", "error", check="unit_drift", arguments={"minimumShare": 1}), "minimumShare"),
        (Quality("x", "", "error", metric="rowCount", bounds={"mustNotBe": 0}), "mustNotBe"),
        (Quality("x", "", "error", metric="freshness", bounds={"mustBe": 0}), "freshness"),
    ],
)
def test_a_promise_that_nobody_can_check_is_a_fault_of_the_contract(desk, contract, promise, named):
    desk.contract = dataclasses.replace(contract, quality=(promise,))
    with pytest.raises(Problems, match=named) as error:
        desk.deliver("2022-06")
    assert "testing__roll.yaml" in str(error.value)


def test_the_same_delivery_is_not_validated_twice_and_says_the_same(desk, contract, lake, monkeypatch):
    first = desk.deliver("2022-06")
    monkeypatch.setattr("pipelines.validate._run", None)
    assert validate(contract, Month(2022, 6), lake) == first


def test_validating_again_leaves_the_same_bytes(desk, contract, lake, monkeypatch):
    desk.deliver("2022-06")
    before = lake.about(f"verdicts/{contract.id}", Month(2022, 6))
    monkeypatch.setattr("pipelines.validate.code_digest", lambda *_: "other code")
    validate(contract, Month(2022, 6), lake)
    after = lake.about(f"verdicts/{contract.id}", Month(2022, 6))
    assert (after["revision"], after["digest"]) == (before["revision"], before["digest"])
    assert after["inputs"] != before["inputs"]


def test_results_carry_counts_and_no_value_of_any_person(desk, rows, contract):
    spoilt = rows(Month(2022, 6))
    for row in spoilt:  # every check with values of people fails on every row
        row["note"] = f"Secret {row['resident_id']}"
        row["card_no"] = "X" + row["resident_id"]
        row["resident_key"] = None
        row["kind"] = "zzz"
        row["seat_no"] = -7_654_321
    found = desk.deliver("2022-06", spoilt)
    assert len(told(found)) == 6
    for text in (desk.gx("2022-06"), json.dumps(found)):
        assert "442099" not in text
        assert "Secret" not in text and "zzz" not in text and "7654321" not in text
    counts = {
        r["expectation_config"]["meta"]["check"]: r["result"]
        for r in json.loads(desk.gx("2022-06"))["results"]
    }
    assert counts["pattern_card_no"]["unexpected_count"] == 100


@pytest.mark.parametrize("name", ["AlwaysGiven", "WithinSet", "WithinBounds", "OfPattern"])
def test_checks_of_a_column_never_fetch_a_value(name):
    from pipelines.validate import expectations

    arguments = {"WithinSet": {"value_set": ["a"]}, "OfPattern": {"pattern": "a"}}.get(name, {})
    if name == "WithinBounds":
        arguments = {"min_value": 1}
    expectation = getattr(expectations, f"ExpectColumn{name}")(column="kind", **arguments)
    needed = expectation.get_validation_dependencies().get_metric_names()
    assert needed
    assert not [metric for metric in needed if "values" in metric.rpartition(".")[2] or "rows" in metric[-6:]]
