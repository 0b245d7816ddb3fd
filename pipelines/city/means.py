"""Means: what each person earns, receives and pays on a given day, as it truly is."""

from __future__ import annotations

import numpy as np

from pipelines.city.chance import NEVER
from pipelines.city.health import Health
from pipelines.city.population import Population
from pipelines.city.work import EMPLOYEE, INFORMAL, Work

_GROWTH = 1.03  # of wages a year


def is_ill(health: Health, on: int) -> np.ndarray:
    """Whether each person is seriously ill on a day."""
    return (health.ill_from <= on) & (on < health.ill_until)


def is_hurt(population: Population, health: Health, on: int) -> np.ndarray:
    """Whether each person is still hurt from an accident on a day."""
    return (health.incident[population.people.household] <= on) & (on < health.hurt_until)


def is_jobless(work: Work, on: int) -> np.ndarray:
    """Whether each person is in a spell out of work on a day."""
    return (work.jobless_from <= on) & (on < work.jobless_until)


def works(population: Population, health: Health, work: Work, on: int) -> np.ndarray:
    """Whether each person earns on a day: at work age and occupied, not jobless, ill or hurt."""
    occupied = (work.occupation >= EMPLOYEE) & (work.occupation <= INFORMAL)
    able = occupied & (work.begins <= on) & (on < work.retires) & ~is_jobless(work, on)
    long_ill = health.stops_work & (health.ill_from + 20 <= on) & (on < health.ill_until + 60)
    return able & ~long_ill & ~is_hurt(population, health, on)


def wage(work: Work, on: int) -> np.ndarray:
    """Monthly wage of each person if at work on a day, yuan."""
    return work.wage * np.float32(_GROWTH ** ((on - 18_628) / 365.25))


def pensions(population: Population, work: Work, on: int) -> np.ndarray:
    """Monthly pension of each person on a day, yuan; the resident pension begins at sixty."""
    begins = np.where(work.is_resident_pension, population.people.born + 21_915, work.retires)
    return np.where(begins <= on, work.pension, 0) * np.float32(_GROWTH ** ((on - 18_628) / 365.25))


def benefit_amount(on: int) -> int:
    """Monthly unemployment benefit, yuan: nine tenths of the minimum wage of the time."""
    return 1548 if on < 18_962 else 1710  # the minimum wage rose on 2021-12-01


def benefit_bounds(work: Work) -> tuple[np.ndarray, np.ndarray]:
    """First and last day of each person's unemployment benefit, NEVER where there is none."""
    entitled = work.is_registered & (work.benefit_months > 0)
    first = np.where(entitled, work.jobless_from + 20, NEVER)
    last = np.minimum(first + work.benefit_months * 30, work.jobless_until - 1)
    entitled &= last > first + 20
    return np.where(entitled, first, NEVER), np.where(entitled, last, NEVER)


def incomes(population: Population, health: Health, work: Work, on: int) -> np.ndarray:
    """Monthly income of each person from work, pension and unemployment benefit on a day, yuan."""
    income = np.where(works(population, health, work, on), wage(work, on), 0)
    income += pensions(population, work, on)
    first, last = benefit_bounds(work)
    income += np.where((first <= on) & (on <= last), benefit_amount(on), 0)
    return income.astype(np.float32)


def medical_costs(population: Population, health: Health, on: int) -> np.ndarray:
    """What each person can expect to pay for care in a month on a day, yuan."""
    costs = np.where(is_ill(health, on), health.ill_monthly, 0) + health.chronic_monthly
    return costs + np.where(is_hurt(population, health, on), health.hurt_monthly, 0)


def per_household(population: Population, values: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Sums of a value over the members of each household who are alive and here."""
    return np.bincount(
        population.people.household, weights=np.where(present, values, 0), minlength=population.households
    ).astype(np.float32)
