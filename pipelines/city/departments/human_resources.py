"""Human resources and social security: unemployment, contributions, pensions."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city import means
from pipelines.city.chance import NEVER, first_and_last_day, generator
from pipelines.city.city import City
from pipelines.city.frames import amounts, days, words
from pipelines.city.work import EMPLOYEE, TRADER
from pipelines.month import Month

REASONS = ("dismissed", "contract_ended", "closed", "other")

# Floor and cap of the contribution base, yuan a month, from July of the year.
_BASES = {2020: (3376, 20_268), 2021: (3958, 22_941), 2022: (4190, 24_930)}


def contribution_bounds(month: Month) -> tuple[int, int]:
    """Floor and cap of the contribution base in a month, yuan."""
    year = month.year if month.number >= 7 else month.year - 1
    return _BASES[min(max(year, 2020), 2022)]


def unemployment(city: City, month: Month) -> pl.DataFrame:
    """Spells of the last 24 months, ended ones kept; benefit as planned until it ends or work begins."""
    _, on = first_and_last_day(month)
    since = first_and_last_day(month.plus(-23))[0]
    population, work = city.population, city.work
    rng, n = generator(city.seed, "unemployment"), len(population)
    home = population.people.household
    lag, reason = rng.integers(2, 16, n), rng.choice(4, n, p=[0.38, 0.34, 0.2, 0.08])
    registered = np.where(work.is_registered, work.jobless_from + lag, NEVER)
    shown = (registered <= on) & (work.jobless_until >= since) & (work.jobless_until > registered)
    shown &= (population.arrived[home] <= registered) & (
        registered < np.minimum(population.left[home], population.died)
    )
    rows = np.flatnonzero(shown)
    first, last = (bound[rows] for bound in means.benefit_bounds(work))
    planned = first + work.benefit_months[rows] * 30
    ended = work.jobless_until[rows] <= on
    has_benefit = (first < NEVER) & (first <= on + 31)
    return pl.DataFrame(
        {
            "resident_id": population.named(rows),
            "registered_on": days(registered[rows]),
            "reason": words(reason[rows], REASONS),
            "deregistered_on": days(np.where(ended, work.jobless_until[rows], NEVER)),
            "benefit_from_on": days(np.where(has_benefit, first, NEVER)),
            "benefit_until_on": days(np.where(has_benefit, np.where(ended, last, planned), NEVER)),
            "benefit_monthly_yuan": amounts(
                np.where(first < 18_962, means.benefit_amount(0), means.benefit_amount(18_962)), has_benefit
            ),
        }
    )


def contributions(city: City, month: Month) -> pl.DataFrame:
    """Contributions paid for the month: the base is the wage within its floor and cap."""
    first, _ = first_and_last_day(month)
    population, work = city.population, city.work
    rng = generator(city.seed, "contributors")
    pays = rng.random(len(population)) < np.where(work.occupation == EMPLOYEE, 0.97, 0.35)
    at_work = means.works(population, city.health, work, first + 14) & population.is_present(first + 14)
    pays &= at_work & work.is_insured & ((work.occupation == EMPLOYEE) | (work.occupation == TRADER))
    rows = np.flatnonzero(pays)
    floor, cap = contribution_bounds(month)
    wage = np.where(work.occupation[rows] == TRADER, floor, means.wage(work, first)[rows])
    return pl.DataFrame(
        {
            "resident_id": population.named(rows),
            "contribution_month_on": pl.repeat(month.start, len(rows), dtype=pl.Date, eager=True),
            "contribution_base_yuan": amounts(np.clip(np.round(wage), floor, cap)),
        }
    )


def pensions(city: City, month: Month) -> pl.DataFrame:
    """Pensions paid in the month; one more may follow a death."""
    first, _ = first_and_last_day(month)
    population = city.population
    amount = means.pensions(population, city.work, first)
    here = population.is_present(first) | (
        (population.died <= first) & (first < population.died + 25) & population.is_local
    )
    rows = np.flatnonzero((amount > 0) & here & city.work.is_pension_paid_here)
    return pl.DataFrame(
        {
            "resident_id": population.named(rows),
            "pension_month_on": pl.repeat(month.start, len(rows), dtype=pl.Date, eager=True),
            "pension_yuan": amounts(np.round(amount[rows], 1)),
        }
    )
