"""Health and the disabled persons' federation: serious illnesses, births, disability certificates."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.chance import NEVER, first_and_last_day, generator
from pipelines.city.city import City
from pipelines.city.frames import days, numbered, where, words
from pipelines.month import Month


def major_illnesses(city: City, month: Month) -> pl.DataFrame:
    """Everybody registered with a serious illness by the last day, for three months after a death."""
    _, on = first_and_last_day(month)
    population, health = city.population, city.health
    rng = generator(city.seed, "illness register")
    registered = health.ill_from + 10 + rng.integers(0, 50, len(population))
    home = population.people.household
    shown = health.is_ill_registered & (registered <= on) & (on < population.died + 90)
    shown &= (population.arrived[home] <= registered) & (registered < population.left[home])
    rows = np.flatnonzero(shown)
    return pl.DataFrame({"resident_id": population.named(rows), "registered_on": days(registered[rows])})


def births(city: City, month: Month) -> pl.DataFrame:
    """Births of the last twelve months in the city's hospitals; the child's ID once it is registered."""
    _, on = first_and_last_day(month)
    since = first_and_last_day(month.plus(-11))[0]
    population, rng = city.population, generator(city.seed, "birth certificates")
    people, n = population.people, len(population)
    here = rng.random(n) < 0.94
    told = rng.random(n) < 0.93
    rows = np.flatnonzero(here & (people.born >= since) & (people.born + 3 <= on) & (people.mother >= 0))
    # Children who came from elsewhere were not born here.
    rows = rows[population.arrived[people.household[rows]] < people.born[rows]]
    is_registered = city.registers.registered[rows] <= on
    return pl.DataFrame(
        {
            "birth_certificate_id": numbered("Z", rows, 9),
            "mother_id": population.named(people.mother[rows]),
            "father_id": population.named(np.where(told[rows], people.father[rows], -1)),
            "resident_id": where(is_registered, population.named(rows)),
            "born_on": days(people.born[rows]),
            "sex": words(people.is_male[rows].astype(np.int8), ("F", "M")),
        }
    )


def certificates(city: City, month: Month) -> pl.DataFrame:
    """Certificates issued by the last day; those of the dead are cancelled, old ones expire unnoticed."""
    _, on = first_and_last_day(month)
    population, health = city.population, city.health
    rng = generator(city.seed, "certificates")
    n, home = len(population), population.people.household
    renews, replaced = rng.random(n) < 0.97, rng.random(n) < 0.05
    shown = (health.disability > 0) & (health.certified <= on) & (on < population.died + 900)
    rows = np.flatnonzero(shown & (on < population.left[home]) & (population.arrived[home] <= on))
    issued = health.certified[rows]
    expires = np.where(renews[rows], issued + 3653 + np.maximum(on - issued, 0) // 3653 * 3653, issued + 3653)
    issued = np.where(renews[rows], expires - 3653, issued)
    status = np.where(population.died[rows] + 120 <= on, 2, np.where(expires < on, 1, 0))
    identity = population.named(rows)
    code = pl.Series(health.disability[rows] * 10 + health.grade[rows]).cast(pl.String)
    return pl.DataFrame(
        {
            "certificate_id": identity + code + words(replaced[rows].astype(np.int8), ("", "B1")),
            "resident_id": identity,
            "disability_category": pl.Series(health.disability[rows]).cast(pl.String),
            "disability_grade": pl.Series(health.grade[rows]).cast(pl.Int64),
            "issued_on": days(issued),
            "expires_on": days(np.minimum(expires, NEVER - 1)),
            "certificate_status": words(status, ("valid", "expired", "cancelled")),
        }
    )
