"""Assistance: which households in hardship are on the roll already, since when and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from pipelines.city import means
from pipelines.city.chance import END, EPOCH, NEVER, day, generator
from pipelines.city.health import Health
from pipelines.city.households import GRANDCHILD, HEAD, NAMES
from pipelines.city.population import Population
from pipelines.city.work import Work

KINDS = ("dibao", "edge", "tekun", "orphan", "temporary")
DIBAO, EDGE, TEKUN, ORPHAN, TEMPORARY = range(5)
STANDARD = 1120  # yuan a person and month, 2021


@dataclass
class Roll:
    """One entry per spell: of a household (all its local members) or of one person."""

    household: np.ndarray
    person: np.ndarray  # -1 = the whole household
    kind: np.ndarray
    is_single_person: np.ndarray
    started: np.ndarray
    stopped: np.ndarray  # NEVER while it runs
    share: np.ndarray  # of the standard that is paid


def draw(population: Population, health: Health, work: Work) -> Roll:
    """Spells on the roll; the city looks at each family twice a year and misses about half."""
    rng = generator(population.seed, "assistance")
    started, stopped, per_head = _household_spells(population, health, work, rng)
    covered = np.flatnonzero(started < NEVER)
    kind = np.where(per_head[covered] < 0.9 * STANDARD, DIBAO, EDGE)
    old_alone = np.isin(population.household_type[covered], [NAMES.index("old person alone")])
    kind = np.where(old_alone & (rng.random(len(covered)) < 0.5), TEKUN, kind)
    parts = [(covered, np.full(len(covered), -1), kind, started[covered], stopped[covered])]
    home = population.people.household

    severe = (health.disability > 0) & (health.grade <= 2) & population.is_local & (started[home] == NEVER)
    single = np.flatnonzero(severe & (rng.random(len(home)) < 0.08))
    since = np.maximum(health.certified[single] + 90, day(date(2017, 1, 1)))
    parts.append((home[single], single, np.full(len(single), DIBAO), since, np.full(len(single), NEVER)))

    orphans = (population.people.role == GRANDCHILD) & population.is_local & (rng.random(len(home)) < 0.15)
    orphans = np.flatnonzero(orphans)
    since = np.maximum(population.people.born[orphans] + 500, day(date(2018, 1, 1)))
    parts.append((home[orphans], orphans, np.full(len(orphans), ORPHAN), since, np.full(len(orphans), NEVER)))

    shocked = np.flatnonzero(
        (means.is_ill(health, health.ill_from) & population.is_local)
        & (population.people.role <= 1) & (health.ill_monthly > 2500) & (rng.random(len(home)) < 0.12)
    )  # fmt: skip
    _, first = np.unique(home[shocked], return_index=True)
    shocked = shocked[first]
    since = health.ill_from[shocked] + rng.integers(60, 200, len(shocked))
    nobody = np.full(len(shocked), -1)
    parts.append((home[shocked], nobody, np.full(len(shocked), TEMPORARY), since, since + 60))

    household, person, kinds, since, until = (np.concatenate(column) for column in zip(*parts, strict=True))
    is_single = (person >= 0) & (kinds == DIBAO)
    until = np.minimum(until, np.minimum(population.left[household], NEVER))
    return Roll(
        household, person, kinds.astype(np.int8), is_single, since.astype(np.int32), until.astype(np.int32),
        rng.uniform(0.25, 1.0, len(household)).round(2),
    )  # fmt: skip


def _net_per_head(population: Population, health: Health, work: Work, on: int) -> np.ndarray:
    """Income less medical costs a head in each household on a day; infinite where nobody is here."""
    present = population.is_present(int(on))
    net = means.incomes(population, health, work, int(on)) - means.medical_costs(population, health, int(on))
    heads = np.bincount(population.people.household[present], minlength=population.households)
    total = means.per_household(population, net, present)
    return np.where(heads > 0, total / np.maximum(heads, 1), np.inf)


def _household_spells(population, health, work, rng) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Start and end of each household's spell, and what it had a head when it became poor."""
    h = population.households
    people = population.people
    local_head = np.zeros(h, dtype=bool)
    local_head[people.household[(people.role == HEAD) & population.is_local]] = True
    started, stopped = np.full(h, NEVER, dtype=np.int32), np.full(h, NEVER, dtype=np.int32)
    level = np.full(h, np.inf, dtype=np.float32)
    seen, reached = np.zeros(h, dtype=bool), rng.random(h) < 0.5
    for number, on in enumerate(range(day(EPOCH), day(END), 183)):
        per_head = _net_per_head(population, health, work, on)
        poor = per_head < 1.25 * STANDARD
        new = poor & ~seen & local_head
        lag = rng.integers(20, 170, h)
        since = on - rng.integers(30, 2200, h) if number == 0 else on + lag
        started = np.where(new & reached, since, started)
        level = np.where(new, per_head, level)
        better = ~poor & (started < on) & (stopped == NEVER)
        stopped = np.where(better, on + lag, stopped)
        seen |= poor
    return started.astype(np.int32), stopped.astype(np.int32), level
