"""Neighbours: a dozen households in no hardship, so that a month of named families alone is plausible."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from pipelines.city.facts import (
    FIRST,
    LAST,
    Fact,
    Family,
    Member,
    certified,
    contributes,
    draws_pension,
    earns,
    had_accident,
    happened,
    held,
    insured,
    learns,
    married,
    on_the_roll,
    owns_business,
    owns_car,
    owns_home,
    pays_for_care,
    reported,
    seriously_ill,
)
from pipelines.city.identifiers import resident_id
from pipelines.month import Month

_TOWN, _COMMUNITY = "442000001", "442000001016"
_MIGRANTS = {9, 10}
_NAMES = "赵钱孙李周吴郑王冯陈褚卫"


def _couple(number: int) -> Family:
    """A couple with work and a child at school; now and then something small happens to one of them."""
    man, woman = (
        resident_id(f"198{number % 8}0{1 + number % 9}11", 961),
        resident_id(f"198{(number + 3) % 9}1{number % 3}21", 962 + 2 * (number // 3)),
    )
    child = resident_id(f"20120{1 + number % 9}{10 + number}", 965)
    surname, away = _NAMES[number], {"is_local": number not in _MIGRANTS}
    facts: list[Fact] = [
        married(man, woman, date(2009, 5, 4 + number)),
        insured(man), insured(woman), insured(child, "390"),
        pays_for_care(man, "35.50", since="2020-07", kind="11"),
        pays_for_care(woman, "28", since="2020-07", kind="11"),
        pays_for_care(child, "42.10", since="2020-07", kind="11"),
        earns(man, "9800"), earns(woman, "8600"), contributes(man, "9800"), contributes(woman, "8600"),
        *learns(child, "primary", "石岐第1小学", _TOWN, (man, woman), (("2020-07", "2026-12", "小学", "0"),)),
        owns_home(man, f"442099F900001{number:02d}", "98.5"),
        owns_car(man, f"粤TI901{number:02d}", date(2014, 3, 2)),
    ]  # fmt: skip
    if number < 3:
        facts.append(owns_business(woman, f"92442099MAF00001{number:02d}", "50000", None, is_company=False))
        facts.append(certified(man, "1", 4, date(2015, 6, 1)))
    if number == 3:
        facts.append(seriously_ill(woman, date(2019, 9, 9)))
        facts.append(_ended_unemployment(man))
        facts.append(
            held(
                "housing__dilapidated_houses", resident_id=man, danger_grade="A", assessed_on=date(2019, 4, 1)
            )
        )
        facts.append(
            held("housing__public_rentals", resident_id=woman, monthly_rent_yuan=Decimal(320),
                 started_on=date(2016, 1, 1), ended_on=date(2020, 12, 31))
        )  # fmt: skip
    for index, month in enumerate(FIRST.plus(n) for n in range(78)):
        if index % 10 == number:
            facts.append(had_accident(man, "other", date(month.year, month.number, 8), "600"))
            facts.append(reported(woman, "other", date(month.year, month.number, 21)))
    return Family(f"neighbour {number}", _TOWN, _COMMUNITY, (
        Member(man, f"{surname}家宁", "head", **away), Member(woman, f"{surname}文丽", "spouse", **away),
        Member(child, f"{surname}小宇", "child", guardian=man, **away),
    ), tuple(facts))  # fmt: skip


def _ended_unemployment(person: str) -> Fact:
    """A short spell out of work in the year before, whichever month looks back at it."""

    def row(month: Month) -> dict:
        year = month.year - 1
        return {
            "resident_id": person, "registered_on": date(year, 1, 10), "reason": "contract_ended",
            "deregistered_on": date(year, 2, 15), "benefit_from_on": None, "benefit_until_on": None,
            "benefit_monthly_yuan": None,
        }  # fmt: skip

    return Fact("human_resources__unemployment", row)


def _pensioners() -> Family:
    man, woman = resident_id("19520414", 963), resident_id("19540620", 964)
    return Family("neighbour pensioners", _TOWN, _COMMUNITY, (
        Member(man, "卫德安", "head"), Member(woman, "蒋瑞云", "spouse"),
    ), (
        married(man, woman, date(1978, 1, 1)), insured(man), insured(woman),
        draws_pension(man, "5900"), draws_pension(woman, "5200"),
        pays_for_care(man, "61", since="2020-07", kind="11"),
    ))  # fmt: skip


def _assisted() -> Family:
    old = resident_id("19470808", 966)
    return Family("neighbour assisted", _TOWN, _COMMUNITY, (Member(old, "沈月娥", "head"),), (
        insured(old, "390"), draws_pension(old, "900"),
        on_the_roll("JZF000099", old, "tekun", date(2018, 2, 1), "1792"),
    ))  # fmt: skip


def _parents(which: int) -> Family:
    """One of three couples to whom the births of the families' months come, one a year in turn."""
    man, woman = resident_id(f"1990020{1 + which}", 971), resident_id(f"1991030{1 + which}", 972)
    facts: list[Fact] = [
        married(man, woman, date(2018, 8, 8)), insured(man), insured(woman),
        earns(man, "24000"), earns(woman, "21000"), contributes(man, "22941"), contributes(woman, "21000"),
    ]  # fmt: skip
    children = []
    for number in range(12 * which, 84, 36):
        born = FIRST.plus(number - 6)
        registered = born.plus(2)
        child = resident_id(f"{born.year}{born.number:02d}09", 974)
        facts.append(_birth(man, woman, child, born, registered, f"Z9{number:08d}"))
        children.append(Member(child, "朱小苗", "child", since=registered))
    return Family(f"neighbour parents {which}", _TOWN, _COMMUNITY, (
        Member(man, "朱立本", "head"), Member(woman, "秦雅琴", "spouse"), *children,
    ), tuple(facts))  # fmt: skip


