"""Civil affairs: the assistance roll, marriages and funerals."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.assistance import KINDS, STANDARD, TEMPORARY
from pipelines.city.chance import NEVER, first_and_last_day, generator
from pipelines.city.city import City
from pipelines.city.frames import amounts, days, numbered, words
from pipelines.month import Month


def assistance_roll(city: City, month: Month) -> pl.DataFrame:
    """One row per member of each spell begun by the last day; stopped spells stay."""
    _, on = first_and_last_day(month)
    roll, population = city.assistance, city.population
    begun = np.flatnonzero(roll.started <= on)
    whole = begun[roll.person[begun] < 0]
    spells = pl.DataFrame({"spell": whole, "household": roll.household[whole]})
    listed = np.flatnonzero(population.is_local & np.isin(population.people.household, roll.household[whole]))
    members = pl.DataFrame({"person": listed, "household": population.people.household[listed]})
    joined = spells.join(
        members.with_columns(pl.col("household").cast(spells["household"].dtype)), on="household"
    )
    joined = joined.sort("spell", "person")
    alone = begun[roll.person[begun] >= 0]
    spell = np.concatenate([joined["spell"].to_numpy(), alone])
    person = np.concatenate([joined["person"].to_numpy(), roll.person[alone]])
    # As of the last day, or of the day the spell stopped.
    then = np.minimum(on, roll.stopped[spell])
    alive = (population.people.born[person] <= then) & (then < population.died[person])
    spell, person = spell[alive], person[alive]
    stopped = np.where(roll.stopped[spell] <= on, roll.stopped[spell], NEVER)
    kind = roll.kind[spell]
    amount = np.round(roll.share[spell] * STANDARD * np.where(kind == TEMPORARY, 3, 1))
    return pl.DataFrame(
        {
            "family_no": numbered("JZ", spell, 7),
            "resident_id": population.named(person),
            "assistance_type": words(kind, KINDS),
            "is_single_person": pl.Series(roll.is_single_person[spell]),
            "started_on": days(roll.started[spell]),
            "stopped_on": days(stopped),
            "monthly_amount_yuan": amounts(amount),
        }
    )


def marriages(city: City, month: Month) -> pl.DataFrame:
    """The whole register by the last day: marriages of couples, marriages and divorces of the parted."""
    _, on = first_and_last_day(month)
    population, registers = city.population, city.registers
    people = population.people
    husbands = np.flatnonzero(people.is_male & (people.spouse >= 0) & (registers.married <= on))
    parted = np.flatnonzero(registers.divorced_from >= 0)
    man = np.where(people.is_male[parted], parted, registers.divorced_from[parted])
    woman = np.where(people.is_male[parted], registers.divorced_from[parted], parted)
    divorced = registers.divorced[parted] <= on
    return pl.DataFrame(
        {
            "resident_id": population.named(np.concatenate([husbands, man, man[divorced]])),
            "spouse_id": population.named(np.concatenate([people.spouse[husbands], woman, woman[divorced]])),
            "marriage_status": words(
                np.repeat([0, 0, 1], [len(husbands), len(man), divorced.sum()]), ("married", "divorced")
            ),
            "registered_on": days(
                np.concatenate(
                    [
                        registers.married[husbands],
                        registers.married[parted],
                        registers.divorced[parted][divorced],
                    ]
                )
            ),
        }
    )


def funerals(city: City, month: Month) -> pl.DataFrame:
    """Cremations of the month, within a week of the death; not everybody who dies here is cremated here."""
    first, last = first_and_last_day(month)
    population = city.population
    rng = generator(city.seed, "funerals")
    died, home = population.died, population.people.household
    here = rng.random(len(population)) < np.where(population.is_local, 0.93, 0.6)
    cremated = died + 2 + rng.integers(0, 5, len(population))
    here &= (population.arrived[home] <= died) & (died < population.left[home])
    rows = np.flatnonzero(here & (first <= cremated) & (cremated <= last))
    return pl.DataFrame(
        {
            "resident_id": population.named(rows),
            "died_on": days(died[rows]),
            "cremated_on": days(cremated[rows]),
        }
    )
