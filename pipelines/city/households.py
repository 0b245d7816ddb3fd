"""Households: who lives together when the city begins, drawn from types of household."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.city.chance import EPOCH, day, whole

HEAD, SPOUSE, CHILD, PARENT, GRANDCHILD = range(5)


@dataclass(frozen=True)
class HouseholdType:
    """A type of household: its members in order, and who is how old.

    `members`: h head, s spouse, c child, f and m the head's father and mother, g grandchild.
    `age`: mean, spread, least and greatest age of the head; where there are children, of the youngest
    child (the parents' ages follow from theirs).
    """

    name: str
    members: str
    age: tuple[float, float, float, float]
    male_head: float = 0.75
    local: float = 0.0  # share of the households with local hukou
    migrant: float = 0.0  # share of the others


TYPES = (
    HouseholdType("couple", "hs", (33, 7, 22, 45), 0.7, 0.110, 0.165),
    HouseholdType("older couple", "hs", (54, 4, 46, 62), 0.7, 0.120, 0.040),
    HouseholdType("couple with child", "hsc", (7.5, 5.5, 0, 17), 0.7, 0.150, 0.105),
    HouseholdType("couple with two children", "hscc", (5.5, 4, 0, 14), 0.7, 0.110, 0.044),
    HouseholdType("couple with three children", "hsccc", (4, 3, 0, 10), 0.7, 0.012, 0.005),
    HouseholdType("three generations", "hscfm", (6, 4.5, 0, 16), 0.8, 0.050, 0.007),
    HouseholdType("three generations, widow", "hscm", (8, 4.5, 0, 17), 0.8, 0.040, 0.010),
    HouseholdType("three generations, two children", "hsccfm", (5, 3.5, 0, 13), 0.8, 0.022, 0.003),
    HouseholdType("couple with student", "hsc", (19.5, 1.2, 18, 22), 0.7, 0.050, 0.012),
    HouseholdType("couple with student and pupil", "hscc", (14, 2, 10, 17), 0.7, 0.028, 0.006),
    HouseholdType("couple with grown child", "hsc", (26, 3.5, 22, 36), 0.75, 0.080, 0.012),
    HouseholdType("single", "h", (32, 8, 20, 50), 0.32, 0.095, 0.000),
    HouseholdType("single, rented room", "h", (32, 8, 19, 52), 0.70, 0.000, 0.310),
    HouseholdType("single, dormitory", "h", (29, 8, 18, 52), 0.79, 0.000, 0.250),
    HouseholdType("old couple", "hs", (69, 6, 60, 88), 0.75, 0.075, 0.009),
    HouseholdType("old person alone", "h", (73, 8, 61, 94), 0.25, 0.055, 0.004),
    HouseholdType("single parent", "hc", (10, 4.5, 0, 17), 0.2, 0.028, 0.006),
    HouseholdType("single parent, two children", "hcc", (8, 3.5, 0, 14), 0.2, 0.009, 0.002),
    HouseholdType("grandparents with child", "hsg", (8, 4, 1, 15), 0.75, 0.005, 0.001),
    HouseholdType("grandparent with child", "hg", (9, 4, 1, 16), 0.2, 0.002, 0.0),
)
NAMES = tuple(t.name for t in TYPES)
DORMITORY = NAMES.index("single, dormitory")
SINGLES = (NAMES.index("single"), NAMES.index("single, rented room"))

_ROLES = {"h": HEAD, "s": SPOUSE, "c": CHILD, "f": PARENT, "m": PARENT, "g": GRANDCHILD}


@dataclass
class People:
    """One entry per person ever alive here; days since 1970, -1 = nobody."""

    household: np.ndarray
    role: np.ndarray
    is_male: np.ndarray
    born: np.ndarray
    spouse: np.ndarray
    father: np.ndarray
    mother: np.ndarray

    def __len__(self) -> int:
        return len(self.household)


def draw(count: int, is_local: bool, rng: np.random.Generator) -> tuple[np.ndarray, People]:
    """About `count` people in households of the types' shares: type of each household, and the people."""
    shares = np.array([t.local if is_local else t.migrant for t in TYPES])
    sizes = np.array([len(t.members) for t in TYPES])
    counts = whole(shares, round(count * shares.sum() / (shares @ sizes)))
    parts, types, people, households = [], [], 0, 0
    for number, (household_type, n) in enumerate(zip(TYPES, counts, strict=True)):
        if n:
            parts.append(_of_one_type(household_type, int(n), households, people, rng))
            types.append(np.full(n, number, dtype=np.int8))
            households, people = households + int(n), people + int(n) * len(household_type.members)
    fields = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in People.__annotations__
    }
    return np.concatenate(types), People(**fields)


