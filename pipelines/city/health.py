"""Health: who falls seriously ill, is hurt, is disabled, and what each can expect to pay in a month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.city.chance import END, EPOCH, NEVER, day, generator, lognormal
from pipelines.city.households import HEAD, SPOUSE
from pipelines.city.population import Population

INCIDENTS = ("traffic", "work", "fire", "flood", "typhoon", "other")
_INCIDENT_SHARES = (0.42, 0.28, 0.12, 0.07, 0.06, 0.05)
_BEFORE = 730
_YEARS = ((END - EPOCH).days + _BEFORE) / 365.25
# Shares of the categories among certificates, of the grades likewise (the estimate of 2010, shifted
# towards those who apply for one).
_CATEGORIES = (0.12, 0.13, 0.02, 0.42, 0.12, 0.15, 0.04)
_GRADES = (0.13, 0.23, 0.29, 0.35)


@dataclass
class Health:
    """One entry per person unless said otherwise; money in yuan, days since 1970."""

    ill_from: np.ndarray
    ill_until: np.ndarray
    ill_monthly: np.ndarray  # self-paid in a month of serious illness
    is_ill_registered: np.ndarray
    stops_work: np.ndarray  # when seriously ill
    chronic_monthly: np.ndarray  # self-paid for chronic outpatient care, 0 = none
    disability: np.ndarray  # category 1..7, 0 = no certificate
    grade: np.ndarray
    certified: np.ndarray  # day the certificate was issued
    incident: np.ndarray  # of the household: day of its accident or disaster
    incident_kind: np.ndarray  # of the household: index into INCIDENTS
    hurt_until: np.ndarray  # the person hurt in it cannot work before
    hurt_monthly: np.ndarray  # self-paid in those months
    is_unable: np.ndarray  # has never worked because of a severe disability


def draw(population: Population) -> Health:
    """Illness, accidents and disability, more often with age and with poor fortune."""
    people, rng = population.people, generator(population.seed, "health")
    n, home = len(people), people.household
    age = population.age(day(EPOCH)) + 2
    strain = np.exp(-0.3 * population.fortune[home])
    yearly = np.interp(age, [0, 18, 40, 55, 65, 80], [0.0009, 0.0011, 0.0022, 0.0048, 0.0095, 0.016]) * strain
    ill_from = day(EPOCH) - _BEFORE + (rng.random(n) * _YEARS * 365.25).astype(np.int32)
    ill = (rng.random(n) < yearly * _YEARS) & (ill_from > people.born + 60) & (ill_from < population.died)
    length = 60 + lognormal(rng, 420, 0.6, n).astype(np.int32)
    chronic = rng.random(n) < np.interp(age, [0, 30, 45, 60, 75], [0.002, 0.006, 0.045, 0.2, 0.34]) * strain
    incident, kind, hurt_until = _incidents(population, rng)
    disability, grade, certified = _disability(population, strain, rng)
    return Health(
        ill_from=np.where(ill, ill_from, NEVER).astype(np.int32),
        ill_until=np.where(ill, ill_from + length, NEVER).astype(np.int32),
        ill_monthly=np.clip(lognormal(rng, 2300, 0.75, n), 300, 30_000),
        is_ill_registered=ill & (rng.random(n) < 0.8),
        stops_work=rng.random(n) < 0.6,
        chronic_monthly=np.where(chronic, lognormal(rng, 95, 0.8, n), 0).astype(np.float32),
        disability=disability,
        grade=grade,
        certified=certified,
        incident=incident,
        incident_kind=kind,
        hurt_until=hurt_until,
        hurt_monthly=lognormal(rng, 1800, 0.8, n),
        is_unable=(disability > 0) & (grade <= 2) & (rng.random(n) < 0.7),
    )


def _incidents(population: Population, rng) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    people, h = population.people, population.households
    when = day(EPOCH) - 180 + (rng.random(h) * ((END - EPOCH).days + 180)).astype(np.int32)
    chance = 0.0022 * (END - EPOCH).days / 365.25 * np.exp(-0.3 * population.fortune)
    hit = (rng.random(h) < chance) & (when > population.arrived) & (when < population.left)
    incident = np.where(hit, when, NEVER).astype(np.int32)
    kind = rng.choice(len(INCIDENTS), h, p=_INCIDENT_SHARES).astype(np.int8)
    # In three of four accidents an adult is hurt.
    which = np.where(rng.random(h) < 0.65, HEAD, SPOUSE)
    hurts = hit & (kind <= 1) & (rng.random(h) < 0.75)
    hurt = hurts[people.household] & (people.role == which[people.household])
    until = incident[people.household] + 50 + rng.integers(0, 250, len(people))
    return incident, kind, np.where(hurt, until, -NEVER).astype(np.int32)


def _disability(population: Population, strain, rng) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    people, n = population.people, len(population)
    age = population.age(day(EPOCH))
    chance = (
        np.interp(age, [0, 3, 18, 50, 60, 75, 90], [0.0, 0.006, 0.009, 0.016, 0.047, 0.075, 0.09]) * strain
    )
    has = population.is_local & (rng.random(n) < chance)
    category = rng.choice(np.arange(1, 8), n, p=_CATEGORIES)
    grade = rng.choice(np.arange(1, 5), n, p=_GRADES)
    # Half within the city's time: some certificates are new.
    certified = day(EPOCH) - rng.integers(-1500, 3400, n)
    certified = np.maximum(certified, people.born + 700)
    return np.where(has, category, 0).astype(np.int8), grade.astype(np.int8), certified.astype(np.int32)
