"""The order of the list: anybody can recompute it by hand, and nobody is lost or counted twice."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.detect import detect
from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.rule import load_rules
from tests.pipelines.detect.town import (
    AT_SCHOOL,
    EMPLOYED,
    SANJIAO,
    SICK,
    STRUCK,
    UNEMPLOYED,
    UNHOUSED,
    XIAOLAN,
    Town,
)

DIMENSIONS = ("medical", "employment", "disability", "education", "income", "accident", "housing")


def by_hand(row: dict) -> int:
    """Priority as selection.yaml publishes it."""
    severity = sum(row[f"severity_{dimension}"] for dimension in DIMENSIONS)
    return (
        10 * row["overlap"]
        + severity
        + 2 * row["months_waiting"]
        + (3 if row["is_vulnerable"] else 0)
        - 2 * len(row["stale_dimensions"])
    )


def any_town(seed: int, lake: Lake, size: int = 60) -> Town:
    """A town whose households have all kinds of troubles, visits, covers and unknowns."""
    town, r = Town(lake), random.Random(seed)
    for number in range(1, size + 1):
        change_household(town, number, r)
    return town


def change_household(town: Town, number: int, r: random.Random) -> None:
    traits = [trait for trait in (SICK, AT_SCHOOL, STRUCK, UNHOUSED) if r.random() < 0.4]
    income = r.choice([0, 900, 1500, 2500, 6000])
    net = r.choice([None, income, income - 800])
    town.house(
        number,
        *traits,
        residents=tuple(r.choice([EMPLOYED, UNEMPLOYED]) for _ in range(r.randint(1, 3))),
        town_code=r.choice([SANJIAO, XIAOLAN]),
        income_per_head_12m_yuan=income,
        income_per_head_12m_at_least_yuan=income,
        net_income_per_head_12m_yuan=net,
        net_income_per_head_12m_at_most_yuan=net,
        has_child_under_6=r.choice([True, False, None]),
        is_covered=r.choice([False, False, False, True, None]),
        is_conflict=r.random() < 0.05,
        newest_car_age_months=r.choice([None, None, None, 12]),
        **(r.choice([{}, {}, {"last_visited_on": "2022-04-20", "last_visit_outcome": "not_in_hardship"}])),
    )  # fmt: skip


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_every_household_with_a_match_ends_up_listed_or_left_out_with_one_reason(tmp_path_factory, seed):
    town = any_town(seed, Lake(tmp_path_factory.mktemp("lake")))
    r = random.Random(seed + 1)
    for month in ("2022-05", "2022-06"):
        counts = town.run(month)
        matched = {row["household_key"] for row in town.rows(month, "matches")}
        listed = [row["household_key"] for row in town.rows(month, "candidates")]
        left_out = [row["household_key"] for row in town.rows(month, "exclusions")]
        assert len(listed + left_out) == len(set(listed + left_out))
        assert set(listed) | set(left_out) == matched
        assert counts["households_matched"] == len(matched) == counts["listed"] + counts["excluded"]
        assert matched <= {row["household_key"] for row in town.rows(month, "cases")}
        for row in town.rows(month, "candidates"):
            assert row["priority"] == by_hand(row)
        for number in r.sample(range(1, 61), 20):
            change_household(town, number, r)


def test_the_list_of_each_town_is_in_order_of_priority_then_of_net_income(tmp_path):
    town = any_town(7, Lake(tmp_path))
    town.run("2022-05")
    for code in (SANJIAO, XIAOLAN):
        listed = sorted(
            (row for row in town.rows("2022-05", "candidates") if row["town_code"] == code),
            key=lambda row: row["rank"],
        )
        assert [row["rank"] for row in listed] == list(range(1, len(listed) + 1)) and listed
        order = [
            (
                -row["priority"],
                row["net_income_per_head_yuan"] is None,
                row["net_income_per_head_yuan"] or 0,
                row["household_key"],
            )
            for row in listed
        ]
        assert order == sorted(order)


def test_the_poorer_of_two_equal_households_comes_first(town):
    richer = town.house(
        1, SICK, AT_SCHOOL, net_income_per_head_12m_yuan=2001, net_income_per_head_12m_at_most_yuan=2001
    )
    poorer = town.house(
        2, SICK, AT_SCHOOL, net_income_per_head_12m_yuan=2000, net_income_per_head_12m_at_most_yuan=2000
    )
    town.run("2022-05")
    assert [row["household_key"] for row in town.rows("2022-05", "candidates")] == [poorer, richer]


@pytest.mark.parametrize(
    ("spent", "points"),
    [(8000, 2), (9999, 2), (10000, 3), (12000, 4), (16000, 6), (24000, 8), (40000, 10), (900000, 10)],
)
def test_severity_follows_the_published_table_of_times_the_limit(town, spent, points):
    key = town.house(
        1, AT_SCHOOL, medical_self_paid_12m_yuan=spent, medical_self_paid_12m_at_least_yuan=spent
    )
    town.run("2022-05")
    assert town.row("2022-05", "candidates", key)["severity_medical"] == points


def test_a_town_receives_no_more_than_it_can_visit_and_the_rest_wait_in_order(town, changed_rules):
    rules = changed_rules(selection={"visits_of_town": {"2020-01-01": {int(SANJIAO): 2, "other": 0}}})
    light = town.house(1, SICK, AT_SCHOOL)
    heavy = town.house(2, SICK, AT_SCHOOL, STRUCK)
    middle = town.house(3, SICK, AT_SCHOOL, has_child_under_6=True)
    elsewhere = town.house(4, SICK, AT_SCHOOL, town_code=XIAOLAN)
    town.run("2022-05", rules)
    assert [
        row["household_key"] for row in town.rows("2022-05", "candidates") if row["town_code"] == SANJIAO
    ] == [heavy, middle]
    waiting = town.row("2022-05", "exclusions", light)
    assert waiting["reason"] == "waiting_for_capacity"
    assert waiting["detail_zh"] == "本月走访名额2户已满，排第3位"
    assert town.row("2022-05", "cases", light)["status"] == "waiting"
    assert town.row("2022-05", "candidates", elsewhere)
    for month in ("2022-06", "2022-07"):
        town.house(
            2, SICK, AT_SCHOOL, STRUCK, last_visited_on="2022-06-10", last_visit_outcome="confirmed_helped"
        )
        town.run(month, rules)
    june = town.row("2022-06", "candidates", light)
    assert (june["status"], june["months_waiting"], june["rank"]) == ("new", 1, 2), (
        "its first time on the list"
    )
    assert town.row("2022-07", "candidates", light)["status"] == "continuing"


def test_a_household_that_waits_climbs(town, changed_rules):
    rules = changed_rules(selection={"visits_of_town": {"2020-01-01": {int(SANJIAO): 1, "other": 0}}})
    waiting = town.house(1, SICK, AT_SCHOOL)
    town.house(2, SICK, AT_SCHOOL, has_child_under_6=True)
    town.run("2022-04", rules)
    assert town.row("2022-04", "cases", waiting)["status"] == "waiting"
    town.house(
        2,
        SICK,
        AT_SCHOOL,
        has_child_under_6=True,
        last_visited_on="2022-04-20",
        last_visit_outcome="not_reached",
    )
    town.run("2022-05", rules)
    town.house(
        2,
        SICK,
        AT_SCHOOL,
        has_child_under_6=True,
        last_visited_on="2022-05-20",
        last_visit_outcome="not_reached",
    )
    town.run("2022-06", rules)
    assert town.row("2022-06", "candidates", waiting)["months_waiting"] == 2


def test_capacity_comes_from_the_communities_of_a_town():
    from pipelines.detect.capacity import capacities

    values = load_rules().selection_in_force(Month.parse("2022-05"))
    visits = dict(zip(*capacities(values).to_pydict().values(), strict=True))
    assert visits[SANJIAO] == 40  # eight communities, five visits each
    assert len(visits) == 23


def test_the_same_month_twice_gives_the_same_bytes_whatever_the_order_of_rows(tmp_path):
    first, second = (any_town(3, Lake(tmp_path / name)) for name in ("a", "b"))
    secret = first.lake.secret()
    (tmp_path / "b" / ".secret").write_bytes(secret)
    second.households = dict(reversed(list(second.households.items())))
    for month in ("2022-05", "2022-06"):
        first.run(month)
        second.run(month)
        assert first.lake.digest("matches", Month.parse(month)) == second.lake.digest(
            "matches", Month.parse(month)
        )


def test_a_month_that_stands_is_not_computed_again_until_something_changed(tmp_path, changed_rules):
    town, month = any_town(5, Lake(tmp_path)), Month.parse("2022-05")
    counts = town.run("2022-05")
    before = town.lake.about("matches", month)
    assert detect(month, town.lake) == counts
    assert town.lake.about("matches", month) == before
    detect(month, town.lake, changed_rules(selection={"bar_dimensions": {"2020-01-01": 3}}))
    assert town.lake.about("matches", month)["revision"] == before["revision"] + 1
