"""Assets: homes, vehicles and businesses, and who rents from the city or lives in an unsafe house."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.city.chance import END, EPOCH, NEVER, day, generator, lognormal
from pipelines.city.health import Health
from pipelines.city.population import Population
from pipelines.city.work import TRADER, Work

SHARES = ("1/1", "1/2", "1/6", "1/4")
USES = ("dwelling", "commercial", "other")
ACQUIRED = ("bought", "inherited", "gift", "allotted")
VEHICLES = ("car", "van", "truck", "motorcycle", "mobility")
GRADES = ("A", "B", "C", "D")


@dataclass
class Assets:
    """Tables of parallel arrays: one entry per owner and thing; days since 1970."""

    properties: dict[str, np.ndarray]
    vehicles: dict[str, np.ndarray]
    businesses: dict[str, np.ndarray]
    rentals: dict[str, np.ndarray]
    unsafe_houses: dict[str, np.ndarray]


def draw(population: Population, health: Health, work: Work) -> Assets:
    """What everybody owns in the city's time; ownership follows fortune and local hukou."""
    head = population.heads()
    rng = generator(population.seed, "assets")
    owns = rng.random(population.households) < np.where(
        population.household_is_local,
        _logit(1.4 + 0.5 * population.fortune),
        _logit(-1.7 + 0.6 * population.fortune),
    )
    return Assets(
        properties=_properties(population, head, owns, rng),
        vehicles=_vehicles(population, health, work, head, rng),
        businesses=_businesses(population, work, rng),
        rentals=_rentals(population, head, owns, rng),
        unsafe_houses=_unsafe(population, head, rng),
    )


