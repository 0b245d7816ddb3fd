"""The city: everything true of it, drawn once from the number of residents and the seed."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.city import assets, assistance, health, population, registers, schooling, work
from pipelines.city.chance import END, EPOCH
from pipelines.month import Month
from pipelines.problem import HardshipError


@dataclass
class City:
    """The whole state; each month's extracts are looks at it."""

    seed: int
    population: population.Population
    registers: registers.Registers
    health: health.Health
    work: work.Work
    schooling: schooling.Schooling
    assistance: assistance.Roll
    assets: assets.Assets


def build(residents: int, seed: int, reserved: frozenset[str] = frozenset()) -> City:
    """Draws a city of about that many residents; IDs in `reserved` are given to nobody."""
    people = population.draw(residents, seed, reserved)
    registered = registers.draw(people)
    wellbeing = health.draw(people)
    living = work.draw(people, wellbeing.is_unable)
    return City(
        seed=seed,
        population=people,
        registers=registered,
        health=wellbeing,
        work=living,
        schooling=schooling.draw(people, living),
        assistance=assistance.draw(people, wellbeing, living),
        assets=assets.draw(people, wellbeing, living),
    )


def check_month(month: Month) -> None:
    """Raises HardshipError for a month in which the city's lives are not drawn."""
    if not Month.of(EPOCH) <= month <= Month.of(END):
        raise HardshipError(
            f"The invented city lives from {Month.of(EPOCH)} to {Month.of(END)}; {month} lies outside."
        )
