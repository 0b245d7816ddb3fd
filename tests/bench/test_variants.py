"""A month gives the same files in one thread, with little memory, and when an extract arrives late."""

from __future__ import annotations

import shutil

import pytest

from pipelines import monthly
from pipelines.month import Month
from pipelines.publish import town_folders
from pipelines.rule import load_rules
from tests.bench import many_rules, targets, variants, work
from tests.bench.laying import City

RESIDENTS = 5_000


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """A city after its month was brought up in the lake that the others are compared with."""
    root = tmp_path_factory.mktemp("variants") / "city"
    city = City(RESIDENTS, 1, Month(2022, 6), root)
    work.lay_city(city)
    variants.whole_before(city)
    variants.whole(city)
    yield city
    shutil.rmtree(root)


@pytest.mark.slow
def test_the_lists_of_a_month_do_not_depend_on_threads_processes_or_memory(city, monkeypatch):
    with monkeypatch.context() as setting:
        setting.setenv("HARDSHIP_THREADS", "1")
        setting.setattr(monthly, "_WORTH_PROCESSES", 0)  # its extracts two at a time
        setting.setattr(town_folders, "_WORTH_A_PROCESS", 0)
        variants.one_thread(city)
    with monkeypatch.context() as setting:
        setting.setenv("HARDSHIP_MEMORY_LIMIT", "150MB")
        setting.setenv("HARDSHIP_THREADS", "2")
        variants.two_gigabytes(city)
    found = variants.same(city)
    assert found["files"] > 100
    assert {found["differ"][name] == [] for name in ("one_thread", "two_gigabytes")} == {True}


@pytest.mark.slow
def test_an_extract_that_arrives_late_leaves_what_a_month_with_it_in_time_leaves(city):
    variants.late_before(city)
    assert variants.same(city)["differ"]["late"]  # without it the month is another one
    assert variants.late(city)["files"] >= 1
    assert variants.same(city)["differ"]["late"] == []


def test_rules_can_be_had_ten_times(tmp_path):
    once = load_rules(many_rules.copied_rules(tmp_path / "once", 1))
    tenfold = load_rules(many_rules.copied_rules(tmp_path / "tenfold", 10))
    assert len(tenfold.rules) == 10 * len(once.rules) > 100


def test_a_target_that_is_missed_is_told_as_missed():
    used = {"rules_as_they_are": {"cpu": 2.0}, "rules_tenfold": {"cpu": 5.0}, "replay": {"cpu": 6.0}}
    lines = targets.table(used)
    assert [line for line in lines if "ten times" in line and "**missed**" in line and "2.50x" in line]
    assert [line for line in lines if "six months" in line and "reached" in line]


@pytest.mark.slow
def test_a_month_of_fourteen_extracts_is_published_from_those_alone(city):
    variants.smaller_before(city)
    lake = variants.lake_of(city, "smaller")
    assert variants.smaller(city)["rows"] > 0
    assert lake.resolve("published", city.month)
    arrived = {extract for extract in monthly.extract_ids() if lake.resolve(f"parquet/{extract}", city.month)}
    assert arrived == set(variants.FOURTEEN)
