"""Truth: who really is in hardship in a month and why; the pipeline never reads it."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city import means
from pipelines.city.assistance import TEMPORARY
from pipelines.city.chance import first_and_last_day
from pipelines.city.city import City
from pipelines.city.households import NAMES
from pipelines.city.schooling import pupils
from pipelines.month import Month

STANDARD = {2020: 1100, 2021: 1120, 2022: 1160}  # the dibao standard, yuan a person and month


def households(city: City, month: Month) -> pl.DataFrame:
    """One row per household with somebody here on the last day.

    `members` are IDs, `circumstances` words; incomes and costs are yuan in the month, what can be
    expected of care rather than what chance made of it. `is_in_hardship` says that income less medical
    and school costs a head, in the mean of twelve months, is below the standard of the year.
    """
    _, on = first_and_last_day(month)
    population = city.population
    present, home = population.is_present(on), population.people.household
    size = np.bincount(home[present], minlength=population.households)
    here = np.flatnonzero(size)
    balances = [_balance(city, each) for each in month.window(12)]
    income, medical, school, _ = balances[-1]
    # Families who came or were founded within the year are judged by the months they were here.
    months_here = sum(balance[3] for balance in balances)
    year = sum(income - medical - school for income, medical, school, _ in balances)
    year = year / np.maximum(months_here, 1)
    net, net_of_year = (income - medical - school)[here] / size[here], year[here] / size[here]
    standard = STANDARD[min(max(month.year, 2020), 2022)]
    dwelling = city.registers.living_on(on)[here]
    persons = np.flatnonzero(present)
    members = (
        pl.DataFrame({"household": home[persons], "members": population.named(persons)})
        .sort("household", "members")
        .group_by("household", maintain_order=True)
        .agg("members")
    )
    local = np.bincount(home[present & population.is_local], minlength=population.households)[here] > 0
    table = pl.DataFrame(
        {
            "household": here.astype(np.int32),
            "town_code": city.registers.dwellings.town_codes(dwelling),
            "household_type": pl.Series(list(NAMES)).gather(population.household_type[here]),
            "has_local_hukou": local,
            "income_yuan": income[here].round(2),
            "medical_yuan": medical[here].round(2),
            "school_yuan": school[here].round(2),
            "net_per_head_yuan": net.round(2),
            "net_per_head_12m_yuan": net_of_year.round(2),
            "is_in_hardship": net_of_year < standard,
            "is_covered": _covered(city, on)[here],
            "circumstances": _circumstances(city, on, present)[here],
        }
    )
    return table.join(members, on="household", how="left").sort("household")


def _balance(city: City, month: Month) -> tuple[np.ndarray, ...]:
    """Income, medical and school costs of each household in a month, yuan, and whether it was here."""
    _, on = first_and_last_day(month)
    population, health, work = city.population, city.health, city.work
    present, home = population.is_present(on), population.people.household
    income = means.per_household(population, means.incomes(population, health, work, on), present)
    medical = means.per_household(population, means.medical_costs(population, health, on), present)
    learners = pupils(population, work, city.schooling, month, on)
    fees = np.where(learners.is_yearly, learners.fee / 12, learners.fee / 6)
    school = np.bincount(home[learners.person], weights=fees, minlength=population.households)
    here = np.bincount(home[present], minlength=population.households) > 0
    return income, medical, school, here


def _covered(city: City, on: int) -> np.ndarray:
    roll = city.assistance
    active = (roll.started <= on) & (on < roll.stopped) & (roll.kind != TEMPORARY) & ~roll.is_single_person
    covered = np.zeros(city.population.households, dtype=bool)
    covered[roll.household[active]] = True
    return covered


def _circumstances(city: City, on: int, present: np.ndarray) -> pl.Series:
    population, health = city.population, city.health
    names = np.array(NAMES)[population.household_type]

    def some(mask: np.ndarray) -> np.ndarray:
        return means.per_household(population, mask.astype(np.float32), present) > 0

    said = {
        "illness": some(means.is_ill(health, on)),
        "unemployment": some(means.is_jobless(city.work, on)),
        "accident": some(means.is_hurt(population, health, on)),
        "disability": some((health.disability > 0) & (health.grade <= 2)),
        "single parent": np.char.startswith(names, "single parent"),
        "elderly alone": names == "old person alone",
        "grandparents": np.char.startswith(names, "grandparent"),
    }
    frame = pl.DataFrame(said)
    words = [pl.when(pl.col(name)).then(pl.lit(name + ";")).otherwise(pl.lit("")) for name in said]
    return frame.select(pl.concat_str(words).str.strip_chars(";")).to_series()
