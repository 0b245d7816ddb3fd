"""Whom a town is told to ask for, where, and what became of those it was sent to last month."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.contract import load_extracts
from pipelines.identity import is_resident_id
from pipelines.problem import HardshipError
from pipelines.publish import publish
from pipelines.publish.town_lists import town_lists
from pipelines.reference import towns

from .conftest import MONTH, SANJIAO, XIAOLAN, Household, key, resident_id


def listed(city, *households) -> list[dict]:
    city.lay(list(households))
    return town_lists(load_extracts(), MONTH, city.lake).listed.to_dicts()


def test_the_head_of_household_is_asked_for_by_name_and_masked_id(city):
    (row,) = listed(city, Household(1, name="杨伟志"))
    assert is_resident_id(resident_id(100))
    assert row["head_name"] == "杨伟志"
    assert row["head_id_masked"] == resident_id(100)[:6] + "**********" + resident_id(100)[-2:]
    assert "head_id" not in row and "household_no" not in row


def test_where_the_head_has_died_the_spouse_is_asked_for(city):
    (row,) = listed(city, Household(1, name="杨伟志", dead=("head",)))
    assert row["head_name"].endswith("spouse")
    assert row["members_zh"] == "3人：配偶49岁、子女48、47岁"


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        (("head",), "1人：户主50岁"),
        (("head", "spouse", "child", "child"), "4人：户主50岁、配偶49岁、子女48、47岁"),
        (("child", "parent", "parent", "head"), "4人：户主47岁、父母49、48岁、子女50岁"),
        (("head", "other", "uncle"), "3人：户主50岁、其他49、48岁"),
    ],
)
def test_the_members_are_told_in_one_phrase(city, roles, words):
    (row,) = listed(city, Household(1, roles=roles))
    assert row["members_zh"] == words


def test_a_household_nobody_knows_the_names_of_is_still_listed(city):
    city.lay([Household(1)])
    with city.lake.write("profiles", MONTH, {}) as folder:
        for name in ("members", "resident_profile", "household_profile"):
            old = city.lake.resolve("profiles", MONTH) / f"{name}.parquet"
            pl.read_parquet(old).clear().write_parquet(folder / f"{name}.parquet")
    (row,) = town_lists(load_extracts(), MONTH, city.lake).listed.to_dicts()
    assert (row["head_name"], row["members_zh"]) == (None, "4人")


def test_the_community_is_called_what_people_call_it(city):
    (row,) = listed(city, Household(1))
    assert row["community"] == "桂园社区"


def test_a_town_is_listed_in_published_order(city):
    rows = listed(city, Household(1, rank=2), Household(2, rank=1), Household(3, town_code="442000001"))
    assert [(row["town_code"], row["rank"]) for row in rows] == [("442000001", 1), (SANJIAO, 1), (SANJIAO, 2)]


def test_those_who_wait_longest_come_first_and_only_their_town_sees_them(city):
    city.lay([Household(n, reason="waiting_for_capacity", name=f"人{n}") for n in (1, 2)])
    place = city.lake.resolve("matches", MONTH)
    with city.lake.write("matches", MONTH, {}) as folder:
        for path in place.glob("*.parquet"):
            frame = pl.read_parquet(path)
            if path.stem == "cases":
                frame = frame.with_columns(months_waiting=pl.col("household_no"))
            frame.write_parquet(folder / path.name)
    waiting = town_lists(load_extracts(), MONTH, city.lake).waiting
    assert waiting["head_name"].to_list() == ["人2", "人1"]
    assert waiting["community"].to_list() == ["桂园社区"] * 2


def test_last_months_households_that_are_gone_are_told_with_the_reason(city, extracts):
    city.lay([Household(n, rank=n) for n in (1, 2, 3)], MONTH.plus(-1))
    publish(extracts, MONTH.plus(-1), city.lake)
    city.lay(
        [
            Household(1),
            Household(2, reason="covered", name="陈强", facts={"detail_zh": "2022-06起享受低保。"}),
            Household(3, town_code=XIAOLAN),
        ]
    )
    changes = town_lists(load_extracts(), MONTH, city.lake).changes.to_dicts()
    told = {row["household_key"]: (row["town_code"], row["reason"], row["detail_zh"]) for row in changes}
    assert told == {
        key(2): (SANJIAO, "covered", "2022-06起享受低保。"),
        key(3): (SANJIAO, "moved", None),
    }
    assert {row["head_name"] for row in changes} >= {"陈强"}


def test_a_household_that_vanished_from_the_data_is_told_too(city, extracts):
    city.lay([Household(1), Household(2, rank=2)], MONTH.plus(-1))
    publish(extracts, MONTH.plus(-1), city.lake)
    city.lay([Household(1)])
    (row,) = town_lists(load_extracts(), MONTH, city.lake).changes.to_dicts()
    assert (row["household_key"], row["reason"], row["head_name"]) == (key(2), "not_present", None)


def test_a_household_listed_twice_by_mistake_stops_the_month(city):
    city.lay([Household(1), Household(1)])
    with pytest.raises(HardshipError, match="Nothing was published"):
        town_lists(load_extracts(), MONTH, city.lake)


def test_there_are_twenty_three_towns():
    assert len(towns()) == 23
    assert towns()[0].folder == "442000001_石岐街道"
