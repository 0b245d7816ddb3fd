"""Registers: whose family register a person stands in, where households live, who is married to whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.city.chance import END, EPOCH, NEVER, day, generator
from pipelines.city.households import (
    CHILD,
    DORMITORY,
    GRANDCHILD,
    HEAD,
    NAMES,
    PARENT,
    SINGLES,
    SPOUSE,
)
from pipelines.city.places import Dwellings, dwellings
from pipelines.city.population import Population

RELATIONS = (
    "head", "spouse", "child", "grandchild", "parent", "child_in_law", "other",
)  # fmt: skip
_ROLE_RELATION = {HEAD: 0, SPOUSE: 1, CHILD: 2, GRANDCHILD: 3, PARENT: 4}
_YEARS = (END - EPOCH).days / 365.25
_PER_COLLECTIVE = 80  # people in one collective register


@dataclass
class Registers:
    """What the police and grid staff could know; one entry per person unless said otherwise."""

    booklet: np.ndarray  # household in whose family register the person stands
    relation: np.ndarray  # index into RELATIONS
    collective: np.ndarray  # number of the collective register, -1 = a family's
    registered: np.ndarray  # day the person came into the register, -NEVER = long ago
    cancelled: np.ndarray  # day the row goes, months after a death
    has_permit: np.ndarray
    permit_from: np.ndarray  # day of the first permit
    permit_guardian: np.ndarray  # the parent under whose permit a child is registered, -1 = none
    married: np.ndarray  # day of the marriage with the present spouse, if registered here, else NEVER
    divorced_from: np.ndarray  # former spouse, -1 = none
    divorced: np.ndarray  # day of the divorce
    dwellings: Dwellings
    register_dwelling: np.ndarray  # of the household
    collective_dwelling: np.ndarray  # of the collective register
    living: np.ndarray  # of the household: dwelling at first
    moved: np.ndarray  # of the household: day of its move within the city
    living_later: np.ndarray  # of the household
    recorded: np.ndarray  # of the household: day grid staff first recorded it, NEVER = not at all
    recorded_later: np.ndarray  # of the household: day the move was recorded

    def living_on(self, on: int) -> np.ndarray:
        """Dwelling of each household on a day."""
        return np.where(self.moved <= on, self.living_later, self.living)


def draw(population: Population) -> Registers:
    """The registers of a population; adult children found in a parents' register become their children."""
    booklet, relation = _booklets(population)
    _children_in_parents_booklets(population, booklet, relation)
    collective = _collectives(population, booklet, relation)
    rng = generator(population.seed, "registration")
    n, home, born = len(population), population.people.household, population.people.born
    is_newborn = born >= day(EPOCH)
    registered = np.where(is_newborn, born + 15 + rng.integers(0, 75, n), population.arrived[home])
    death_lag = 25 + rng.gamma(2.0, 35, n)  # one to six months
    cancelled = np.minimum(population.died + death_lag, NEVER).astype(np.int32)
    cancelled = np.where(population.left[home] < population.died, population.left[home] + 3, cancelled)
    married, former, divorced = _marriages(population)
    return Registers(
        booklet=booklet,
        relation=relation,
        collective=collective,
        registered=registered.astype(np.int32),
        cancelled=cancelled.astype(np.int32),
        married=married,
        divorced_from=former,
        divorced=divorced,
        **_permits(population),
        **_homes(population, int(collective.max(initial=-1)) + 1),
    )


def _booklets(population: Population) -> tuple[np.ndarray, np.ndarray]:
    people = population.people
    relation = np.zeros(len(people), dtype=np.int8)
    for role, number in _ROLE_RELATION.items():
        relation[people.role == role] = number
    # In some families of three generations the grandfather (or the widow) heads the register.
    rng = generator(population.seed, "heads")
    three = np.char.startswith(np.array(NAMES), "three generations")[population.household_type]
    elders = three & (rng.random(len(three)) < 0.4)
    widow = population.household_type == NAMES.index("three generations, widow")
    of_elders = elders[people.household]
    first = people.is_male | widow[people.household]
    for role, number in ((HEAD, 2), (SPOUSE, 5), (CHILD, 3)):
        relation[of_elders & (people.role == role)] = number
    relation[of_elders & (people.role == PARENT)] = 1
    relation[of_elders & (people.role == PARENT) & first] = 0
    return people.household.copy(), relation


