"""Members living together: which people make one household, its head and its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from .evidence import Evidence
from .people import (
    BIRTHS,
    PERMITS,
    REGISTER,
    Place,
    Resident,
    age_on,
    deaths,
    living_places,
    of_permit,
    of_register,
)

MARRIAGES = "civil_affairs__marriages"
ENROLMENTS = "education__enrolments"

# Parent-child evidence, the surest first.
BY_BIRTH, BY_REGISTER, BY_SCHOOL, BY_PERMIT = range(4)


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
    is_too_large: bool = False
    dead: list[Dead] = field(default_factory=list)

    @property
    def place(self) -> Place:
        """Place of living: residence permit, else latest grid record, else the head's register address.

        The head's own goes before that of other members, of whom the eldest goes first.
        """
        others = sorted(self.members, key=lambda m: (m.birth_on, m.key))
        lived = [m.place for m in [self.head, *others] if m.place.source != "register"]
        return (lived or [self.head.place])[0]


def marriages_in_force(evidence: Evidence) -> set[frozenset[int]]:
    """Pairs of which neither has registered anything later than their marriage.

    A divorce ends it, and so does a later marriage of either with somebody else, even where the divorce
    between was registered elsewhere. A divorce of the same day ends it too.
    """
    married = last_married(evidence)
    return {pair for pair in married.values() if len(pair) == 2 and all(married.get(k) == pair for k in pair)}


def last_married(evidence: Evidence) -> dict[int, frozenset[int]]:
    """The pair of the last registration of each person for whom that was a marriage."""
    entries: dict[int, list[tuple]] = {}
    for row in evidence.stock(MARRIAGES) or []:
        pair = frozenset((row["resident_key"], row["spouse_key"]))
        for key in pair:
            entry = (row["registered_on"], row["marriage_status"] == "divorced", sorted(pair))
            entries.setdefault(key, []).append(entry)
    latest = {key: max(found) for key, found in entries.items()}
    return {key: frozenset(pair) for key, (_, is_divorced, pair) in latest.items() if not is_divorced}


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


def parents_of(evidence: Evidence, people: dict[int, Resident], children: set[int]) -> dict[int, list[int]]:
    """Parents and guardians on record of each dependent, the one it lives with first.

    Who is at the dependent's own place goes first, then the surer evidence: births (mother, father), the
    register (head, spouse), the school (guardian 1, guardian 2), the permit.
    """
    evidence_of: dict[int, list[tuple[tuple[int, int], int | None]]] = {key: [] for key in children}
    parents_in_register: dict[str, list[tuple[tuple[int, int], int]]] = {}
    for person in people.values():
        if person.is_family_register and person.relation in ("head", "spouse"):
            order = (BY_REGISTER, ("head", "spouse").index(person.relation))
            parents_in_register.setdefault(person.register_no, []).append((order, person.key))
    for key in children:
        child = people[key]
        evidence_of[key] += [((BY_BIRTH, n), parent) for n, parent in enumerate(child.parent_keys)]
        if child.is_family_register and child.relation == "child":
            evidence_of[key] += parents_in_register.get(child.register_no, [])
        evidence_of[key].append(((BY_PERMIT, 0), child.guardian_key))
    for row in evidence.stock(BIRTHS) or []:
        for n, column in enumerate(("mother_key", "father_key")):
            evidence_of.get(row["resident_key"], []).append(((BY_BIRTH, n), row[column]))
    for row in evidence.stock(ENROLMENTS) or []:
        for n, column in enumerate(("guardian1_key", "guardian2_key")):
            evidence_of.get(row["resident_key"], []).append(((BY_SCHOOL, n), row[column]))
    ordered = {}
    for key, found in evidence_of.items():
        home = people[key].place.address
        claims = [
            (people[parent].place.address != home, order, parent)
            for order, parent in found
            if parent in people and parent != key and age_on(people[parent].birth_on, evidence.end) >= 14
        ]
        if claims:
            ordered[key] = [parent for _, _, parent in sorted(claims)]
    return ordered


def households(evidence: Evidence, people: dict[int, Resident], earners: set[int]) -> list[Household]:
    """Members living together: spouses; dependents with a parent; others of one register and address.

    A group of register and address above the cap is a conflict for a person to look at, and nobody is
    joined to it; so is a household without an adult, for the adults are missing from the data.
    """
    too_large: set[int] = set()
    found = []
    for keys in sorted(living_together(evidence, people, earners, too_large), key=min):
        members = [people[key] for key in sorted(keys)]
        is_too_large = len(members) > evidence.parameters.household_size_cap or bool(keys & too_large)
        found.append(Household(members, head_of(members), is_too_large))
    _attach_dead(evidence, found, people)
    return found


def living_together(
    evidence: Evidence, people: dict[int, Resident], earners: set[int], too_large: set[int]
) -> list[set[int]]:
    """The groups, as sets of keys; adds to `too_large` who belongs to a group above the cap."""
    pairs = marriages_in_force(evidence)
    children = dependents(evidence, people, earners, pairs)
    parents = parents_of(evidence, people, children)
    together = _Groups(people)
    for keys in _of_one_home(people, people.keys() - children):
        together.join(keys)
        if len(keys) > evidence.parameters.household_size_cap:
            too_large |= set(keys)
    for pair in [*pairs, *_parents_at_one_place(people, parents, children)]:
        if pair <= people.keys() and not pair & too_large:
            together.join(sorted(pair))
    for child, (parent, *_) in parents.items():
        together.join([parent, child])
    for keys in _of_one_home(people, people.keys()):
        left = [key for key in keys if key in children and key not in parents]
        grown = [key for key in keys if key not in children]
        together.join(grown[:1] + left)
    return together.groups()


def _parents_at_one_place(
    people: dict[int, Resident], parents: dict[int, list[int]], children: set[int]
) -> list[set[int]]:
    """Pairs of a dependent's first parent and another one at the same place, married here or not.

    Parents who live apart are not made one household.
    """
    pairs = []
    for first, *others in parents.values():
        for other in others:
            is_at_one_place = people[other].place.address == people[first].place.address
            if first not in children and other not in children and is_at_one_place:
                pairs.append({first, other})
    return pairs


class _Groups:
    """People joined step by step."""

    def __init__(self, people):
        self._group = {key: {key} for key in people}

    def join(self, keys: list[int]) -> None:
        for other in keys[1:]:
            one, two = self._group[keys[0]], self._group[other]
            if one is not two:
                one |= two
                for key in two:
                    self._group[key] = one

    def groups(self) -> list[set[int]]:
        return list({id(keys): keys for keys in self._group.values()}.values())


def _of_one_home(people: dict[int, Resident], keys) -> list[list[int]]:
    """Keys by family register and address; collective registers are never one household."""
    homes: dict[tuple, list[int]] = {}
    for key in sorted(keys):
        person = people[key]
        if person.is_family_register:
            homes.setdefault((person.register_no, person.place.address), []).append(key)
    return list(homes.values())


def head_of(members: list[Resident]) -> Resident:
    """The register's head when there is exactly one among the members, else the eldest."""
    heads = [m for m in members if m.is_family_register and m.relation == "head"]
    return heads[0] if len(heads) == 1 else min(members, key=lambda m: (m.birth_on, m.key))


