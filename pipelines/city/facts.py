"""Facts: readable statements about invented people, each a row in a department's extract for some months."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipelines.city.schooling import term
from pipelines.month import Month

FIRST, LAST = Month(2020, 7), Month(2026, 12)


@dataclass(frozen=True)
class Fact:
    """A row of an extract from `since` to `until`; its values may depend on the month."""

    extract: str
    row: Callable[[Month], dict]
    since: Month = FIRST
    until: Month = LAST
    months: tuple[int, ...] = tuple(range(1, 13))

    def holds(self, month: Month) -> bool:
        """Whether the department holds the row in a month."""
        return self.since <= month <= self.until and month.number in self.months


@dataclass(frozen=True)
class Member:
    """One person: ID, name, relation to the head of the register; the sex is in the ID."""

    id: str
    name: str
    relation: str = "other"
    register: str | None = None  # number of the family register, where not the family's own
    town: str | None = None  # of the register or permit, where not the family's own
    is_local: bool = True
    guardian: str | None = None
    since: Month = FIRST  # months in which the person stands in the register or has a permit
    until: Month = LAST


@dataclass(frozen=True)
class Family:
    """A family: where it lives, who belongs to it, and the facts departments hold."""

    name: str
    town: str
    community: str
    members: tuple[Member, ...]
    facts: tuple[Fact, ...]


def held(extract: str, since: date | str = "2020-07", until: str = "2026-12", **row: object) -> Fact:
    """The same row every month: a stock. `since` may be the day of the event itself."""
    first = Month.of(since) if isinstance(since, date) else Month.parse(since)
    return Fact(extract, lambda month: row, first, Month.parse(until))


def happened(extract: str, on: date, **row: object) -> Fact:
    """A row in the month of a day only: a flow."""
    return Fact(extract, lambda month: row, Month.of(on), Month.of(on))


def tag(text: str) -> str:
    """Eight digits that stand for a text in invented numbers and tell nothing of it."""
    return f"{zlib.crc32(text.encode()) % 100_000_000:08d}"


def insured(person: str, kind: str = "310") -> Fact:
    """Has medical insurance here (310 employees', 390 residents')."""
    return held(
        "medical_insurance__enrolments", resident_id=person, insurance_type=kind,
        enrolment_status="active", enrolled_on=date(2012, 1, 1),
    )  # fmt: skip


def paid_for_care(person: str, yuan: str, on: date, kind: str = "21") -> Fact:
    """One settlement (11 outpatient, 14 chronic, 21 inpatient) with what the person paid in cash."""
    return happened("medical_insurance__settlements", on, **_settlement(person, yuan, on, kind))


def pays_for_care(person: str, yuan: str, since: str, until: str = "2026-12", kind: str = "14") -> Fact:
    """A settlement every month, on the 15th."""
    return Fact(
        "medical_insurance__settlements",
        lambda month: _settlement(person, yuan, date(month.year, month.number, 15), kind),
        Month.parse(since),
        Month.parse(until),
    )


def _settlement(person: str, yuan: str, on: date, kind: str) -> dict:
    # A number made of the day and the person; the city's own begin with S and the month.
    number = f"{on:%y%m%d}{kind}{tag(person)}"
    return {
        "settlement_no": f"SF{number}", "resident_id": person, "stay_no": f"ZF{number}", "visit_kind": kind,
        "settled_on": on, "total_yuan": Decimal(yuan) * 3, "self_paid_yuan": Decimal(yuan),
        "is_refund": False,
    }  # fmt: skip


def earns(
    person: str, yuan: str, since: str = "2020-07", until: str = "2026-12", kind: str = "wages"
) -> Fact:
    """Declared income every month."""
    return Fact(
        "taxation__incomes",
        lambda month: {
            "resident_id": person, "income_month_on": month.start, "income_kind": kind,
            "income_yuan": Decimal(yuan), "payer_no": f"PF{tag(person)}",
        },
        Month.parse(since),
        Month.parse(until),
    )  # fmt: skip


def contributes(person: str, base: str, since: str = "2020-07", until: str = "2026-12") -> Fact:
    """Social insurance contributions every month on this base."""
    return Fact(
        "human_resources__contributions",
        lambda month: {
            "resident_id": person, "contribution_month_on": month.start,
            "contribution_base_yuan": Decimal(base),
        },
        Month.parse(since),
        Month.parse(until),
    )  # fmt: skip


def draws_pension(person: str, yuan: str) -> Fact:
    """A pension every month."""
    return Fact(
        "human_resources__pensions",
        lambda month: {"resident_id": person, "pension_month_on": month.start, "pension_yuan": Decimal(yuan)},
    )


def unemployed(
    person: str, registered: date, benefit: tuple[date, date, str], reason: str = "dismissed"
) -> Fact:
    """Registered as unemployed, with the benefit's first and last day and monthly amount."""
    first, last, yuan = benefit
    return held(
        "human_resources__unemployment", registered, resident_id=person, registered_on=registered,
        reason=reason, deregistered_on=None, benefit_from_on=first, benefit_until_on=last,
        benefit_monthly_yuan=Decimal(yuan),
    )  # fmt: skip