def _children_in_parents_booklets(population: Population, booklet, relation) -> None:
    """Grown children who live elsewhere, often in another town, but never left their parents' register."""
    people, rng = population.people, generator(population.seed, "booklets")
    kind, home = population.household_type, people.household
    young = (population.age(day(EPOCH)) > 21) & (population.age(day(EPOCH)) < 42)
    couples = np.isin(
        kind, [NAMES.index(n) for n in ("couple", "couple with child", "couple with two children")]
    )
    chance = np.where(couples[home], 0.09 * (people.role == SPOUSE), 0.3 * np.isin(kind, SINGLES)[home])
    away = np.flatnonzero(
        population.is_local & young & (people.role <= SPOUSE) & (rng.random(len(people)) < chance)
    )
    older = np.isin(kind, [NAMES.index("older couple"), NAMES.index("old couple")])
    heads = np.flatnonzero((people.role == HEAD) & older[home] & population.is_local & (people.spouse >= 0))
    heads = rng.permutation(heads)[: len(away)]
    # The eldest children to the eldest parents, so that the ages fit.
    away = rng.permutation(away)[: len(heads)]
    away = away[np.argsort(people.born[away], kind="stable")]
    heads = heads[np.argsort(people.born[heads], kind="stable")]
    spouses = people.spouse[heads]
    gap = people.born[away] - np.maximum(people.born[heads], people.born[spouses])
    fits = (gap > 19 * 365) & (gap < 45 * 365) & (home[away] != home[heads])
    fits &= population.left[home[heads]] > day(END)
    away, heads, spouses = away[fits], heads[fits], spouses[fits]
    booklet[away], relation[away] = home[heads], 2
    male = people.is_male[heads]
    people.father[away] = np.where(male, heads, spouses)
    people.mother[away] = np.where(male, spouses, heads)
    population.surname[away] = population.surname[people.father[away]]


def _collectives(population: Population, booklet, relation) -> np.ndarray:
    """Collective registers of employers and the talent market: strangers under one number."""
    people, rng = population.people, generator(population.seed, "collectives")
    single = np.isin(population.household_type, SINGLES)[people.household] & population.is_local
    stays = single & (booklet == people.household) & (rng.random(len(people)) < 0.25)
    members = rng.permutation(np.flatnonzero(stays))
    collective = np.full(len(people), -1, dtype=np.int32)
    collective[members] = np.arange(len(members)) // _PER_COLLECTIVE
    relation[members] = 6
    return collective


def _marriages(population: Population) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    people, rng = population.people, generator(population.seed, "marriages")
    n, home = len(people), people.household
    eldest = np.full(population.households, NEVER, dtype=np.int32)
    child = people.role == CHILD
    np.minimum.at(eldest, home[child], people.born[child])
    husbands = np.flatnonzero((people.spouse >= 0) & people.is_male)
    wives = people.spouse[husbands]
    adult = np.maximum(people.born[husbands] + 22 * 366, people.born[wives] + 20 * 366)
    is_parent = (people.role[husbands] <= SPOUSE) & (eldest[home[husbands]] < NEVER)
    latest = np.where(is_parent, eldest[home[husbands]] - 200, adult + 9 * 365)
    when = adult + rng.random(len(husbands)) * np.maximum(latest - adult, 30)
    both_local = population.is_local[husbands] & population.is_local[wives]
    one_local = population.is_local[husbands] | population.is_local[wives]
    here = rng.random(len(husbands)) < np.where(both_local, 0.93, np.where(one_local, 0.7, 0.04))
    married = np.full(n, NEVER, dtype=np.int32)
    married[husbands[here]] = married[wives[here]] = when[here].astype(np.int32)

    # Single parents were often married to somebody who now lives alone.
    former, divorced = np.full(n, -1, dtype=np.int32), np.full(n, NEVER, dtype=np.int32)
    alone = np.char.startswith(np.array(NAMES), "single parent")[population.household_type]
    parents = np.flatnonzero((people.role == HEAD) & alone[home] & population.is_local)
    singles = np.isin(population.household_type, SINGLES)[home] & (people.role == HEAD) & population.is_local
    for sex in (True, False):
        these = parents[people.is_male[parents] == sex]
        others = rng.permutation(np.flatnonzero(singles & (people.is_male != sex)))[: len(these)]
        these = these[: len(others)][rng.random(len(others)) < 0.6]
        others = others[: len(these)]
        these = these[np.argsort(people.born[these], kind="stable")]
        others = others[np.argsort(people.born[others], kind="stable")]
        close = np.abs(people.born[these] - people.born[others]) < 9 * 365
        these, others = these[close], others[close]
        former[these] = others
        youngest_adult = np.maximum(people.born[these], people.born[others]) + 22 * 366
        first = np.minimum(youngest_adult, day(EPOCH) - 800)
        married[these] = first
        divorced[these] = np.maximum(first + 400, day(EPOCH) - rng.integers(0, 2500, len(these)))
        divorced[these] = np.maximum(divorced[these], eldest[home[these]] + 300)
    return married, former, divorced


