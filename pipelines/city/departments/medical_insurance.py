"""Medical insurance: who is insured here, and what each settlement left people to pay."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city import means
from pipelines.city.chance import first_and_last_day, generator, lognormal
from pipelines.city.city import City
from pipelines.city.frames import days, numbered, words, yuan
from pipelines.city.work import EMPLOYEE
from pipelines.month import Month

KINDS = ("11", "14", "21", "52")
OUTPATIENT, CHRONIC, INPATIENT, MATERNITY = range(4)


def is_employee_insured(city: City, on: int) -> np.ndarray:
    """Whether each insured person has employees' insurance on a day (others have residents')."""
    work, population = city.work, city.population
    employed = (work.occupation == EMPLOYEE) & (work.begins <= on) & (on < work.retires)
    retired = (on >= work.retires) & ~work.is_resident_pension & population.is_local
    return employed | retired


def is_paused(city: City, on: int) -> np.ndarray:
    """Whether each person's insurance rests: a quarter of those out of work without benefit."""
    careless = generator(city.seed, "paused").random(len(city.population)) < 0.25
    _, benefit_ends = means.benefit_bounds(city.work)
    covered = (benefit_ends < 200_000) & (on <= benefit_ends)
    return means.is_jobless(city.work, on - 40) & ~covered & careless


def enrolled_from(city: City) -> np.ndarray:
    """Day from which each insured person is enrolled here."""
    population, rng = city.population, generator(city.seed, "enrolments")
    born = population.people.born
    usual = np.maximum(born + 40, 12_000) + rng.integers(0, 1500, len(population))
    arrived = population.arrived[population.people.household]
    return np.maximum(np.maximum(np.minimum(usual, 18_400), arrived + 30), born + 40)


def enrolments(city: City, month: Month) -> pl.DataFrame:
    """Everybody insured here on the last day; the dead for two months more."""
    _, on = first_and_last_day(month)
    population, enrolled = city.population, enrolled_from(city)
    left = population.left[population.people.household]
    shown = city.work.is_insured & (enrolled <= on) & (on < left + 30)
    rows = np.flatnonzero(shown & (on < population.died + 60))
    return pl.DataFrame(
        {
            "resident_id": population.named(rows),
            "insurance_type": words(is_employee_insured(city, on)[rows].astype(np.int8), ("390", "310")),
            "enrolment_status": words(is_paused(city, on)[rows].astype(np.int8), ("active", "paused")),
            "enrolled_on": days(enrolled[rows]),
        }
    )


def settlements(city: City, month: Month) -> pl.DataFrame:
    """Settlements of the month in order of their day: outpatient, chronic, inpatient, maternity."""
    first, last = first_and_last_day(month)
    population, rng = city.population, generator(city.seed, "settlements", month)
    may = city.work.is_insured & (enrolled_from(city) <= first + 14) & ~is_paused(city, last)
    insured = np.flatnonzero(may & population.is_present(first + 14))
    age = population.age(first)[insured]
    employee = is_employee_insured(city, last)[insured]

    parts = []

    def settle(kind: int, who: np.ndarray, total: np.ndarray, self_paid: np.ndarray) -> None:
        parts.append((np.full(len(who), kind, dtype=np.int8), insured[who], total, self_paid))

    visits = rng.poisson(np.interp(age, [0, 6, 25, 45, 60, 75], [1.3, 0.9, 0.5, 0.7, 1.3, 1.7]))
    who = np.repeat(np.arange(len(insured)), visits)
    total = lognormal(rng, 150, 0.8, len(who))
    settle(OUTPATIENT, who, total, total * np.where(employee[who], 0.15, 0.35))

    chronic = city.health.chronic_monthly[insured]
    who = np.flatnonzero((chronic > 0) & (rng.random(len(insured)) < 0.85))
    self_paid = chronic[who] * rng.uniform(0.7, 1.3, len(who))
    settle(CHRONIC, who, self_paid * np.where(employee[who], 5.5, 3), self_paid)

    stay = np.interp(age, [0, 5, 25, 45, 60, 75, 85], [0.012, 0.006, 0.005, 0.009, 0.022, 0.04, 0.05])
    who = np.flatnonzero(rng.random(len(insured)) < stay)
    self_paid = lognormal(rng, 1500, 1.15, len(who)) * np.where(employee[who], 0.85, 1.1)
    settle(INPATIENT, who, self_paid * np.where(employee[who], 4.5, 2.8), self_paid)

    for sick, monthly in (
        (means.is_ill(city.health, first + 10), city.health.ill_monthly),
        (means.is_hurt(population, city.health, first + 10), city.health.hurt_monthly),
    ):
        # Serious illness costs most in hospital, and every month at the outpatient clinic.
        who = np.flatnonzero(sick[insured])
        cost = monthly[insured[who]] * rng.uniform(0.5, 1.5, len(who))
        in_hospital = rng.random(len(who)) < 0.6
        settle(INPATIENT, who[in_hospital], cost[in_hospital] * 3.0, cost[in_hospital] * 1.2)
        settle(CHRONIC, who, cost * 0.8, cost * 0.28)

    born = population.people.born
    mothers = population.people.mother[(born >= first) & (born <= last)]
    who = np.flatnonzero(np.isin(insured, mothers))
    self_paid = lognormal(rng, 1900, 0.5, len(who))
    settle(MATERNITY, who, self_paid * 2.5, self_paid)

    kind, person, total, self_paid = (np.concatenate(column) for column in zip(*parts, strict=True))
    self_cents = np.round(self_paid.astype(np.float64) * 100).astype(np.int64)
    total_cents = np.maximum(np.round(total.astype(np.float64) * 100).astype(np.int64), self_cents)
    settled = first + rng.integers(0, last - first + 1, len(kind))
    order = np.argsort(settled, kind="stable")
    number = np.arange(len(order))
    code = f"{month.year % 100:02d}{month.number:02d}"
    return pl.DataFrame(
        {
            "settlement_no": numbered(f"S{code}", number, 9),
            "resident_id": population.named(person[order]),
            "stay_no": numbered(f"Z{code}", number, 9),
            "visit_kind": words(kind[order], KINDS),
            "settled_on": days(settled[order]),
            "total_yuan": yuan(total_cents[order]),
            "self_paid_yuan": yuan(self_cents[order]),
            "is_refund": pl.Series(np.zeros(len(order), dtype=bool)),
        }
    )