def learns(
    person: str,
    stage: str,
    school: str,
    town: str,
    guardians: tuple[str, ...],
    fees: tuple[tuple[str, str, str, str], ...],
    is_yearly: bool = False,
) -> list[Fact]:
    """Enrolled; `fees` lists (first month, last month, grade, fee). August has no extract."""  # fmt: skip
    first, second = (*guardians, None, None)[:2]

    def row(grade: str, fee: str) -> Callable[[Month], dict]:
        return lambda month: {
            "student_no": None if stage == "kindergarten" else f"LF{tag(person)}", "resident_id": person,
            "school": school, "stage": stage, "grade": grade, "term": term(month),
            "tuition_yuan": Decimal(fee), "fee_period": "year" if is_yearly else "term",
            "guardian1_id": first, "guardian2_id": second, "town_code": town,
        }  # fmt: skip

    months = tuple(number for number in range(1, 13) if number != 8)
    return [
        Fact("education__enrolments", row(grade, fee), Month.parse(since), Month.parse(until), months)
        for since, until, grade, fee in fees
    ]


def certified(person: str, category: str, grade: int, issued: date) -> Fact:
    """Holds a disability certificate: category 1 to 7, grade 1 (most severe) to 4."""
    return held(
        "disabled_persons__certificates", issued, certificate_id=f"{person}{category}{grade}",
        resident_id=person, disability_category=category, disability_grade=grade, issued_on=issued,
        expires_on=date(issued.year + 10, issued.month, issued.day), certificate_status="valid",
    )  # fmt: skip


def seriously_ill(person: str, registered: date) -> Fact:
    """Stands in the register of major illnesses."""
    return held("health__major_illnesses", registered, resident_id=person, registered_on=registered)


def married(man: str, woman: str, on: date) -> Fact:
    """Married in this city."""
    return held(
        "civil_affairs__marriages", max(on, FIRST.start), resident_id=man, spouse_id=woman,
        marriage_status="married", registered_on=on,
    )  # fmt: skip


def on_the_roll(family: str, person: str, kind: str, since: date, yuan: str, single: bool = False) -> Fact:
    """Receives assistance; `person` may be written as the clerk typed it."""
    return held(
        "civil_affairs__assistance_roll", max(since, FIRST.start), family_no=family, resident_id=person,
        assistance_type=kind, is_single_person=single, started_on=since, stopped_on=None,
        monthly_amount_yuan=Decimal(yuan),
    )  # fmt: skip


def owns_home(
    person: str, number: str, area: str, share: str = "1/1", since: date = date(2012, 6, 1)
) -> Fact:
    """Owns a dwelling or a share of it."""
    return held(
        "housing__properties", property_no=number, resident_id=person, share=share, area_m2=Decimal(area),
        property_use="dwelling", acquired_by="bought", registered_on=since,
    )  # fmt: skip


def owns_car(person: str, plate: str, since: date, kind: str = "car") -> Fact:
    """Owns a vehicle."""
    return held(
        "public_security__vehicles", max(since, FIRST.start), plate_no=plate, resident_id=person,
        vehicle_type=kind, first_registered_on=since, vehicle_status="normal",
    )  # fmt: skip


def owns_business(
    person: str, code: str, subscribed: str, paid_in: str | None, is_company: bool = True
) -> Fact:
    """Owns a business; capital in yuan."""
    return held(
        "market_supervision__businesses", credit_code=code, resident_id=person,
        role="legal_representative" if is_company else "sole_trader",
        business_kind="company" if is_company else "sole_trader",
        registered_capital_yuan=Decimal(subscribed),
        paid_in_capital_yuan=None if paid_in is None else Decimal(paid_in),
        established_on=date(2015, 5, 5), business_status="active",
    )  # fmt: skip


def reported(person: str, kind: str, on: date) -> Fact:
    """A lead of grid staff."""
    return happened("towns__leads", on, resident_id=person, reported_on=on, lead_kind=kind)


def had_accident(person: str, kind: str, on: date, loss: str | None = None, damage: str = "none") -> Fact:
    """An accident or disaster of the household headed by this person."""
    return happened(
        "emergency__incidents", on, resident_id=person, incident_on=on, incident_kind=kind,
        loss_yuan=None if loss is None else Decimal(loss), house_damage=damage,
    )  # fmt: skip