def _permits(population: Population) -> dict[str, np.ndarray]:
    """Who holds a permit: most workers, few old people, children of a parent who holds one."""
    people, rng = population.people, generator(population.seed, "permits")
    n, home, age = len(people), people.household, population.age(day(EPOCH))
    is_child = (people.role == CHILD) | (people.role == GRANDCHILD)
    minor = is_child & (age < 18)
    adult = ~population.is_local & ~minor & (rng.random(n) < np.where(age < 58, 0.94, 0.4))
    first, second = population.guardians(np.arange(n))
    holds = np.append(adult, False)  # the last entry answers for nobody (-1)
    guardian = np.where(holds[first], first, np.where(holds[second], second, -1))
    child = ~population.is_local & minor & (guardian >= 0) & (rng.random(n) < 0.88)
    came = np.where(
        population.arrived > -NEVER,
        population.arrived + 20,
        day(EPOCH) - rng.integers(10, 1500, population.households),
    )
    return {
        "has_permit": adult | child,
        "permit_from": np.maximum(came[home], people.born + 120).astype(np.int32),
        "permit_guardian": np.where(child, guardian, -1),
    }


def _homes(population: Population, collectives: int) -> dict:
    """Dwellings: the register's, the one lived in, the one after a move; dormitories share theirs."""
    rng, places = generator(population.seed, "homes"), population.places
    n, local = population.households, population.household_is_local
    others = np.maximum(places.residents - places.local_hukou, 1)

    def towns(weights: np.ndarray, count: int) -> np.ndarray:
        return rng.choice(len(weights), count, p=weights / weights.sum()).astype(np.int16)

    town = np.where(local, towns(places.local_hukou, n), towns(others, n))
    elsewhere = np.flatnonzero(local & (rng.random(n) < 0.22))
    moved = np.full(n, NEVER, dtype=np.int32)
    movers = np.flatnonzero(rng.random(n) < 0.03 * _YEARS)
    moved[movers] = day(EPOCH) + (rng.random(len(movers)) * _YEARS * 365.25).astype(np.int32)
    dorm = np.flatnonzero(population.household_type == DORMITORY)
    away = np.where(
        rng.random(len(elsewhere)) < 0.5, town[elsewhere], towns(places.residents, len(elsewhere))
    )
    later = np.where(rng.random(len(movers)) < 0.5, town[movers], towns(places.residents, len(movers)))
    all_towns = np.concatenate([town, away, later, towns(places.local_hukou, collectives)]).astype(np.int16)
    homes = dwellings(places, places.communities_of(rng, all_towns, population.seed))

    register = np.arange(n, dtype=np.int32)
    by_town = dorm[np.argsort(town[dorm], kind="stable")]
    leaders = by_town[np.arange(len(by_town)) // 30 * 30]
    register[by_town] = np.where(town[by_town] == town[leaders], leaders, by_town)
    living = register.copy()
    living[elsewhere] = n + np.arange(len(elsewhere))
    living_later = living.copy()
    living_later[movers] = n + len(elsewhere) + np.arange(len(movers))
    is_recorded = rng.random(n) < np.where(living != register, 0.94, 0.86)
    recorded = np.maximum(day(EPOCH) - rng.integers(1, 900, n), population.arrived + 40)
    return {
        "dwellings": homes,
        "register_dwelling": register,
        "collective_dwelling": n + len(elsewhere) + len(movers) + np.arange(collectives),
        "living": living,
        "moved": moved,
        "living_later": living_later,
        "recorded": np.where(is_recorded, recorded, NEVER).astype(np.int32),
        "recorded_later": np.where(is_recorded, moved + rng.integers(5, 90, n), NEVER).astype(np.int32),
    }
