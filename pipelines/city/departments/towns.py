"""Towns and emergency management: places of living, leads of grid staff, accidents and disasters."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city import means
from pipelines.city.chance import first_and_last_day, generator, lognormal
from pipelines.city.city import City
from pipelines.city.frames import amounts, days, numbered, words
from pipelines.city.health import INCIDENTS
from pipelines.city.households import HEAD
from pipelines.month import Month

LEADS = ("medical_debt", "job_loss", "accident", "school_costs", "other")


def living_places(city: City, month: Month) -> pl.DataFrame:
    """Where grid staff found people; moves are noted weeks later, those who left stay for half a year."""
    _, on = first_and_last_day(month)
    population, registers = city.population, city.registers
    home, born = population.people.household, population.people.born
    seen = generator(city.seed, "grid").random(len(population)) < 0.97
    seen &= (registers.recorded[home] <= on) & (born + 150 <= on) & (on < population.died + 60)
    rows = np.flatnonzero(seen & (on < population.left[home] + 180))
    moved = registers.recorded_later <= on
    dwelling = np.where(moved, registers.living_later, registers.living)[home[rows]]
    noted = np.where(moved, registers.recorded_later, registers.recorded)[home[rows]]
    noted = np.maximum(noted, born[rows] + 150)
    return pl.DataFrame(
        {
            "resident_id": population.named(rows),
            "living_address": registers.dwellings.addresses(dwelling),
            "town_code": registers.dwellings.town_codes(dwelling),
            "community_code": registers.dwellings.community_codes(dwelling),
            "grid_no": numbered("G", 1 + registers.dwellings.rank[dwelling] // 260, 2),
            "recorded_on": days(noted),
        }
    )


def leads(city: City, month: Month) -> pl.DataFrame:
    """What grid staff heard in the month: some of the true hardship, and some that is none."""
    first, last = first_and_last_day(month)
    population, rng = city.population, generator(city.seed, "leads", month)
    n = len(population)
    present = population.is_present(last)
    ill = means.is_ill(city.health, first) & (city.health.ill_monthly > 2000)
    jobless = means.is_jobless(city.work, first) & ~means.is_jobless(city.work, first - 90)
    hurt = means.is_hurt(population, city.health, first) & ~means.is_hurt(population, city.health, first - 60)
    worried = (population.people.role == HEAD) & (population.fortune[population.people.household] < -1.2)
    kinds = np.select([ill, jobless, hurt, worried], [0, 1, 2, 3], 4)
    chance = np.array([0.03, 0.012, 0.06, 0.0008, 0.00002])[kinds]
    rows = np.flatnonzero(present & (rng.random(n) < chance))
    return pl.DataFrame(
        {
            "resident_id": population.named(rows),
            "reported_on": days(first + rng.integers(0, last - first + 1, len(rows))),
            "lead_kind": words(kinds[rows], LEADS),
        }
    )


def incidents(city: City, month: Month) -> pl.DataFrame:
    """Accidents and disasters of the month that reached the bureau, by head of household."""
    first, last = first_and_last_day(month)
    population, health = city.population, city.health
    rng = generator(city.seed, "incidents")
    told = rng.random(population.households) < 0.7
    loss, damage = lognormal(rng, 18_000, 0.9, population.households), rng.random(population.households)
    homes = np.flatnonzero(told & (first <= health.incident) & (health.incident <= last))
    person = population.heads()[homes]
    alive = population.is_present(last)[person]
    homes, person = homes[alive], person[alive]
    kind = health.incident_kind[homes]
    is_house = (kind >= 2) & (kind <= 4)
    harmed = np.where(is_house, np.where(damage[homes] < 0.1, 2, np.where(damage[homes] < 0.7, 1, 0)), 0)
    return pl.DataFrame(
        {
            "resident_id": population.named(person),
            "incident_on": days(health.incident[homes]),
            "incident_kind": words(kind, INCIDENTS),
            "loss_yuan": amounts(np.round(loss[homes] / 100) * 100, is_house | (kind == 5)),
            "house_damage": words(harmed, ("none", "damaged", "collapsed")),
        }
    )
