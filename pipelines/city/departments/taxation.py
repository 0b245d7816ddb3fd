"""Taxation: the incomes employers and traders declare for a month."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city import means
from pipelines.city.chance import first_and_last_day, generator
from pipelines.city.city import City
from pipelines.city.frames import amounts, numbered, words
from pipelines.city.work import EMPLOYEE, TRADER
from pipelines.month import Month

KINDS = ("wages", "bonus", "labour", "business")


def incomes(city: City, month: Month) -> pl.DataFrame:
    """Wages of employees, business income of traders, fees on the side, bonuses in January."""
    first, _ = first_and_last_day(month)
    population, work, n = city.population, city.work, len(city.population)
    always, now = generator(city.seed, "declarers"), generator(city.seed, "incomes", month)
    declares = always.random(n) < np.where(work.occupation == TRADER, 0.92, 0.975)
    payer = always.integers(1, max(20, n // 18), n)
    is_fond_of_fees, gets_bonus = always.random(n) < 0.02, always.random(n) < 0.3
    bonus = always.uniform(0.5, 2.0, n)
    at_work = means.works(population, city.health, work, first + 14) & population.is_present(first + 14)
    at_work &= declares & ((work.occupation == EMPLOYEE) | (work.occupation == TRADER))
    rows = np.flatnonzero(at_work)
    wage = means.wage(work, first)[rows] * now.uniform(0.96, 1.04, len(rows))
    is_trader = work.occupation[rows] == TRADER
    parts = [(rows, np.where(is_trader, 3, 0), wage, payer[rows])]
    fees = is_fond_of_fees[rows] & (now.random(len(rows)) < 0.5)
    parts.append((rows[fees], np.full(fees.sum(), 2), wage[fees] * 0.2, payer[rows][fees] + 7))
    if month.number == 1:
        lucky = gets_bonus[rows] & ~is_trader
        parts.append(
            (rows[lucky], np.full(lucky.sum(), 1), wage[lucky] * bonus[rows][lucky], payer[rows][lucky])
        )
    person, kind, income, payers = (np.concatenate(column) for column in zip(*parts, strict=True))
    return pl.DataFrame(
        {
            "resident_id": population.named(person),
            "income_month_on": pl.repeat(month.start, len(person), dtype=pl.Date, eager=True),
            "income_kind": words(kind, KINDS),
            "income_yuan": amounts(np.round(income, 1)),
            "payer_no": numbered("P", payers, 7),
        }
    )
