"""What a household has and what befell it: homes, cars, businesses, rental, unsafe housing, incidents."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from .evidence import Evidence, cents
from .households import Household
from .statuses import is_in_force

PROPERTIES = "housing__properties"
RENTALS = "housing__public_rentals"
DILAPIDATED = "housing__dilapidated_houses"
VEHICLES = "public_security__vehicles"
BUSINESSES = "market_supervision__businesses"
INCIDENTS = "emergency__incidents"
LEADS = "towns__leads"


class Belongings:
    """Rows of the extracts about things, by person."""

    def __init__(self, evidence: Evidence):
        self.evidence = evidence
        self.stocks = {
            extract: self._by_person(evidence.stock(extract))
            for extract in (PROPERTIES, RENTALS, DILAPIDATED, VEHICLES, BUSINESSES)
        }
        self.months = evidence.month.window(6)
        incident = ("resident_key", "incident_on", "incident_kind")
        lead = ("resident_key", "reported_on", "lead_kind")
        self.incidents = self._by_person(evidence.latest_rows(INCIDENTS, self.months, incident))
        self.leads = self._by_person(evidence.latest_rows(LEADS, self.months, lead))

    @staticmethod
    def _by_person(rows: list[dict] | None) -> dict[int, list[dict]] | None:
        if rows is None:
            return None
        found: dict[int, list[dict]] = {}
        for row in rows:
            found.setdefault(row["resident_key"], []).append(row)
        return found

    def _of(self, table: dict[int, list[dict]] | None, home: Household) -> list[dict]:
        return [row for member in home.members for row in (table or {}).get(member.key, [])]

    def homes(self, home: Household) -> dict:
        """Homes owned wholly by the members are exact evidence, others are to be verified.

        The register of property proves presence only: no home found is not known, homes elsewhere are not
        in it. Of cars and businesses 0 means that the register shows none.
        """
        shares: dict[str, Fraction] = {}
        areas: dict[str, Decimal] = {}
        for row in self._of(self.stocks[PROPERTIES], home):
            if row["property_use"] == "dwelling":
                number = row["property_no"]
                shares[number] = shares.get(number, Fraction(0)) + Fraction(row["share"])
                areas[number] = row["area_m2"]
        if not shares:
            return dict.fromkeys(
                ("wholly_owned_homes_count", "wholly_owned_homes_area_m2", "home_area_per_head_m2",
                 "shared_homes_count")
            )  # fmt: skip
        whole = [number for number, share in shares.items() if share >= 1]
        area = sum((Fraction(areas[number]) for number in whole), Fraction(0))
        return {
            "wholly_owned_homes_count": len(whole),
            "wholly_owned_homes_area_m2": cents(area),
            "home_area_per_head_m2": cents(area / len(home.members)),
            "shared_homes_count": len(shares) - len(whole),
        }

    def cars(self, home: Household) -> dict:
        """Cars by class and age; mobility vehicles of disabled people are no asset."""
        if self.stocks[VEHICLES] is None:
            return dict.fromkeys(
                ("newest_car_registered_on", "newest_car_age_months", "cars_count",
                 "mobility_vehicles_count")
            )  # fmt: skip
        running = [r for r in self._of(self.stocks[VEHICLES], home) if r["vehicle_status"] == "normal"]
        cars = [row for row in running if row["vehicle_type"] == "car"]
        newest = max((row["first_registered_on"] for row in cars), default=None)
        month = self.evidence.month
        age = None if newest is None else month.ordinal - (newest.year * 12 + newest.month - 1)
        return {
            "newest_car_registered_on": newest,
            "newest_car_age_months": age,
            "cars_count": len(cars),
            "mobility_vehicles_count": sum(row["vehicle_type"] == "mobility" for row in running),
        }

    def capital(self, home: Household) -> dict:
        """Paid-in capital of active businesses is exact evidence, subscribed capital is to be verified."""
        columns = {
            "paid_in_capital_yuan": "paid_in_capital_yuan",
            "subscribed_capital_yuan": "registered_capital_yuan",
        }
        if self.stocks[BUSINESSES] is None:
            return dict.fromkeys(columns)
        firms: dict[str, dict] = {}
        for row in self._of(self.stocks[BUSINESSES], home):
            if row["business_status"] == "active":
                firms[row["credit_code"]] = row
        found = {}
        for column, source in columns.items():
            known = [Fraction(row[source]) for row in firms.values() if row[source] is not None]
            found[column] = cents(sum(known, Fraction(0))) if known or not firms else None
        return found

    def housing(self, home: Household) -> dict:
        """Houses of danger grade C or D by each person's latest assessment, and public rental."""
        end = self.evidence.end
        grades = []
        for member in home.members:
            rows = (self.stocks[DILAPIDATED] or {}).get(member.key, [])
            rows = [row for row in rows if row["assessed_on"] <= end]
            if rows:
                grades.append(max(rows, key=lambda row: row["assessed_on"])["danger_grade"])
        worst = max(grades, default=None)
        rents = any(
            is_in_force(row["started_on"], row["ended_on"], end)
            for row in self._of(self.stocks[RENTALS], home)
        )
        return {
            "has_unsafe_housing": None if self.stocks[DILAPIDATED] is None else worst in ("C", "D"),
            "danger_grade": worst,
            "rents_public_housing": None if self.stocks[RENTALS] is None else rents,
        }

    def events(self, home: Household) -> dict:
        """Counts are lower bounds: none found proves none only when every month was delivered."""

        def inside(day) -> bool:
            return self.months[0].start <= day <= self.evidence.end

        def known_count(count: int, extract: str) -> int | None:
            return count if count or self.evidence.has_all(extract, self.months) else None

        incidents = [r["incident_on"] for r in self._of(self.incidents, home) if inside(r["incident_on"])]
        leads = [r for r in self._of(self.leads, home) if inside(r["reported_on"])]
        return {
            "incidents_6m_count": known_count(len(incidents), INCIDENTS),
            "latest_incident_on": max(incidents, default=None),
            "leads_6m_count": known_count(len(leads), LEADS),
        }