def _attach_dead(evidence: Evidence, found: list[Household], people: dict[int, Resident]) -> None:
    """A dead member leaves the head count; what was spent for them stays in the window.

    They belong to last month's household; where that is not known to the widowed spouse's, else to
    that of their family register, else to that of a child they were parent or guardian of.
    """
    start = evidence.month.window(12)[0].start
    household_of = {member.key: home for home in found for member in home.members}
    died = {key: day for key, day in deaths(evidence).items() if day >= start}
    known = _last_records(evidence, died)
    everybody = people | known
    married = last_married(evidence)
    minors = {key for key, person in people.items() if age_on(person.birth_on, evidence.end) < 18}
    parents = parents_of(evidence, everybody, minors)
    previous = {row["resident_key"]: row["household_no"] for row in evidence.previous_members}
    for key, died_on in sorted(died.items()):
        person = known.get(key)
        number = person.register_no if person and person.is_family_register else None
        kin = [
            {k for k, no in previous.items() if key in previous and no == previous[key]},
            set(married.get(key, ())),
            {m.key for m in people.values() if number and m.is_family_register and m.register_no == number},
            {child for child, claimed in parents.items() if key in claimed},
        ]
        homes = [home for home in (_majority(household_of, keys) for keys in kin) if home]
        if homes:
            born, sex = (person.birth_on, person.sex) if person else (None, None)
            homes[0].dead.append(Dead(key, died_on, born, sex))


def _last_records(evidence: Evidence, keys) -> dict[int, Resident]:
    """People of the keys as the window's latest register, else latest permit, had them."""
    places = living_places(evidence)
    known: dict[int, Resident] = {}
    months = evidence.month.window(12)
    for _, row in evidence.flow(PERMITS, months):
        if row["resident_key"] in keys:
            known[row["resident_key"]] = of_permit(row)
    for _, row in evidence.flow(REGISTER, months):
        if row["resident_key"] in keys:
            known[row["resident_key"]] = of_register(row, places)
    return known


def _majority(household_of: dict[int, Household], keys: set[int]) -> Household | None:
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
