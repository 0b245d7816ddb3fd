"""Schooling: which pupils and students learn in the city, at which stage, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.city.chance import generator
from pipelines.city.population import Population
from pipelines.city.work import Work, school_entry_year
from pipelines.month import Month

STAGES = ("kindergarten", "primary", "junior", "senior", "vocational", "college", "university")


@dataclass
class Schooling:
    """One entry per person: draws that hold for the whole time at school; fees in yuan."""

    entry_year: np.ndarray
    is_here: np.ndarray  # attends in the city, to senior school
    studies_here: np.ndarray  # studies at a college of the city
    is_vocational: np.ndarray
    is_private: np.ndarray  # kindergarten; basic; senior; college: one column each
    fees: np.ndarray  # per term before college, per year there; columns as above, private price


def draw(population: Population, work: Work) -> Schooling:
    """Which schools everybody would attend; those who come from elsewhere pay more often."""
    rng, n, local = generator(population.seed, "schooling"), len(population), population.is_local
    chance = rng.random((n, 4), dtype=np.float32)
    private = np.where(local[:, None], (0.45, 0.07, 0.10, 0.22), (0.70, 0.24, 0.22, 0.30)).astype(np.float32)
    home_fortune = population.fortune[population.people.household][:, None]
    private = private * np.exp(0.25 * np.array([1, 1, 0, 0], dtype=np.float32) * home_fortune)
    medians = np.where(local[:, None], (5200, 9000, 6200, 19_000), (4300, 4600, 5400, 18_000))
    fees = medians * np.exp(0.33 * rng.standard_normal((n, 4), dtype=np.float32))
    return Schooling(
        entry_year=school_entry_year(population.people.born).astype(np.int16),
        is_here=rng.random(n) < np.where(local, 0.965, 0.9),
        studies_here=rng.random(n) < 0.5,
        is_vocational=rng.random(n) < 0.4,
        is_private=chance < private,
        fees=(np.round(fees / 50) * 50).astype(np.int32),
    )


def term(month: Month) -> str:
    """The term a month lies in: autumn from September to February, spring from March to August."""
    if 3 <= month.number <= 8:
        return f"{month.year}-spring"
    return f"{month.year if month.number >= 9 else month.year - 1}-autumn"


def school_year(month: Month) -> int:
    """Year in which the school year of a month began."""
    return month.year if month.number >= 9 else month.year - 1


@dataclass(frozen=True)
class Pupils:
    """Pupils and students of one month; one entry each."""

    person: np.ndarray
    stage: np.ndarray  # index into STAGES
    grade: np.ndarray  # within the stage, from 1
    fee: np.ndarray  # yuan per term, or per year where is_yearly
    is_yearly: np.ndarray
    is_private: np.ndarray


def pupils(population: Population, work: Work, schooling: Schooling, month: Month, on: int) -> Pupils:
    """Who attends a school of the city in a month (present on day `on`)."""
    grade = school_year(month) - schooling.entry_year + 1
    started = (np.int64(school_year(month) - 1970) * 12 + 8).astype("datetime64[M]")
    opened = int(started.astype("datetime64[D]").astype(np.int64))
    enrolled = (grade >= -2) & (grade <= 16) & (work.studies_until > opened)
    enrolled &= np.where(grade <= 12, schooling.is_here, schooling.studies_here)
    # Not every small child goes to kindergarten.
    enrolled &= (grade >= 1) | (schooling.fees[:, 0] % 10_000 < 9800)
    person = np.flatnonzero(enrolled & population.is_present(on))
    grade = grade[person].astype(np.int64)
    years_of_college = (work.studies_until[person] - opened) // 365 + grade  # school years in all
    stage = np.select(
        [grade <= 0, grade <= 6, grade <= 9, (grade <= 12) & schooling.is_vocational[person], grade <= 12,
         years_of_college >= 16],
        [0, 1, 2, 4, 3, 6], 5,
    )  # fmt: skip
    kind = np.array([0, 1, 1, 2, 2, 3, 3])[stage]
    private = schooling.is_private[person, kind]
    price = schooling.fees[person, kind]
    public = np.array([2100, 0, 0, 650, 0, 5600, 6200])[stage]
    base = np.array([3, 0, 6, 9, 9, 12, 12])[stage]
    return Pupils(
        person=person,
        stage=stage.astype(np.int8),
        grade=np.where(stage == 0, grade + 3, grade - base).astype(np.int8),
        fee=np.where(private, np.where(stage == 4, price // 2, price), public).astype(np.int32),
        is_yearly=stage >= 5,
        is_private=private,
    )