def _logit(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _properties(population: Population, head, owns, rng) -> dict[str, np.ndarray]:
    fortune, h = population.fortune, population.households
    local = population.household_is_local
    first = np.flatnonzero(owns)
    second = np.flatnonzero(owns & (rng.random(h) < np.where(local, 0.13, 0.04) * np.exp(0.7 * fortune)))
    shops = np.flatnonzero(owns & (rng.random(h) < 0.012 * np.exp(0.8 * fortune)))
    inherited = np.flatnonzero(local & (rng.random(h) < 0.03))
    home = np.concatenate([first, second, shops, inherited])
    kind = np.repeat([0, 1, 2, 3], [len(first), len(second), len(shops), len(inherited)])
    n = len(home)
    owner = head[home]
    spouse = population.people.spouse[owner]
    joint = (kind <= 1) & (spouse >= 0) & (rng.random(n) < 0.55)
    area = np.clip(rng.normal(np.where(kind == 2, 45, 96), np.where(kind == 2, 20, 27)), 18, 400)
    acquired = np.where(kind == 3, 1, rng.choice([0, 0, 0, 0, 0, 3, 3, 2], n))
    share = np.where(joint, 1, np.where(kind == 3, rng.integers(2, 4, n), 0))
    registered = day(EPOCH) - 7300 + (rng.random(n) * ((END - EPOCH).days + 7300)).astype(np.int32)
    columns = {
        "number": np.arange(n), "person": owner, "share": share, "area": (area * 100).astype(np.int64),
        "use": np.where(kind == 2, 1, 0), "acquired": acquired, "registered": registered,
    }  # fmt: skip
    both = {name: np.concatenate([values, values[joint]]) for name, values in columns.items()}
    both["person"][n:] = spouse[joint]
    return both


def _vehicles(population: Population, health: Health, work: Work, head, rng) -> dict[str, np.ndarray]:
    h, fortune, local = population.households, population.fortune, population.household_is_local
    cars = np.flatnonzero(
        rng.random(h) < np.where(local, _logit(0.1 + 0.8 * fortune), _logit(-1.6 + 0.8 * fortune))
    )
    second = cars[rng.random(len(cars)) < 0.12 * np.exp(0.6 * fortune[cars])]
    bikes = np.flatnonzero(rng.random(h) < np.where(local, 0.35, 0.18))
    traders = np.flatnonzero((work.occupation == TRADER) & (rng.random(len(population)) < 0.15))
    wheels = np.flatnonzero(
        (health.disability == 4) & (health.grade <= 3) & (rng.random(len(population)) < 0.2)
    )
    owner = np.concatenate([head[cars], head[second], head[bikes], traders, wheels])
    kind = np.repeat([0, 0, 3, 2, 4], [len(cars), len(second), len(bikes), len(traders), len(wheels)])
    first = day(EPOCH) - 4400 + (rng.random(len(owner)) * ((END - EPOCH).days + 4400)).astype(np.int32)
    life = 365 * 9 + rng.integers(0, 2500, len(owner))
    return {
        "person": owner, "kind": kind, "registered": first, "scrapped": (first + life).astype(np.int32),
        "is_cancelled": rng.random(len(owner)) < 0.2,
    }  # fmt: skip


def _businesses(population: Population, work: Work, rng) -> dict[str, np.ndarray]:
    n = len(population)
    fortune = population.fortune[population.people.household]
    adult = (population.age(day(EPOCH)) > 22) & (population.age(day(EPOCH)) < 66)
    shops = np.flatnonzero((work.occupation == TRADER) & adult & (rng.random(n) < 0.85))
    firms = np.flatnonzero(adult & (rng.random(n) < np.minimum(0.012 * np.exp(0.9 * fortune), 0.3)))
    partners = np.flatnonzero((population.people.spouse[firms] >= 0) & (rng.random(len(firms)) < 0.3))
    m = len(shops) + len(firms)
    # Capital is written in whole wan-yuan, subscribed first and paid in later, if ever.
    capital = np.concatenate([
        np.round(lognormal(rng, 5, 0.9, len(shops))), np.round(lognormal(rng, 60, 1.1, len(firms)) / 10) * 10,
    ]).clip(1)  # fmt: skip
    paid = np.floor(capital * np.where(rng.random(m) < 0.55, 0, rng.random(m)))
    established = day(EPOCH) - 5000 + (rng.random(m) * ((END - EPOCH).days + 5000)).astype(np.int32)
    columns = {
        "number": np.arange(m),
        "person": np.concatenate([shops, firms]),
        "role": np.repeat([2, 0], [len(shops), len(firms)]),
        "is_company": np.repeat([False, True], [len(shops), len(firms)]),
        "capital": capital.astype(np.int64),
        "paid": np.where(np.arange(m) < len(shops), -1, paid).astype(np.int64),  # -1: not declared
        "established": established,
        "ended": (established + 200 + lognormal(rng, 4500, 0.8, m)).clip(max=NEVER).astype(np.int32),
        "ending": rng.choice(3, m, p=[0.25, 0.6, 0.15]),
    }
    rows = len(shops) + partners
    both = {name: np.concatenate([values, values[rows]]) for name, values in columns.items()}
    both["person"][m:] = population.people.spouse[firms[partners]]
    both["role"][m:] = 1
    return both


def _rentals(population: Population, head, owns, rng) -> dict[str, np.ndarray]:
    chance = (
        0.012 * np.exp(-0.8 * population.fortune) * ~owns * np.where(population.household_is_local, 1, 0.3)
    )
    tenants = np.flatnonzero(rng.random(population.households) < chance)
    started = day(EPOCH) - 2500 + (rng.random(len(tenants)) * ((END - EPOCH).days + 2500)).astype(np.int32)
    started = np.maximum(started, population.arrived[tenants] + 60)
    return {
        "person": head[tenants], "started": started.astype(np.int32),
        "ended": (started + 365 * rng.integers(2, 9, len(tenants))).astype(np.int32),
        "rent": rng.integers(12, 60, len(tenants)) * 1000,
    }  # fmt: skip


def _unsafe(population: Population, head, rng) -> dict[str, np.ndarray]:
    chance = 0.005 * np.exp(-0.6 * population.fortune) * population.household_is_local
    houses = np.flatnonzero(rng.random(population.households) < chance)
    return {
        "person": head[houses], "grade": rng.choice(4, len(houses), p=[0.25, 0.3, 0.3, 0.15]),
        "assessed": day(EPOCH) - 1200 + rng.integers(0, (END - EPOCH).days + 1200, len(houses)),
    }  # fmt: skip
