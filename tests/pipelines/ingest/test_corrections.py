"""Corrections: a later file replaces rows of the same keys or a whole file, and what it replaced is kept."""

from __future__ import annotations

import pytest

from tests.pipelines.ingest.delivering import WEIZHI, lines, person, settlement


def amounts(outcome) -> dict[str, str]:
    rows = outcome.rows.select("settlement_no", "self_paid_yuan").rows()
    return {number: str(yuan) for number, yuan in rows}


@pytest.mark.parametrize("name", ["_更正", "（补正）", "_correction", "_corrected_2"])
def test_a_correction_replaces_rows_of_its_keys_and_adds_others(insurance, name):
    insurance.delivers(lines([settlement(1), settlement(2)]))
    insurance.delivers(lines([settlement(2, 个人现金支付="99"), settlement(3)]), part=name)
    outcome = insurance.ingested()
    assert amounts(outcome) == {"S0001": "30.50", "S0002": "99.00", "S0003": "30.50"}
    assert outcome.rejected.select("line", "reason").rows() == [(3, "corrected")]
    assert [f["correction"] for f in outcome.report["files"]] == [0, 1]


def test_the_latest_of_several_corrections_counts_also_beyond_nine(insurance):
    insurance.delivers(lines([settlement(1)]))
    for number in (1, 2, 10):
        insurance.delivers(lines([settlement(1, 个人现金支付=str(number))]), part=f"_更正{number}")
    assert amounts(insurance.ingested()) == {"S0001": "10.00"}


def test_a_broken_row_of_a_correction_corrects_nothing(insurance):
    insurance.delivers(lines([settlement(1)]))
    insurance.delivers(lines([settlement(1, 个人现金支付="??")]), part="_更正")
    outcome = insurance.ingested()
    assert amounts(outcome) == {"S0001": "30.50"}
    assert outcome.reasons() == {2: "not_a_number"}


def test_a_correction_comes_before_the_date_that_the_contract_prefers(department):
    roll = department("health__major_illnesses")
    assert roll.contract.on_duplicate == "earliest registered_on"
    row = {"身份证号": WEIZHI, "登记日期": "2021-05-06"}
    roll.delivers(lines([row]))
    roll.delivers(lines([row | {"登记日期": "2021-09-09"}]), part="_更正")
    outcome = roll.ingested()
    assert [str(day) for day in outcome.rows["registered_on"]] == ["2021-09-09"]
    assert outcome.reasons() == {2: "corrected"}


def test_a_whole_correction_stands_for_every_file_before_it(insurance):
    insurance.delivers(lines([settlement(1), settlement(2)]))
    insurance.delivers(lines([settlement(2, 个人现金支付="99")]), part="_全量更正")
    outcome = insurance.ingested()
    assert amounts(outcome) == {"S0002": "99.00"}
    assert outcome.rejected.height == 0
    assert [f["replaced_by"] for f in outcome.report["files"]] == [insurance.name(part="_全量更正"), None]


def test_a_towns_whole_correction_stands_for_that_towns_file_alone(insurance):
    insurance.delivers(lines([settlement(1)]), part="_三角镇")
    insurance.delivers(lines([settlement(2, 证件号码=person(2))]), part="_小榄镇")
    insurance.delivers(lines([settlement(3)]), part="_三角镇_全量更正")
    outcome = insurance.ingested()
    assert set(amounts(outcome)) == {"S0002", "S0003"}
    assert {f["town"] for f in outcome.report["files"]} == {"442000109", "442000118"}


def test_what_was_accepted_before_the_correction_stays_in_the_lakes_history(insurance):
    insurance.delivers(lines([settlement(1)]))
    before = insurance.ingested()
    insurance.delivers(lines([settlement(1, 个人现金支付="99")]), part="_更正")
    assert amounts(insurance.ingested()) == {"S0001": "99.00"}
    assert amounts(before) == {"S0001": "30.50"}
