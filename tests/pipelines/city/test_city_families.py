"""The named families in the departments' files: the figures of their stories come out."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from pipelines.city import families, neighbours
from pipelines.city.departments import EXTRACTS, department_extracts
from pipelines.city.families import CHEN_ON_THE_ROLL, FAMILIES, NAMED_IDS
from pipelines.identity import is_resident_id
from pipelines.month import Month, parse_months
from pipelines.problem import HardshipError

MAY = Month(2022, 5)
YEAR = MAY.window(12)


def over_the_year(extract: str, *people: str) -> pl.DataFrame:
    frames = [families.extracts(month)[extract] for month in YEAR if extract in families.extracts(month)]
    return pl.concat(frames).filter(pl.col("resident_id").is_in(people))


def member(family: str, number: int) -> str:
    return next(f for f in FAMILIES if f.name == family).members[number].id


def self_paid(*people: str) -> Decimal:
    return over_the_year("medical_insurance__settlements", *people)["self_paid_yuan"].sum()


def fees(*people: str) -> Decimal:
    rows = over_the_year("education__enrolments", *people).unique(["resident_id", "term"])
    halved = (
        pl.when(pl.col("fee_period") == "year").then(pl.col("tuition_yuan") / 2).otherwise("tuition_yuan")
    )
    # A spring fee of last year began before the window.
    return rows.filter(pl.col("term") != "2021-spring").select(halved.sum()).item()


def monthly_income(*people: str) -> Decimal:
    return (
        families.extracts(MAY)["taxation__incomes"]
        .filter(pl.col("resident_id").is_in(people))["income_yuan"]
        .sum()
    )


def test_the_yangs_pay_13800_for_care_and_22350_for_schools_from_7200_a_month():
    people = [member("yang", n) for n in range(4)]
    assert people[:2] == ["442099197703121018", "442099197908251027"]
    assert self_paid(*people) == 13_800
    assert fees(*people) == 22_350
    assert monthly_income(*people) == 7_200
    base = families.extracts(MAY)["human_resources__contributions"].filter(resident_id=people[1])
    assert base["contribution_base_yuan"].to_list() == [3958]
    register = families.extracts(MAY)["public_security__residents"].filter(
        pl.col("resident_id").is_in(people)
    )
    assert register["household_register_no"].n_unique() == 1
    assert set(register["town_code"]) == {"442000109"}
    roll = families.extracts(MAY)["civil_affairs__assistance_roll"]
    assert not roll["resident_id"].is_in(people).any()


def test_chen_stands_on_the_roll_in_full_width_digits():
    roll = families.extracts(MAY)["civil_affairs__assistance_roll"].filter(resident_id=CHEN_ON_THE_ROLL)
    assert roll["assistance_type"].to_list() == ["dibao"]
    assert str(roll["started_on"][0]) == "2020-03-01"
    assert self_paid(member("chen", 0)) == 18_000


def test_mai_pays_8600_in_may_and_nothing_before():
    assert self_paid(member("mai", 0)) == 8_600
    assert over_the_year("medical_insurance__settlements", member("mai", 0)).height == 1


def test_the_ous_stand_in_two_registers_in_two_towns_and_live_in_one():
    people = [member("ou", n) for n in range(3)]
    register = families.extracts(MAY)["public_security__residents"].filter(
        pl.col("resident_id").is_in(people)
    )
    towns = dict(zip(register["resident_id"], register["town_code"], strict=True))
    assert [towns[p] for p in people] == ["442000118", "442000103", "442000103"]
    assert register["household_register_no"].n_unique() == 2
    living = families.extracts(MAY)["towns__living_places"].filter(pl.col("resident_id").is_in(people))
    assert set(living["town_code"]) == {"442000103"}
    assert living["living_address"].n_unique() == 1
    assert (self_paid(people[0]), self_paid(people[2])) == (6_000, 9_600)


def test_luos_troubles_come_one_a_month_and_work_returns_in_june():
    luo, wife, son = (member("luo", n) for n in range(3))

    def state(month):
        held = families.extracts(month)
        spells = held["human_resources__unemployment"].filter(resident_id=luo)
        return (
            spells.filter(pl.col("deregistered_on").is_null()).height,
            held["medical_insurance__settlements"].filter(resident_id=wife)["self_paid_yuan"].sum(),
            held["disabled_persons__certificates"].filter(resident_id=son).height,
            held["taxation__incomes"].filter(resident_id=luo).height,
        )

    assert [state(month) for month in parse_months("2022-02..2022-06")] == [
        (0, 0, 0, 1), (1, 0, 0, 0), (1, 9800, 0, 0), (1, 0, 1, 0), (0, 0, 1, 1),
    ]  # fmt: skip


def test_the_tangs_are_migrants_without_insurance_here_and_26000_of_fees():
    people = [member("tang", n) for n in range(4)]
    held = families.extracts(MAY)
    assert fees(*people) == 26_000
    assert monthly_income(*people) == 6_000
    for extract in ("medical_insurance__enrolments", "public_security__residents"):
        assert not held[extract]["resident_id"].is_in(people).any()
    permits = held["public_security__residence_permits"].filter(pl.col("resident_id").is_in(people))
    assert set(permits["town_code"]) == {"442000105"}
    assert held["towns__leads"].filter(resident_id=people[0])["lead_kind"].to_list() == ["medical_debt"]


def test_he_owns_two_flats_a_new_car_and_a_paid_in_company():
    he = member("he", 0)
    held = families.extracts(MAY)
    assert self_paid(he) == 180_000
    assert held["housing__properties"].filter(resident_id=he)["area_m2"].to_list() == [92, 121]
    assert (
        str(held["public_security__vehicles"].filter(resident_id=he)["first_registered_on"][0])[:7]
        == "2021-11"
    )
    assert (
        held["market_supervision__businesses"].filter(resident_id=he)["paid_in_capital_yuan"][0] == 5_000_000
    )


@pytest.mark.parametrize("month", parse_months("2021-01..2022-12"), ids=str)
def test_a_month_of_named_families_alone_has_rows_in_every_extract(month):
    held = families.extracts(month, {"yang"})
    missing = set(EXTRACTS) - set(held)
    assert missing == ({"education__enrolments"} if month.number == 8 else set())


def test_family_frames_have_the_columns_of_the_citys_frames():
    from pipelines.city import build

    city = build(2000, 1)
    held = families.extracts(MAY)
    for extract, frame in department_extracts(city, MAY).items():
        assert held[extract].select(frame.columns).schema == frame.schema, extract


def test_families_ids_are_valid_and_of_one_person_each():
    ids = [m.id for f in (*FAMILIES, *neighbours.HOUSEHOLDS) for m in f.members]
    assert len(ids) == len(set(ids))
    assert all(is_resident_id(i) and i.startswith("442099") for i in ids)
    assert len(NAMED_IDS) == 26 and CHEN_ON_THE_ROLL in NAMED_IDS


def test_an_unknown_family_is_refused_by_name():
    with pytest.raises(HardshipError, match="smith"):
        families.extracts(MAY, {"smith"})
