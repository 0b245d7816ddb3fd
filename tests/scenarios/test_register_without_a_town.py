"""Luo and his neighbours when the register of residents leaves out their town, and no other."""

import polars as pl
import pytest

from pipelines import monthly
from pipelines.city.identifiers import resident_id
from pipelines.delivery import verdict
from pipelines.month import Month
from tests.scenarios.people import LUO, XIAOLAN
from tests.scenarios.story import Story, branch

REGISTER = "public_security__residents"


def _with_neighbours(rows: pl.DataFrame) -> pl.DataFrame:
    luo = rows.filter(pl.col("resident_id") == LUO)
    neighbours = [
        luo.with_columns(
            resident_id=pl.lit(resident_id(f"1960010{day}", 981)),
            household_register_no=pl.lit(f"XL{day}"),
            name=pl.lit("邻" + "甲乙丙丁戊"[day - 1]),
            birth_on=pl.date(1960, 1, day),
            relation_to_head=pl.lit("head"),
            register_address=pl.lit(f"中山市小榄镇邻里路{day}号"),
        )
        for day in range(1, 6)
    ]
    return pl.concat([rows, *neighbours])


def _without_xiaolan(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("town_code") != XIAOLAN)


@pytest.fixture(scope="module")
def register_without_a_town(history, tmp_path_factory) -> Story:
    told = branch(history, tmp_path_factory.mktemp("register_without_a_town") / "home")
    before = ("2022-02", "2022-03", "2022-04")
    told.change(REGISTER, _with_neighbours, (*before, "2022-05"))
    for month in map(Month.parse, before):
        monthly.ingest(month, REGISTER, told.place, told.said.append)
        monthly.validate(month, REGISTER, told.place, told.said.append)
    told.run("2022-05")
    told.change(REGISTER, _without_xiaolan, ("2022-06", "2022-07"))
    told.run("2022-06", "2022-07")
    return told


@pytest.mark.parametrize("month", ["2022-06", "2022-07"])
def test_the_register_is_used_and_the_town_that_it_leaves_out_stands_as_of_may(
    register_without_a_town, month
):
    found = verdict(REGISTER, Month.parse(month), register_without_a_town.place.lake)
    assert (found["verdict"], found["towns_missing"]) == ("warned", [XIAOLAN])
    assert found["towns_carried"] == {XIAOLAN: "2022-05"}


@pytest.mark.parametrize("month", ["2022-06", "2022-07"])
def test_nobody_vanishes_and_luo_stays_on_the_list_under_his_name(register_without_a_town, month):
    may = register_without_a_town.household("2022-05", LUO)
    assert register_without_a_town.household(month, LUO) == may
    assert register_without_a_town.key(month, LUO) == register_without_a_town.key("2022-05", LUO)
    line = register_without_a_town.line(month, XIAOLAN, LUO)
    assert line["status"] in ("continuing", "de_escalated")
    assert line["head_name"] and line["address"]


def test_no_case_of_the_town_is_closed_for_lack_of_the_register(register_without_a_town):
    for month in ("2022-06", "2022-07"):
        cases = pl.read_parquet(register_without_a_town.published(month) / "cases.parquet")
        there = cases.filter(pl.col("town_code") == XIAOLAN)
        assert there.height and not there["reason"].eq("not_present").any()
        assert not there.filter(pl.col("status") == "cleared").height
