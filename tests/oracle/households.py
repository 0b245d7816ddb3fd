"""Members living together: which people make one household, its head and its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from .evidence import Evidence
from .people import BIRTHS, CANCELLATIONS, PERMITS, REGISTER, Resident, age_on, deaths

MARRIAGES = "civil_affairs__marriages"
ENROLMENTS = "education__enrolments"


@dataclass
class Dead:
    """Somebody who died in the twelve months and belonged to a household of today."""

    key: int
    died_on: date
    birth_on: date | None
    sex: str | None


@dataclass
class Household:
    """Members alive and present, and those who died in the twelve months."""

    members: list[Resident]
    head: Resident
    dead: list[Dead] = field(default_factory=list)

    @property
    def is_address_uncertain(self) -> bool:
        """Else the register address of the head, marked 'address uncertain'."""
        return self.head.place.source == "register"


def marriages_in_force(evidence: Evidence) -> set[frozenset[int]]:
    """Pairs whose latest registration is a marriage; a divorce of the same day ends it."""
    latest: dict[frozenset[int], tuple] = {}
    for row in evidence.stock(MARRIAGES) or []:
        pair = frozenset((row["resident_key"], row["spouse_key"]))
        state = (row["registered_on"], row["marriage_status"] == "divorced")
        if pair not in latest or state > latest[pair]:
            latest[pair] = state
    return {pair for pair, (_, is_divorced) in latest.items() if not is_divorced}


def dependents(
    evidence: Evidence, people: dict[int, Resident], earners: set[int], pairs: set[frozenset[int]]
) -> set[int]:
    """Minors, and dependent students: 18 to 22, enrolled here, unmarried, without income of their own.

    `earners` are the people with a record of income in the latest month of income.
    """
    enrolled = {row["resident_key"] for row in evidence.stock(ENROLMENTS) or []}
    married = {key for pair in pairs for key in pair}
    found = set()
    for person in people.values():
        age = age_on(person.birth_on, evidence.end)
        is_student = 18 <= age <= 22 and person.key in enrolled
        if age < 18 or (is_student and person.key not in earners and person.key not in married):
            found.add(person.key)
    return found


def links(evidence: Evidence, people: dict[int, Resident], earners: set[int]) -> list[tuple[int, int, str]]:
    """Spouses; dependents with parents or guardians; others only of one family register and address."""
    pairs = marriages_in_force(evidence)
    children = dependents(evidence, people, earners, pairs)
    found = []
    for pair in pairs:
        found += [(*sorted(pair), "marriage")] if len(pair) == 2 else []
    same_home: dict[tuple, list[int]] = {}
    parents_in_register: dict[str, list[int]] = {}
    for person in people.values():
        if person.is_family_register:
            same_home.setdefault((person.register_no, person.place.address), []).append(person.key)
            if person.relation in ("head", "spouse"):
                parents_in_register.setdefault(person.register_no, []).append(person.key)
    for keys in same_home.values():
        found += [(keys[0], other, "register and address") for other in keys[1:]]
    for key in children:
        child = people[key]
        if child.is_family_register and child.relation == "child":
            for parent in parents_in_register.get(child.register_no, []):
                found.append((key, parent, "register relation"))
        if child.guardian_key is not None:
            found.append((key, child.guardian_key, "permit guardian"))
        found += [(key, parent, "birth") for parent in child.parent_keys]
    for row in evidence.stock(BIRTHS) or []:
        found += [(row["resident_key"], row[parent], "birth") for parent in ("mother_key", "father_key")]
    for row in evidence.stock(ENROLMENTS) or []:
        found += [(row["resident_key"], row[g], "school") for g in ("guardian1_key", "guardian2_key")]
    kinds_of_children = ("register relation", "permit guardian", "birth", "school")
    return [
        (one, other, kind)
        for one, other, kind in found
        if one in people and other in people and (kind not in kinds_of_children or one in children)
    ]


def households(evidence: Evidence, people: dict[int, Resident], earners: set[int]) -> list[Household]:
    """The groups that the links make, each with its head."""
    group = {key: {key} for key in people}
    for one, other, _ in links(evidence, people, earners):
        if group[one] is not group[other]:
            group[one] |= group[other]
            for key in group[other]:
                group[key] = group[one]
    distinct = {id(keys): keys for keys in group.values()}.values()
    found = []
    for keys in sorted(distinct, key=min):
        members = [people[key] for key in sorted(keys)]
        found.append(Household(members, head_of(members)))
    _attach_dead(evidence, found)
    return found


def head_of(members: list[Resident]) -> Resident:
    """The register's head when there is exactly one among the members, else the eldest."""
    heads = [m for m in members if m.is_family_register and m.relation == "head"]
    return heads[0] if len(heads) == 1 else min(members, key=lambda m: (m.birth_on, m.key))


def _attach_dead(evidence: Evidence, found: list[Household]) -> None:
    """A dead member leaves the head count; what was spent for them stays in the window."""
    start = evidence.month.window(12)[0].start
    household_of = {member.key: home for home in found for member in home.members}
    known = _last_records(evidence)
    previous = {row["resident_key"]: row["household_no"] for row in evidence.previous_members}
    for key, died_on in sorted(deaths(evidence).items()):
        if died_on < start:
            continue
        record = known.get(key, {})
        if key in previous:
            kin = [k for k, no in previous.items() if no == previous[key]]
        else:
            number = record.get("household_register_no")
            kin = [
                member.key
                for home in found
                for member in home.members
                if number is not None and member.is_family_register and member.register_no == number
            ]
        home = _majority(household_of, kin)
        if home:
            home.dead.append(Dead(key, died_on, record.get("birth_on"), record.get("sex")))


def _last_records(evidence: Evidence) -> dict[int, dict]:
    """The latest register or permit row of the window's months in which a person still stands."""
    known: dict[int, dict] = {}
    months = evidence.month.window(12)
    for _, row in evidence.flow(CANCELLATIONS, months):
        known[row["resident_key"]] = {"household_register_no": row["household_register_no"]}
    for extract in (PERMITS, REGISTER):
        for _, row in evidence.flow(extract, months):
            is_family = row.get("register_type") == "family"
            known[row["resident_key"]] = {
                "birth_on": row["birth_on"],
                "sex": row["sex"],
                "household_register_no": row["household_register_no"] if is_family else None,
            }
    return known


def _majority(household_of: dict[int, Household], keys: list[int]) -> Household | None:
    """The household that holds most of the keys; of equals the one with the smallest member key."""
    counts: dict[int, int] = {}
    homes: dict[int, Household] = {}
    for key in keys:
        if key in household_of:
            home = household_of[key]
            first = home.members[0].key
            counts[first] = counts.get(first, 0) + 1
            homes[first] = home
    if not counts:
        return None
    return homes[min(counts, key=lambda first: (-counts[first], first))]
