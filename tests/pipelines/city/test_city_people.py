"""The invented city looks like the real one: age, sex, households, money, illness, assistance."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from pipelines.city import build, department_extracts, truth
from pipelines.city.chance import day
from pipelines.city.families import RESERVED_IDS
from pipelines.city.households import DORMITORY
from pipelines.identity import is_resident_id_expr
from pipelines.month import Month

MONTH = Month(2021, 12)


@pytest.fixture(scope="module")
def city():
    return build(120_000, 3, RESERVED_IDS)


@pytest.fixture(scope="module")
def extracts(city):
    return department_extracts(city, MONTH)


@pytest.fixture(scope="module")
def present(city):
    return city.population.is_present(day(MONTH.end))


def test_as_many_people_live_there_as_were_asked_for(city, present):
    assert 0.97 < present.sum() / 120_000 < 1.05
    local = city.population.is_local[present].mean()
    assert 0.42 < local < 0.46


def test_ages_and_sexes_are_those_of_the_census(city, present):
    age = city.population.age(day(MONTH.end))[present]
    male, local = city.population.people.is_male[present], city.population.is_local[present]
    assert 0.145 < (age < 15).mean() < 0.18
    assert 0.075 < (age >= 60).mean() < 0.10
    assert 0.14 < (age[local] >= 60).mean() < 0.17
    assert 1.10 < male.sum() / (~male).sum() < 1.22
    assert 0.90 < male[local].sum() / (~male[local]).sum() < 0.98


def test_households_are_small_and_dormitories_hold_strangers(city, present):
    sizes = np.bincount(city.population.people.household[present], minlength=city.population.households)
    family = (sizes > 0) & (city.population.household_type != DORMITORY)
    assert 2.15 < sizes[family].mean() < 2.55
    assert sizes.max() <= 8
    shared = np.bincount(city.registers.living[city.population.household_type == DORMITORY])
    assert shared.max() > 10


def test_births_and_deaths_keep_their_rates(city):
    first, last = day(date(2021, 1, 1)), day(date(2021, 12, 31))
    population = city.population
    here = population.is_present(first)
    died = (here & (population.died <= last)).sum()
    born = ((population.people.born >= first) & (population.people.born <= last)).sum()
    assert 0.0013 < died / here.sum() < 0.0024
    assert 0.0085 < born / here.sum() < 0.0120


def test_towns_have_their_share_of_residents_and_of_local_hukou(city, extracts):
    places = city.population.places
    local = extracts["public_security__residents"]["town_code"].value_counts()
    counts = dict(zip(local["town_code"], local["count"], strict=True))
    total = sum(counts.values())
    for code, people in zip(places.town_codes, places.local_hukou, strict=True):
        assert counts[code] / total == pytest.approx(people / places.local_hukou.sum(), abs=0.012)


def test_every_id_is_valid_invented_and_of_one_person_only(city, extracts):
    ids = city.population.ids
    assert ids.n_unique() == len(ids)
    assert ids.str.starts_with("442099").all()
    assert not set(ids) & RESERVED_IDS
    assert pl.DataFrame({"id": ids}).select(is_resident_id_expr(pl.col("id")).all()).item()
    register = extracts["public_security__residents"]
    written = register["resident_id"].str.slice(6, 8).str.to_date("%Y%m%d")
    assert (written == register["birth_on"]).all()
    odd = register["resident_id"].str.slice(16, 1).cast(pl.Int64) % 2 == 1
    assert ((register["sex"] == "M") == odd).all()


def test_self_paid_care_has_a_heavy_tail(city, extracts):
    bills = [
        department_extracts(city, month, {"medical_insurance__settlements"})["medical_insurance__settlements"]
        for month in MONTH.window(12)
    ]
    year = pl.concat(bills).group_by("resident_id").agg(pl.col("self_paid_yuan").cast(float).sum())
    people = len(extracts["medical_insurance__enrolments"])
    over = {limit: (year["self_paid_yuan"] > limit).sum() / people for limit in (20_000, 50_000)}
    assert 0.004 < over[20_000] < 0.011
    assert 0.0004 < over[50_000] < 0.0025
    stays = pl.concat(bills).filter(pl.col("visit_kind") == "21")
    assert 0.10 < stays["resident_id"].n_unique() / people < 0.17
    assert 1100 < stays["self_paid_yuan"].cast(float).median() < 2000
    assert (pl.concat(bills)["self_paid_yuan"] <= pl.concat(bills)["total_yuan"]).all()


def test_disability_unemployment_and_assistance_are_as_common_as_in_life(city, extracts, present):
    local = (present & city.population.is_local).sum()
    certificates = extracts["disabled_persons__certificates"].filter(certificate_status="valid")
    assert 0.014 < len(certificates) / local < 0.021
    severe = (certificates["disability_grade"] <= 2).mean()
    assert 0.28 < severe < 0.44
    spells = extracts["human_resources__unemployment"]
    open_spells = spells.filter(pl.col("deregistered_on").is_null())
    workers = len(extracts["human_resources__contributions"])
    assert 0.015 < len(open_spells) / workers < 0.032
    roll = extracts["civil_affairs__assistance_roll"]
    active = roll.filter(pl.col("stopped_on").is_null())
    covered = active.filter(pl.col("assistance_type").is_in(["dibao", "tekun", "orphan"]))
    assert 0.004 < len(covered) / local < 0.0085
    assert len(active) < len(roll)
    assert active["is_single_person"].any()


def test_hardship_is_rare_and_comes_from_circumstances(city):
    table = truth.households(city, MONTH)
    local, others = table.filter("has_local_hukou"), table.filter(~pl.col("has_local_hukou"))
    open_cases = pl.col("is_in_hardship") & ~pl.col("is_covered")
    assert 0.004 < local.select(open_cases.mean()).item() < 0.012
    assert 0.002 < others.select(open_cases.mean()).item() < 0.012
    troubled = pl.col("circumstances") != ""
    with_trouble = table.filter(troubled).select(pl.col("is_in_hardship").mean()).item()
    without = table.filter(~troubled).select(pl.col("is_in_hardship").mean()).item()
    assert with_trouble > 8 * without
    assert local.filter("is_in_hardship").select(pl.col("is_covered").mean()).item() > 0.2


def test_mean_income_a_head_is_near_the_citys_disposable_income(city):
    table = truth.households(city, MONTH)
    a_head = table["income_yuan"].sum() / table["members"].list.len().sum()
    assert 4300 < a_head < 5500


def test_schools_are_free_or_dear_by_stage(extracts):
    pupils = extracts["education__enrolments"]
    basic = pupils.filter(pl.col("stage").is_in(["primary", "junior"]))
    assert 0.75 < (basic["tuition_yuan"] == 0).mean() < 0.92
    colleges = pupils.filter(pl.col("stage").is_in(["college", "university"]))
    assert (colleges["fee_period"] == "year").all()
    assert 5000 < colleges["tuition_yuan"].cast(float).min() < 7000
    assert (pupils.filter(pl.col("stage") != "college")["term"] == "2021-autumn").all()
    age = (
        date(2021, 9, 1) - pupils["resident_id"].str.slice(6, 8).str.to_date("%Y%m%d")
    ).dt.total_days() / 365.25
    assert age.min() > 2.9
    assert pupils.with_columns(age.alias("age")).filter(stage="primary")["age"].max() < 13
