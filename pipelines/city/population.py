"""The population: everyone who lives in the city between its beginning and its end, and where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.city import households, identifiers, names
from pipelines.city.chance import END, EPOCH, NEVER, day, generator
from pipelines.city.households import CHILD, GRANDCHILD, HEAD, SPOUSE, People
from pipelines.city.places import Places, read_places

_YEARS = (END - EPOCH).days / 365.25
_BIRTHS = 0.0094  # a year and resident
# A year and household: who comes, who goes.
_COMING = {True: 0.008, False: 0.030}
_GOING = {True: 0.004, False: 0.030}


@dataclass
class Population:
    """People and households with the days that bound their being here; arrays share their order.

    Days count from 1970-01-01 and are NEVER where nothing happens.
    """

    seed: int
    residents: int
    places: Places
    people: People
    ids: pl.Series
    surname: np.ndarray
    died: np.ndarray
    is_local: np.ndarray  # of the person: has local hukou
    household_type: np.ndarray
    household_is_local: np.ndarray
    arrived: np.ndarray  # of the household
    left: np.ndarray
    fortune: np.ndarray  # of the household: standard normal, what its members' chances share

    def __len__(self) -> int:
        return len(self.people)

    @property
    def households(self) -> int:
        """Number of households ever here."""
        return len(self.household_type)

    def is_present(self, on: int) -> np.ndarray:
        """Whether each person is alive and here on a day."""
        home = self.people.household
        return (
            (self.people.born <= on) & (on < self.died) & (self.arrived[home] <= on) & (on < self.left[home])
        )

    def heads(self) -> np.ndarray:
        """Number of the person who heads each household."""
        heads = np.full(self.households, -1, dtype=np.int32)
        who = np.flatnonzero(self.people.role == HEAD)
        heads[self.people.household[who]] = who
        return heads

    def guardians(self, persons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """First and second guardian of people given by number, -1 = none."""
        father, mother = self.people.father[persons], self.people.mother[persons]
        first = np.where(mother >= 0, mother, father)
        first = np.where(first >= 0, first, self.heads()[self.people.household[persons]])
        return first, np.where(mother >= 0, father, -1)

    def age(self, on: int | np.ndarray) -> np.ndarray:
        """Ages in years on a day (negative before birth)."""
        return (on - self.people.born) / np.float32(365.25)

    def names(self, persons: np.ndarray) -> pl.Series:
        """Full names of people given by number."""
        return names.full_names(self.surname[persons], self.people.is_male[persons], persons, self.seed)

    def named(self, persons: np.ndarray) -> pl.Series:
        """IDs of people given by number; null where the number is -1."""
        persons = np.asarray(persons)
        found = self.ids.gather(np.maximum(persons, 0))
        nobody = persons < 0
        return (
            found.zip_with(pl.Series(~nobody), pl.Series([None], dtype=pl.String)) if nobody.any() else found
        )


def draw(residents: int, seed: int, reserved: frozenset[str] = frozenset()) -> Population:
    """The population of a city with about that many residents; IDs in `reserved` are given to nobody."""
    places = read_places()
    rng = generator(seed, "households")
    local_count = round(residents * places.local_hukou.sum() / places.residents.sum())
    groups = []
    for is_local, count in ((True, local_count), (False, residents - local_count)):
        ever = count * (1 + _COMING[is_local] * _YEARS)
        groups.append(households.draw(round(ever), is_local, rng))
    (local_types, local_people), (other_types, other_people) = groups
    people = households.joined(local_people, other_people, len(local_types))
    types = np.concatenate([local_types, other_types])
    is_local_home = np.arange(len(types)) < len(local_types)
    arrived, left = _stays(is_local_home, rng)
    is_local = is_local_home[people.household]
    # Husbands or wives from elsewhere who keep their hukou there.
    married_in = is_local & (people.role == SPOUSE) & (rng.random(len(people)) < 0.05)
    is_local &= ~married_in

    died = _deaths(people.born, generator(seed, "deaths"))
    births = generator(seed, "births")
    mothers, born = _births(people, types, died, arrived, left, residents, births)
    people = households.with_births(people, mothers, born, births)
    died = np.concatenate([died, np.full(len(mothers), NEVER)]).astype(np.int32)
    fathers = np.maximum(people.father[-len(mothers) :], mothers) if len(mothers) else mothers
    is_local = np.concatenate([is_local, is_local[mothers] | is_local[fathers]])
    people.born, ids = identifiers.assign(people.born, people.is_male, reserved)
    return Population(
        seed=seed,
        residents=residents,
        places=places,
        people=people,
        ids=ids,
        surname=_surnames(people, seed),
        died=np.maximum(died, people.born + 1),
        is_local=is_local,
        household_type=types,
        household_is_local=is_local_home,
        arrived=arrived,
        left=left,
        fortune=generator(seed, "fortune").standard_normal(len(types), dtype=np.float32),
    )


def _stays(is_local: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    n, start = len(is_local), day(EPOCH)
    coming = np.where(is_local, _COMING[True], _COMING[False]) * _YEARS
    late = rng.random(n) < coming / (1 + coming)
    arrived = np.where(late, start + rng.random(n) * _YEARS * 365.25, -NEVER).astype(np.int32)
    years = rng.exponential(1, n) / np.where(is_local, _GOING[True], _GOING[False])
    left = np.minimum(np.maximum(arrived, start) + 1 + years * 365.25, NEVER).astype(np.int32)
    return arrived, left


def _deaths(born: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Days of death after Gompertz's law, in a city whose migrants are young and healthy."""
    base, growth = 1.7e-5, 0.094  # a year of age
    age = np.maximum((day(EPOCH) - born) / 365.25, 0.0)
    hazard = base * np.exp(growth * age)
    years = np.log1p(growth * rng.exponential(1, len(born)) / hazard) / growth
    return np.minimum(day(EPOCH) + 1 + years * 365.25, NEVER).astype(np.int32)


