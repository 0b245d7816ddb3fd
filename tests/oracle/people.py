"""Residents alive and present at the end of the month, where they live, and who died."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .evidence import Evidence

REGISTER = "public_security__residents"
PERMITS = "public_security__residence_permits"
CANCELLATIONS = "public_security__cancellations"
FUNERALS = "civil_affairs__funerals"
BIRTHS = "health__births"
LIVING_PLACES = "towns__living_places"


@dataclass
class Place:
    """Where a person lives and which record says so."""

    address: str
    town_code: str
    community_code: str | None
    source: str  # permit, grid or register


@dataclass
class Resident:
    """A person alive and present at the end of the month."""

    key: int
    birth_on: date
    sex: str
    has_local_hukou: bool
    place: Place
    register_no: str | None = None
    register_type: str | None = None
    relation: str | None = None
    guardian_key: int | None = None
    parent_keys: tuple = ()  # of a newborn without ID

    @property
    def is_family_register(self) -> bool:
        """Collective registers are never one household."""
        return self.register_type == "family"


def age_on(birth_on: date, day: date) -> int:
    """Completed years; somebody born on 29 February completes a year on 1 March."""
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def deaths(evidence: Evidence) -> dict[int, date]:
    """Day of death by key, from the register of cancellations and the funerals, whatever the month."""
    died: dict[int, list[date]] = {}
    for _, row in evidence.history(CANCELLATIONS):
        if row["reason"] == "death":
            died.setdefault(row["resident_key"], []).append(row["event_on"])
    for delivered, row in evidence.history(FUNERALS):
        day = row.get("died_on") or row.get("cremated_on") or delivered.start
        died.setdefault(row["resident_key"], []).append(day)
    first = {key: min(days) for key, days in died.items()}
    return {key: day for key, day in first.items() if day <= evidence.end}


def departures(evidence: Evidence) -> dict[int, date]:
    """Day of the last move out of the city or abroad by key."""
    left: dict[int, date] = {}
    for _, row in evidence.history(CANCELLATIONS):
        if row["reason"] in ("moved_out", "abroad") and row["event_on"] <= evidence.end:
            left[row["resident_key"]] = max(row["event_on"], left.get(row["resident_key"], date.min))
    return left


def residents(evidence: Evidence) -> dict[int, Resident]:
    """People alive and present: of the register, with a valid permit, or newborn of a resident mother."""
    dead, left = deaths(evidence), departures(evidence)
    places = living_places(evidence)

    def is_present(key: int, born: date, registered_again: date | None) -> bool:
        if key in dead or born > evidence.end:
            return False
        return key not in left or (registered_again is not None and registered_again > left[key])

    people: dict[int, Resident] = {}
    in_register = set()
    for row in evidence.stock(REGISTER) or []:
        in_register.add(row["resident_key"])
        if is_present(row["resident_key"], row["birth_on"], row["moved_in_on"]):
            people[row["resident_key"]] = of_register(row, places)
    for row in evidence.stock(PERMITS) or []:
        if row["resident_key"] in people or not is_valid_permit(row, evidence.end):
            continue
        if is_present(row["resident_key"], row["birth_on"], row["permit_issued_on"]):
            people[row["resident_key"]] = of_permit(row)
    for row in evidence.stock(PERMITS) or []:
        if row["resident_key"] in people and is_valid_permit(row, evidence.end):
            people[row["resident_key"]].guardian_key = row["guardian_key"]
    return people | _newborns(evidence, people, in_register, is_present)


def of_register(row: dict, places: dict[int, Place]) -> Resident:
    """A person of the residents' register, living where a permit or grid record says, else registered."""
    registered = Place(row["register_address"], row["town_code"], row["community_code"], "register")
    return Resident(
        row["resident_key"], row["birth_on"], row["sex"], True,
        places.get(row["resident_key"], registered),
        row["household_register_no"], row["register_type"], row["relation_to_head"],
    )  # fmt: skip


def of_permit(row: dict) -> Resident:
    """A person known by the residence permit."""
    return Resident(
        row["resident_key"], row["birth_on"], row["sex"], False, _permit_place(row),
        guardian_key=row["guardian_key"],
    )  # fmt: skip


def is_valid_permit(row: dict, end: date) -> bool:
    """Whether a residence permit is valid on the last day of the month."""
    return row["permit_expires_on"] is None or row["permit_expires_on"] >= end


def _permit_place(row: dict) -> Place:
    return Place(row["living_address"], row["town_code"], row["community_code"], "permit")


def _newborns(evidence: Evidence, people: dict[int, Resident], others: set[int], is_present) -> dict:
    """A newborn without an ID has a temporary key from the birth certificate, and lives with its mother.

    One whose ID is on the birth record but in no register yet has that ID's key. `others` are people of
    whom the register says more.
    """
    newborns = {}
    for row in evidence.stock(BIRTHS) or []:
        mother = people.get(row["mother_key"])
        key = row["birth_certificate_key"] if row["resident_key"] is None else row["resident_key"]
        if mother and key not in people and key not in others and is_present(key, *[row["born_on"]] * 2):
            newborns[key] = Resident(
                key, row["born_on"], row["sex"], False, mother.place,
                parent_keys=(row["mother_key"], row["father_key"]),
            )  # fmt: skip
    return newborns


def living_places(evidence: Evidence) -> dict[int, Place]:
    """Place of living: residence permit, else latest grid record."""
    latest: dict[int, dict] = {}
    for row in evidence.stock(LIVING_PLACES) or []:
        if row["recorded_on"] > evidence.end:
            continue
        known = latest.get(row["resident_key"])
        if known is None or row["recorded_on"] > known["recorded_on"]:
            latest[row["resident_key"]] = row
    found = {}
    for key, row in latest.items():
        place = Place(row["living_address"], row["town_code"], row["community_code"], "grid")
        found[key] = place
    for row in evidence.stock(PERMITS) or []:
        if is_valid_permit(row, evidence.end):
            found[row["resident_key"]] = _permit_place(row)
    return found
