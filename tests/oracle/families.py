"""Families made by hand: short ways to write what each department holds about a few people."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pipelines.month import Month

from .evidence import Evidence, Parameters

MAXIMUM_AGE = {
    "public_security__residents": 1,
    "public_security__residence_permits": 2,
    "public_security__cancellations": 0,
    "public_security__vehicles": 3,
    "civil_affairs__assistance_roll": 2,
    "civil_affairs__marriages": 12,
    "civil_affairs__funerals": 0,
    "medical_insurance__enrolments": 2,
    "medical_insurance__settlements": 0,
    "health__major_illnesses": 3,
    "health__births": 2,
    "human_resources__unemployment": 2,
    "human_resources__contributions": 0,
    "human_resources__pensions": 0,
    "disabled_persons__certificates": 3,
    "education__enrolments": 2,
    "housing__properties": 3,
    "housing__public_rentals": 3,
    "housing__dilapidated_houses": 6,
    "emergency__incidents": 0,
    "market_supervision__businesses": 3,
    "taxation__incomes": 0,
    "towns__visits": 0,
    "towns__leads": 0,
    "towns__living_places": 6,
}
PARAMETERS = Parameters({date(2018, 7, 1): Decimal(1720), date(2021, 12, 1): Decimal(1900)})
REFERENCE = Month(2022, 5)


class City:
    """Twelve months in which every department delivered, with nobody in them until told so."""

    def __init__(self, month: Month = REFERENCE):
        self.month = month
        self.months = month.window(12)
        self.accepted = {x: {m: [] for m in self.months} for x in MAXIMUM_AGE}
        for delivered in self.months:
            if delivered.number == 8:
                del self.accepted["education__enrolments"][delivered]
        self._number = 0

    def evidence(self, **changes) -> Evidence:
        """What the oracle reads."""
        return Evidence(
            self.month, self.accepted, MAXIMUM_AGE, changes.get("parameters", PARAMETERS),
            {"education__enrolments": {8}}, changes.get("previous_members", []),
        )  # fmt: skip

    def add(self, extract: str, row: dict, months: list[Month] | None = None) -> None:
        """The row in the extract of each month (all twelve when not told)."""
        for delivered in months or self.months:
            if delivered in self.accepted[extract]:
                self.accepted[extract][delivered].append(row)

    def lose(self, extract: str, *months: Month) -> None:
        """The extract was not delivered, or was held, in these months (in any when none is named)."""
        for delivered in months or self.months:
            self.accepted[extract].pop(delivered, None)

    def registered(self, key: int, born: date, sex: str, **more) -> None:
        """In the residents' register, of a family register unless told otherwise, and insured here."""
        row = {
            "resident_key": key,
            "sex": sex,
            "birth_on": born,
            "household_register_no": "R1",
            "register_type": "family",
            "relation_to_head": "other",
            "register_address": "三角镇中心社区1号",
            "town_code": "442000109",
            "community_code": None,
            "moved_in_on": None,
        }
        self.add("public_security__residents", row | more)
        self.insured(key)

    def permitted(self, key: int, born: date, sex: str, **more) -> None:
        """With a residence permit; insured elsewhere."""
        row = {
            "resident_key": key,
            "sex": sex,
            "birth_on": born,
            "living_address": "古镇镇同益社区9号",
            "town_code": "442000105",
            "community_code": None,
            "permit_issued_on": date(2019, 3, 1),
            "permit_expires_on": None,
            "guardian_key": None,
        }
        self.add("public_security__residence_permits", row | more)

    def insured(self, key: int) -> None:
        """On the enrolment roll of the local medical insurance."""
        self.add("medical_insurance__enrolments", {"resident_key": key, "enrolment_status": "active"})

    def married(self, husband: int, wife: int, on: date = date(2001, 1, 1), status="married") -> None:
        """A row of the marriage register."""
        row = {"resident_key": husband, "spouse_key": wife, "marriage_status": status}
        self.add("civil_affairs__marriages", row | {"registered_on": on})

    def settled(self, key: int, day: date, self_paid: str, **more) -> None:
        """A settlement, delivered with its month unless `delivered` says otherwise."""
        self._number += 1
        row = {
            "resident_key": key,
            "settlement_no": f"S{self._number:05d}",
            "stay_no": None,
            "visit_kind": "21",
            "settled_on": day,
            "total_yuan": Decimal(self_paid) * 2,
            "self_paid_yuan": Decimal(self_paid),
            "is_refund": False,
        }
        delivered = more.pop("delivered", Month.of(day))
        self.add("medical_insurance__settlements", row | more, [delivered])

    def declared(self, key: int, yuan: str, months: list[Month] | None = None) -> None:
        """Wages of that much in each of the months."""
        for month in months or self.months:
            row = {
                "resident_key": key,
                "income_month_on": month.start,
                "income_kind": "wages",
                "income_yuan": Decimal(yuan),
                "payer_no": "P1",
            }
            self.add("taxation__incomes", row, [month])

    def contributed(self, key: int, yuan: str, months: list[Month] | None = None) -> None:
        """A contribution base of that much in each of the months."""
        for month in months or self.months:
            row = {"resident_key": key, "contribution_month_on": month.start}
            base = {"contribution_base_yuan": Decimal(yuan)}
            self.add("human_resources__contributions", row | base, [month])

    def enrolled(self, key: int, yuan: str, period: str = "year", **more) -> None:
        """At school here in every term, at that fee."""
        for delivered in self.months:
            season = "autumn" if delivered.number in (9, 10, 11, 12, 1, 2) else "spring"
            year = delivered.year - (delivered.number <= 2)
            row = {
                "resident_key": key,
                "school": "某校",
                "stage": "senior",
                "term": f"{year}-{season}",
                "tuition_yuan": Decimal(yuan),
                "fee_period": period,
                "guardian1_key": None,
                "guardian2_key": None,
            }
            self.add("education__enrolments", row | more, [delivered])


def yang() -> City:
    """The family of the article: per head above every line, and yet not able to pay."""
    city = City()
    city.registered(1, date(1977, 3, 12), "M", relation_to_head="head")
    city.registered(2, date(1979, 8, 25), "F", relation_to_head="spouse")
    city.registered(3, date(2003, 4, 18), "M", relation_to_head="child")
    city.registered(4, date(2006, 9, 7), "F", relation_to_head="child")
    city.married(1, 2)
    city.enrolled(3, "15500")
    city.enrolled(4, "3425", "term")
    for month in city.months:
        city.settled(1, month.start, "1150", visit_kind="14", stay_no=f"V{month}")
    city.declared(1, "4000")
    city.declared(2, "3200")
    city.contributed(2, "4546")
    return city


def tang() -> City:
    """A migrant family insured in another province."""
    city = City()
    city.permitted(11, date(1985, 6, 23), "M")
    city.permitted(12, date(1987, 2, 11), "F")
    city.permitted(13, date(2010, 5, 1), "F", guardian_key=11)
    city.permitted(14, date(2013, 8, 1), "M", guardian_key=12)
    city.married(11, 12)
    city.enrolled(13, "13000", guardian1_key=11)
    city.enrolled(14, "13000", guardian1_key=11)
    city.declared(11, "3500")
    city.declared(12, "2500")
    return city