def _births(people, types, died, arrived, left, residents, rng) -> tuple[np.ndarray, np.ndarray]:
    youngest = np.full(len(types), -NEVER, dtype=np.int32)
    is_child = (people.role == CHILD) | (people.role == GRANDCHILD)
    np.maximum.at(youngest, people.household[is_child], people.born[is_child])
    adult = (people.role == HEAD) | (people.role == SPOUSE)
    women = np.flatnonzero(adult & ~people.is_male & (people.spouse >= 0))
    home = people.household[women]
    when = day(EPOCH) + (rng.random(len(women)) * _YEARS * 365.25).astype(np.int32)
    age = (when - people.born[women]) / 365.25
    fit = (age > 20) & (age < 42) & (when > youngest[home] + 450) & (when < died[women])
    fit &= (when < left[home]) & (when > arrived[home])
    women, when = women[fit], when[fit]
    share = min(1.0, _BIRTHS * residents * _YEARS / max(1, len(women)))
    # Where there is no child yet one comes more often.
    chance = share * np.where(youngest[people.household[women]] < 0, 1.3, 0.8)
    born = rng.random(len(women)) < chance
    return women[born], when[born]


def _surnames(people: People, seed: int) -> np.ndarray:
    own = names.surnames(len(people), generator(seed, "surnames"))
    # Fathers come before their children only by role, so the name travels down two generations.
    for _ in range(2):
        own = np.where(people.father >= 0, own[people.father], own)
    motherly = (people.father < 0) & (people.mother >= 0)
    own = np.where(motherly, own[people.mother], own)
    orphaned = people.role == GRANDCHILD
    head_surname = np.zeros(int(people.household.max()) + 1 if len(people) else 0, dtype=np.int8)
    head = people.role == HEAD
    head_surname[people.household[head]] = own[head]
    return np.where(orphaned, head_surname[people.household], own).astype(np.int8)
