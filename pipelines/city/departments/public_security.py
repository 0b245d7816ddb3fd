"""Public security: the residents' register, residence permits, cancellations and vehicles."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.assets import VEHICLES
from pipelines.city.chance import first_and_last_day, generator
from pipelines.city.city import City
from pipelines.city.frames import days, numbered, where, words
from pipelines.city.registers import RELATIONS
from pipelines.month import Month

_CHILD = 18  # below this age a permit names a guardian


def residents(city: City, month: Month) -> pl.DataFrame:
    """Everyone in the register on the last day; the dead stay until their row is cancelled."""
    _, on = first_and_last_day(month)
    population, registers = city.population, city.registers
    rows = np.flatnonzero(population.is_local & (registers.registered <= on) & (on < registers.cancelled))
    people, collective, booklet = population.people, registers.collective[rows], registers.booklet[rows]
    is_collective = collective >= 0
    dwelling = registers.register_dwelling[booklet]
    if is_collective.any():
        dwelling = np.where(is_collective, registers.collective_dwelling[np.maximum(collective, 0)], dwelling)
    moved_in = population.arrived[people.household[rows]]
    return pl.DataFrame(
        {
            "resident_id": population.named(rows),
            "name": population.names(rows),
            "sex": words(people.is_male[rows].astype(np.int8), ("F", "M")),
            "birth_on": days(people.born[rows]),
            "household_register_no": register_numbers(city, rows),
            "register_type": words(is_collective.astype(np.int8), ("family", "collective")),
            "relation_to_head": words(registers.relation[rows], RELATIONS),
            "register_address": registers.dwellings.addresses(dwelling),
            "town_code": registers.dwellings.town_codes(dwelling),
            "community_code": registers.dwellings.community_codes(dwelling),
            "moved_in_on": days(moved_in),
        }
    )


def register_numbers(city: City, rows: np.ndarray) -> pl.Series:
    """Numbers of the family (or collective) registers people stand in."""
    registers = city.registers
    collective = registers.collective[rows]
    family = numbered("", registers.booklet[rows], 8)
    return numbered("J", np.maximum(collective, 0), 6).zip_with(pl.Series(collective >= 0), family)


def residence_permits(city: City, month: Month) -> pl.DataFrame:
    """Permits valid on the last day or expired within the month; renewed every year while people stay."""
    _, on = first_and_last_day(month)
    population, registers = city.population, city.registers
    home = population.people.household
    rows = np.flatnonzero(registers.has_permit & (registers.permit_from <= on))
    first = registers.permit_from[rows]
    stays = np.minimum(np.minimum(population.left[home[rows]], population.died[rows]), on)
    issued = first + np.maximum(stays - first, 0) // 365 * 365
    valid = (on < issued + 365 + 30) & (stays >= first)
    rows, issued = rows[valid], issued[valid]
    people = population.people
    guardian = registers.permit_guardian[rows]
    is_child = population.age(on)[rows] < _CHILD
    # The office learns of a move within the city a month later.
    dwelling = registers.living_on(on - 30)[home[rows]]
    return pl.DataFrame(
        {
            "resident_id": population.named(rows),
            "name": population.names(rows),
            "sex": words(people.is_male[rows].astype(np.int8), ("F", "M")),
            "birth_on": days(people.born[rows]),
            "living_address": registers.dwellings.addresses(dwelling),
            "town_code": registers.dwellings.town_codes(dwelling),
            "community_code": registers.dwellings.community_codes(dwelling),
            "permit_issued_on": days(issued),
            "permit_expires_on": days(issued + 365),
            "guardian_id": population.named(np.where(is_child, guardian, -1)),
        }
    )


def cancellations(city: City, month: Month) -> pl.DataFrame:
    """Rows taken off the register in the month, deaths one to six months after the event."""
    first, last = first_and_last_day(month)
    population, registers = city.population, city.registers
    due = population.is_local & (first <= registers.cancelled) & (registers.cancelled <= last)
    rows = np.flatnonzero(due & (registers.registered < registers.cancelled))
    left = population.left[population.people.household[rows]]
    is_death = population.died[rows] <= left
    chance = generator(city.seed, "cancelled", month).random(len(rows))
    reason = np.where(is_death, 0, np.where(chance < 0.93, 1, np.where(chance < 0.98, 2, 3)))
    return pl.DataFrame(
        {
            "resident_id": population.named(rows),
            "household_register_no": register_numbers(city, rows),
            "reason": words(reason, ("death", "moved_out", "abroad", "duplicate")),
            "event_on": days(np.where(is_death, population.died[rows], left)),
            "cancelled_on": days(registers.cancelled[rows]),
        }
    )


def vehicles(city: City, month: Month) -> pl.DataFrame:
    """Vehicles registered by the last day; scrapped and cancelled ones stay for three years."""
    _, on = first_and_last_day(month)
    table, population = city.assets.vehicles, city.population
    arrived = population.arrived[population.people.household[table["person"]]]
    shown = (table["registered"] <= on) & (on < table["scrapped"] + 1095) & (arrived <= on)
    rows = np.flatnonzero(shown)
    ended = table["scrapped"][rows] <= on
    status = np.where(ended, np.where(table["is_cancelled"][rows], 2, 1), 0)
    # No plate has the letters I or O, so none of these is anybody's.
    plate = numbered("粤TI", rows % 100_000, 5)
    plate = where(rows < 100_000, plate).fill_null(numbered("粤TO", rows, 7))
    return pl.DataFrame(
        {
            "plate_no": plate,
            "resident_id": population.named(table["person"][rows]),
            "vehicle_type": words(table["kind"][rows], VEHICLES),
            "first_registered_on": days(table["registered"][rows]),
            "vehicle_status": words(status, ("normal", "scrapped", "cancelled")),
        }
    )
