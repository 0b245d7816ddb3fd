"""Assets that prove nothing: a share, a mobility vehicle, a dormant company, capital only promised."""

from datetime import date

import polars as pl
import pytest

from tests.scenarios.changes import all_of, rewritten, with_row, without
from tests.scenarios.people import GANGKOU, HE, LU, SANJIAO, SHIQI, YANG
from tests.scenarios.story import Story, branch

COMPANY = {
    "role": "legal_representative", "business_kind": "company", "established_on": date(2015, 5, 5),
    "registered_capital_yuan": 5_000_000,
}  # fmt: skip


@pytest.fixture(scope="module")
def modest(history, tmp_path_factory) -> Story:
    """He owns less than he seemed to and has paid 180,000 yuan for care.

    Yang's company is dormant, Lu's capital was never paid in.
    """
    told = branch(history, tmp_path_factory.mktemp("modest") / "home")

    def inherited(rows):
        second = pl.col("property_no") == "442099F90000082"
        return rows.with_columns(
            share=pl.when(second).then(pl.lit("1/6")).otherwise("share"),
            acquired_by=pl.when(second).then(pl.lit("inherited")).otherwise("acquired_by"),
        )

    told.change("housing__properties", inherited, ("2022-05",))
    told.change("public_security__vehicles", rewritten(HE, vehicle_type="mobility"), ("2022-05",))
    told.change(
        "market_supervision__businesses",
        all_of(
            without(HE),
            with_row(resident_id=HE, credit_code="91442099MAF0000779", business_status="active",
                     paid_in_capital_yuan=150_000, **COMPANY),
            with_row(resident_id=YANG, credit_code="91442099MAF0000777", business_status="dormant",
                     paid_in_capital_yuan=5_000_000, **COMPANY),
            with_row(resident_id=LU, credit_code="91442099MAF0000778", business_status="active", **COMPANY),
        ),
        ("2022-05",),
    )  # fmt: skip
    told.run("2022-05")
    return told


def test_a_share_of_an_inheritance_and_a_mobility_vehicle_do_not_take_he_off_and_are_to_be_verified(modest):
    line = modest.line("2022-05", SHIQI, HE)
    assert line["status"] == "new"
    assert modest.row("2022-05", "exclusions", HE) is None
    for words in ("共有份额住房", "登记有车辆"):
        assert words in line["to_verify_zh"]
    cells = [str(cell) for row in modest.sheet("2022-05", SHIQI) for cell in row]
    assert any("请核实：" in cell and "登记有车辆" in cell for cell in cells)


def test_capital_that_costs_exceed_takes_nobody_off_and_a_person_looks_at_it(modest):
    assert modest.profile("2022-05", HE)["paid_in_capital_yuan"] == 150_000
    line = modest.line("2022-05", SHIQI, HE)
    assert "实缴资本150,000元" in line["to_verify_zh"] and "150,000 paid in" in line["to_verify_en"]


def test_a_dormant_company_is_no_asset(modest):
    assert modest.line("2022-05", SANJIAO, YANG)["status"] == "new"
    assert modest.profile("2022-05", YANG)["paid_in_capital_yuan"] in (None, 0)


def test_capital_that_was_only_subscribed_never_takes_off_and_is_to_be_verified(modest):
    line = modest.line("2022-05", GANGKOU, LU)
    assert line["status"] == "new"
    assert "认缴资本5,000,000元" in line["to_verify_zh"]
    assert "5,000,000" in line["to_verify_en"]


def test_a_family_kept_off_by_a_register_of_an_earlier_month_is_kept_off_with_the_mark(may, tmp_path):
    told = branch(may.place, tmp_path / "home")
    told.withhold("housing__properties", "2022-05")
    told.withhold("public_security__vehicles", "2022-05")
    told.run("2022-05")
    found = told.row("2022-05", "exclusions", HE)
    assert found["reason"] == "assets"
    assert "不动产截至2022-04" in found["detail_zh"] and "机动车截至2022-04" in found["detail_zh"]
    assert "as of 2022-04" in found["detail_en"]
    of_the_month = may.row("2022-05", "exclusions", HE)["detail_zh"]
    assert "截至" not in of_the_month
