"""Work: what people live on, when they are out of work, and what they are paid on a given day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.city.chance import END, EPOCH, NEVER, day, generator, lognormal
from pipelines.city.households import CHILD, DORMITORY, NAMES, SPOUSE
from pipelines.city.population import Population

NONE, EMPLOYEE, TRADER, INFORMAL, HOMEMAKER = range(5)
_BEFORE = 900  # days before the beginning in which spells may have begun


@dataclass
class Work:
    """One entry per person; money in yuan a month at 2021 prices, days since 1970."""

    occupation: np.ndarray
    begins: np.ndarray  # day work begins after school
    retires: np.ndarray
    wage: np.ndarray
    studies_until: np.ndarray  # day full-time schooling ends
    jobless_from: np.ndarray
    jobless_until: np.ndarray
    is_registered: np.ndarray  # registers as unemployed while out of work
    benefit_months: np.ndarray
    pension: np.ndarray  # from retirement, 0 = none
    is_resident_pension: np.ndarray  # the small one, without contributions
    is_pension_paid_here: np.ndarray  # people from elsewhere mostly draw theirs at home
    is_insured: np.ndarray  # has medical insurance in this city


def draw(population: Population, is_unable: np.ndarray) -> Work:
    """Working lives; poor chances come together: the same luck lowers wage, schooling and security."""
    people, rng = population.people, generator(population.seed, "work")
    n, home = len(people), people.household
    luck = 0.6 * population.fortune[home] + 0.8 * rng.standard_normal(n, dtype=np.float32)
    luck -= 0.35 * np.isin(population.household_type, _WEAKER)[home]
    is_local = population.is_local
    occupation = np.where(is_unable, NONE, _occupations(population, luck, rng)).astype(np.int8)
    begins, studies_until = _schooling(population, luck, rng)
    earner = (occupation == EMPLOYEE) | (occupation == TRADER)
    paid_in = (earner & (rng.random(n) < 0.95)) | (rng.random(n) < 0.78)
    # Women with contributions retire early; people from elsewhere and those without work on.
    pension_age = np.where(people.is_male, 60, np.where(luck > 0.5, 55, 52))
    pension_age = np.where(is_local, np.where(paid_in, pension_age, 61), np.where(people.is_male, 64, 61))
    retires = people.born + (pension_age * 365.25).astype(np.int32)
    median = np.where(people.is_male, 6200, 5450) * np.where(occupation == TRADER, 1.05, 1.0)
    median = median * np.where(occupation == INFORMAL, 0.5, 1.0)
    age = population.age(day(EPOCH))
    median = median * np.interp(age, [18, 25, 38, 50, 60], [0.7, 0.9, 1.1, 1.02, 0.92])
    size = np.bincount(home, minlength=population.households)[home]
    median = median * np.array([0.0, 0.86, 1.0, 1.12, 1.32, 1.32, 1.32])[np.minimum(size, 6)]
    wage = np.maximum(
        median * np.exp(0.34 * luck + 0.07 * np.maximum(luck, 0) ** 2), 2800 * (occupation != INFORMAL)
    ).astype(np.float32)
    spells = _spells(population, occupation, luck, retires, begins, rng)
    pension = np.where(
        paid_in,
        np.maximum(lognormal(rng, 2900, 0.33, n), 1250),
        np.maximum(lognormal(rng, 1500, 0.35, n), 500),
    )
    has_pension = rng.random(n) < np.where(is_local, 0.985, 0.9)
    return Work(
        occupation=occupation,
        begins=begins,
        retires=retires,
        wage=wage,
        studies_until=studies_until,
        pension=np.where(has_pension, np.round(pension, 1), 0).astype(np.float32),
        is_resident_pension=~paid_in,
        is_pension_paid_here=is_local | (rng.random(n) < 0.2),
        is_insured=_insured(population, occupation, rng),
        **spells,
    )


_WEAKER = [
    i for i, name in enumerate(NAMES) if name.startswith(("single parent", "old person", "grandparent"))
]


def _occupations(population: Population, luck: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    people = population.people
    n = len(people)
    wife = ~people.is_male & (people.spouse >= 0) & (people.role <= SPOUSE)
    informal = 0.009 * np.exp(-0.9 * luck)
    homemaker = np.where(wife, 0.05 * np.exp(0.35 * population.fortune[people.household]), 0.002)
    trader = np.where(population.is_local, 0.09, 0.06)
    draw = rng.random(n)
    occupation = np.full(n, EMPLOYEE, dtype=np.int8)
    occupation[draw < informal + homemaker + trader] = TRADER
    occupation[draw < informal + homemaker] = HOMEMAKER
    occupation[draw < informal] = INFORMAL
    # Nobody is idle in a dormitory, and old people's working lives lie behind them all the same.
    dorm = population.household_type[people.household] == DORMITORY
    occupation[dorm & (occupation != EMPLOYEE)] = EMPLOYEE
    return occupation


def _schooling(
    population: Population, luck: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    people = population.people
    draw = rng.random(len(people)) + 0.12 * luck
    grades = np.where(draw < 0.04, 9, np.where(draw < 0.48, 12, np.where(draw < 0.7, 15, 16)))
    student = np.char.find(np.array(NAMES), "student") >= 0
    eldest_studies = student[population.household_type][people.household] & (people.role == CHILD)
    grades = np.where(eldest_studies, np.maximum(grades, 15), grades)
    # People who came here alone came to work.
    alone = np.bincount(people.household, minlength=population.households)[people.household] == 1
    grades = np.where(alone & ~population.is_local, np.minimum(grades, 9), grades)
    # Whoever has a household of their own is through with school.
    settled = (people.role <= SPOUSE) & (population.age(day(EPOCH)) < 25)
    grades = np.where(settled, np.minimum(grades, 12), grades)
    months = (school_entry_year(people.born) + grades - 1970) * 12 + 6
    until = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int32) - 1
    begins = until + 20 + rng.integers(0, 120, len(people))
    return begins.astype(np.int32), until


def school_entry_year(born: np.ndarray) -> np.ndarray:
    """Year in whose September a child enters primary school: the one in which it is six by 31 August."""
    years = (born + 122).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return years + 6


def _spells(population: Population, occupation, luck, retires, begins, rng) -> dict[str, np.ndarray]:
    """At most one spell out of work a person in the city's time, more often where luck is poor."""
    n, span = len(population), (END - EPOCH).days + _BEFORE
    start = day(EPOCH) - _BEFORE + (rng.random(n) * span).astype(np.int32)
    chance = np.where(population.is_local, 0.46, 0.30) * np.exp(-0.45 * luck)
    hit = (
        (occupation == EMPLOYEE) & (rng.random(n) < chance) & (start > begins + 200) & (start < retires - 100)
    )
    # Whoever finds nothing for long goes home, so that spells of people from elsewhere are short.
    usual = np.where(population.is_local, 190, 95)
    length = (usual * lognormal(rng, 1, 0.65, n)).astype(np.int32) + 25
    jobless_from = np.where(hit, start, NEVER).astype(np.int32)
    entitled = rng.random(n) < 0.7
    return {
        "jobless_from": jobless_from,
        "jobless_until": np.where(hit, start + length, NEVER).astype(np.int32),
        "is_registered": hit & (rng.random(n) < np.where(population.is_local, 0.85, 0.5)),
        "benefit_months": np.where(entitled, rng.integers(2, 13, n), 0).astype(np.int16),
    }


def _insured(population: Population, occupation: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    chance, age = rng.random(len(population)), population.age(day(EPOCH))
    elsewhere = np.where(age < 18, 0.55, np.where((occupation == EMPLOYEE) & (age < 60), 0.9, 0.25))
    return chance < np.where(population.is_local, 0.985, elsewhere)
