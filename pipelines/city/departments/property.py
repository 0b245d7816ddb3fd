"""Housing and market supervision: real estate, public rentals, unsafe houses, businesses."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.assets import ACQUIRED, GRADES, SHARES, USES
from pipelines.city.chance import NEVER, first_and_last_day, generator
from pipelines.city.city import City
from pipelines.city.frames import amounts, days, numbered, words, yuan
from pipelines.month import Month

_CAPITAL = pl.Decimal(16, 2)


def properties(city: City, month: Month) -> pl.DataFrame:
    """Shares in real estate registered by the last day, one row per owner."""
    _, on = first_and_last_day(month)
    table = city.assets.properties
    rows = np.flatnonzero((table["registered"] <= on) & _has_come(city, table["person"], on))
    return pl.DataFrame(
        {
            "property_no": numbered("442099F", table["number"][rows], 8),
            "resident_id": city.population.named(table["person"][rows]),
            "share": words(table["share"][rows], SHARES),
            "area_m2": yuan(table["area"][rows]).cast(pl.Decimal(10, 2)),
            "property_use": words(table["use"][rows], USES),
            "acquired_by": words(table["acquired"][rows], ACQUIRED),
            "registered_on": days(table["registered"][rows]),
        }
    )


def public_rentals(city: City, month: Month) -> pl.DataFrame:
    """Tenancies begun by the last day; ended ones stay for a year."""
    _, on = first_and_last_day(month)
    table = city.assets.rentals
    rows = np.flatnonzero((table["started"] <= on) & (on < table["ended"] + 365))
    ended = table["ended"][rows]
    return pl.DataFrame(
        {
            "resident_id": city.population.named(table["person"][rows]),
            "monthly_rent_yuan": yuan(table["rent"][rows]),
            "started_on": days(table["started"][rows]),
            "ended_on": days(np.where(ended <= on, ended, NEVER)),
        }
    )


def dilapidated_houses(city: City, month: Month) -> pl.DataFrame:
    """Houses assessed by the last day, by their head of household."""
    _, on = first_and_last_day(month)
    table = city.assets.unsafe_houses
    rows = np.flatnonzero((table["assessed"] <= on) & _has_come(city, table["person"], on))
    return pl.DataFrame(
        {
            "resident_id": city.population.named(table["person"][rows]),
            "danger_grade": words(table["grade"][rows], GRADES),
            "assessed_on": days(table["assessed"][rows]),
        }
    )


def businesses(city: City, month: Month) -> pl.DataFrame:
    """Businesses and who stands for them; the ended stay. Capital is in yuan (files say wan-yuan)."""
    _, on = first_and_last_day(month)
    table = city.assets.businesses
    rows = np.flatnonzero((table["established"] <= on) & _has_come(city, table["person"], on))
    ended = table["ended"][rows] <= on
    status = np.where(ended, 1 + table["ending"][rows], 0)
    letters = generator(city.seed, "credit codes").integers(0, 10, int(table["number"].max(initial=0)) + 1)
    company = table["is_company"][rows]
    code = words(company.astype(np.int8), ("92442099MA", "91442099MA"))
    code = code + numbered("", table["number"][rows], 7)
    return pl.DataFrame(
        {
            "credit_code": code + pl.Series(letters[table["number"][rows]]).cast(pl.String),
            "resident_id": city.population.named(table["person"][rows]),
            "role": words(table["role"][rows], ("legal_representative", "shareholder", "sole_trader")),
            "business_kind": words(company.astype(np.int8), ("sole_trader", "company")),
            "registered_capital_yuan": amounts(table["capital"][rows] * 10_000).cast(_CAPITAL),
            "paid_in_capital_yuan": amounts(table["paid"][rows] * 10_000, table["paid"][rows] >= 0).cast(
                _CAPITAL
            ),
            "established_on": days(table["established"][rows]),
            "business_status": words(status, ("active", "dormant", "cancelled", "revoked")),
        }
    )


def _has_come(city: City, persons: np.ndarray, on: int) -> np.ndarray:
    population = city.population
    return population.arrived[population.people.household[persons]] <= on