def _birth(man: str, woman: str, child: str, born: Month, registered: Month, number: str) -> Fact:
    """A birth certificate for twelve months; it names the child's ID once the child is registered."""

    def row(month: Month) -> dict:
        return {
            "birth_certificate_id": number, "mother_id": woman, "father_id": man,
            "resident_id": child if month >= registered else None,
            "born_on": date(born.year, born.number, 9), "sex": "F",
        }  # fmt: skip

    return Fact("health__births", row, max(born, FIRST), min(born.plus(11), LAST))


def _departed(number: int) -> Family:
    """An old person who dies in one month and leaves the register in the next."""
    month = FIRST.plus(number - 1)
    died = date(month.year, month.number, 12)
    born = date(1938, 1, 1) + timedelta(days=37 * number)
    person = resident_id(f"{born:%Y%m%d}", 967)
    register = f"F09{number:05d}"
    alive = {"since": month.plus(-17), "until": month.plus(-1)}
    facts = (
        replace(insured(person), **alive), replace(draws_pension(person, "5600"), **alive),
        happened("civil_affairs__funerals", died, resident_id=person, died_on=died,
                 cremated_on=died + timedelta(days=3)),
        happened("public_security__cancellations", died + timedelta(days=31), resident_id=person,
                 household_register_no=register, reason="death", event_on=died,
                 cancelled_on=died + timedelta(days=31)),
    )  # fmt: skip
    return Family(f"neighbour departed {number}", _TOWN, _COMMUNITY, (
        Member(person, "韩福祥", "head", register, since=month.plus(-5), until=month),
    ), facts)  # fmt: skip


HOUSEHOLDS: tuple[Family, ...] = (
    *(_couple(number) for number in range(12)),
    _pensioners(),
    _assisted(),
    *(_parents(which) for which in range(3)),
    *(_departed(number) for number in range(79)),
)
IDS = frozenset(member.id for family in HOUSEHOLDS for member in family.members)
