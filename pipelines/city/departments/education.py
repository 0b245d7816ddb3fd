"""Education: pupils and students of the city's schools with their fees and guardians."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.chance import first_and_last_day, generator
from pipelines.city.city import City
from pipelines.city.frames import amounts, numbered, where, words
from pipelines.city.schooling import STAGES, pupils, term
from pipelines.month import Month

_PUBLIC = ("中心幼儿园", "小学", "初级中学", "中学", "中等职业学校", "职业技术学院", "学院")
_PRIVATE = (
    "新苗幼儿园",
    "育英学校小学部",
    "育英学校初中部",
    "博文高级中学",
    "联合技工学校",
    "岭南职业学院",
    "岭海学院",
)
_GRADES = {
    0: ("小班", "中班", "大班"),
    1: ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级"),
    2: ("七年级", "八年级", "九年级"),
    3: ("高一", "高二", "高三"),
    4: ("一年级", "二年级", "三年级"),
    5: ("大一", "大二", "大三"),
    6: ("大一", "大二", "大三", "大四"),
}


def enrolments(city: City, month: Month) -> pl.DataFrame:
    """One row per pupil for the month's term; `town_code` of the school stands beside the columns."""
    _, on = first_and_last_day(month)
    population, registers = city.population, city.registers
    these = pupils(population, city.work, city.schooling, month, on)
    person = these.person
    town = registers.dwellings.town(registers.living_on(on)[population.people.household[person]])
    first, second = population.guardians(person)
    chance = generator(city.seed, "guardians").random(len(population))[person]
    is_student = these.stage >= 5
    # Students from here often name no guardian; schools ask those from elsewhere.
    unnamed = is_student & (chance < np.where(population.is_local[person], 0.55, 0.08))
    first = np.where(unnamed, -1, first)
    second = np.where((chance < 0.3) | is_student, -1, second)
    names = pl.Series([name.removesuffix("街道").removesuffix("镇") for name in population.places.town_names])
    number = pl.Series((person // 97 % 9 + 1).astype(np.int64)).cast(pl.String)
    kind = words(these.stage, _PUBLIC)
    public = pl.select(pl.format("{}第{}{}", names.gather(town), number, kind)).to_series()
    private = names.gather(town) + words(these.stage, _PRIVATE)
    grades = [text for stage in range(7) for text in (*_GRADES[stage], "四年级", "五年级", "六年级")[:6]]
    return pl.DataFrame(
        {
            "student_no": where(these.stage > 0, numbered("L", person, 9)),
            "resident_id": population.named(person),
            "school": private.zip_with(pl.Series(these.is_private), public),
            "stage": words(these.stage, STAGES),
            "grade": words(these.stage * 6 + np.clip(these.grade, 1, 6) - 1, grades),
            "term": pl.repeat(term(month), len(person), dtype=pl.String, eager=True),
            "tuition_yuan": amounts(these.fee),
            "fee_period": words(these.is_yearly.astype(np.int8), ("term", "year")),
            "guardian1_id": population.named(first),
            "guardian2_id": population.named(second),
            "town_code": pl.Series(population.places.town_codes.tolist()).gather(town),
        }
    )