def _of_one_type(
    household_type: HouseholdType, n: int, first_household: int, first_person: int, rng: np.random.Generator
) -> People:
    members = household_type.members
    k = len(members)
    age = np.zeros((n, k), dtype=np.float32)
    is_male = np.zeros((n, k), dtype=bool)
    links = {name: np.full((n, k), -1, dtype=np.int32) for name in ("spouse", "father", "mother")}
    person = first_person + np.arange(n * k, dtype=np.int32).reshape(n, k)

    children = [i for i, m in enumerate(members) if m in "cg"]
    parents = [i for i, m in enumerate(members) if m in "hs"] if "g" not in members else []
    is_male[:, 0] = rng.random(n) < household_type.male_head
    mean, spread, least, most = household_type.age
    anchor = np.clip(mean + spread * rng.standard_normal(n), least, most) + rng.random(n)
    if children:
        # From the youngest to the eldest; a parent is the anchor's mother or father.
        for position, i in enumerate(reversed(children)):
            age[:, i] = anchor + (0 if position == 0 else position * 2.2 + rng.random(n) * 3 * position)
        gap = np.clip(28 + 4.2 * rng.standard_normal(n), 20, 41)
        eldest = age[:, children[0]]
        age[:, 0] = eldest + gap + (28 if "g" in members else 0) + 2.0 * is_male[:, 0]
        is_male[:, children] = rng.random((n, len(children))) < 0.52
    else:
        age[:, 0] = anchor
    if "s" in members:
        is_male[:, 1] = ~is_male[:, 0]
        apart = np.clip(2.0 + 2.2 * rng.standard_normal(n), -4, 12)
        older = np.where(is_male[:, 0], -apart, apart)  # husbands are a little older
        least_adult = 19.5 if not children else age[:, children[0]] + (18 if "c" in members else 40)
        age[:, 1] = np.maximum(age[:, 0] + older, least_adult)
        links["spouse"][:, 0], links["spouse"][:, 1] = person[:, 1], person[:, 0]
    for i in children if parents else []:
        for parent in parents:
            male = is_male[:, parent]
            links["father"][male, i] = person[male, parent]
            links["mother"][~male, i] = person[~male, parent]
    for i, m in enumerate(members):
        if m in "fm":
            is_male[:, i] = m == "f"
            age[:, i] = age[:, 0] + np.clip(26 + 3.5 * rng.standard_normal(n) + 2 * (m == "f"), 19, 42)
            links["father" if m == "f" else "mother"][:, 0] = person[:, i]
    if "f" in members:
        f, m = members.index("f"), members.index("m")
        links["spouse"][:, f], links["spouse"][:, m] = person[:, m], person[:, f]
    return People(
        household=np.repeat(first_household + np.arange(n, dtype=np.int32), k),
        role=np.tile(np.array([_ROLES[m] for m in members], dtype=np.int8), n),
        is_male=is_male.ravel(),
        born=(day(EPOCH) - (age * 365.25)).astype(np.int32).ravel(),
        **{name: link.ravel() for name, link in links.items()},
    )


def joined(first: People, second: People, households: int) -> People:
    """Two groups of people as one; the second group's numbers move up."""
    moved = {"household": households}
    moved |= dict.fromkeys(("spouse", "father", "mother"), len(first))
    fields = {}
    for name in People.__annotations__:
        more = getattr(second, name)
        if name in moved:
            more = np.where(more >= 0, more + moved[name], -1).astype(np.int32)
        fields[name] = np.concatenate([getattr(first, name), more])
    return People(**fields)


def with_births(people: People, mothers: np.ndarray, born: np.ndarray, rng: np.random.Generator) -> People:
    """The people and one child more for each of the mothers, born on the given days."""
    n = len(mothers)
    fathers = people.spouse[mothers]
    nobody = np.full(n, -1, dtype=np.int32)
    children = {
        "household": people.household[mothers],
        "role": np.full(n, CHILD, dtype=np.int8),
        "is_male": rng.random(n) < 0.525,
        "born": born.astype(np.int32),
        "spouse": nobody,
        "father": fathers.astype(np.int32),
        "mother": mothers.astype(np.int32),
    }
    return People(
        **{name: np.concatenate([getattr(people, name), children[name]]) for name in People.__annotations__}
    )
