"""Metrics: what visits found is set against what the rules said, with how sure that is."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from pipelines.detect.explain import explain, in_words
from pipelines.month import Month
from tests.pipelines.detect.town import AT_SCHOOL, SANJIAO, SICK, STRUCK, UNEMPLOYED, XIAOLAN


def metric(town, month: str, scope: str, subject: str) -> dict | None:
    rows = [r for r in town.rows(month, "metrics") if (r["scope"], r["subject"]) == (scope, subject)]
    assert len(rows) <= 1
    return rows[0] if rows else None


def wilson(confirmed: int, visited: int) -> tuple[float, float]:
    """E. B. Wilson (1927), 95 %, written down independently."""
    z, p, n = 1.959963984540054, confirmed / visited, visited
    centre = p + z * z / (2 * n)
    spread = z * math.sqrt((p * (1 - p) + z * z / (4 * n)) / n)
    return (centre - spread) / (1 + z * z / n), (centre + spread) / (1 + z * z / n)


def spring(town) -> dict[str, str]:
    """Four households listed in April; by May one was helped, one well, one not met, one not visited."""
    keys = {"helped": town.house(1, SICK)}
    town.run("2022-03")
    town.house(1, SICK, AT_SCHOOL)
    keys["well"] = town.house(2, SICK, residents=(UNEMPLOYED,))
    keys["out"] = town.house(3, SICK, STRUCK)
    keys["waits"] = town.house(4, SICK, AT_SCHOOL, town_code=XIAOLAN)
    town.run("2022-04")
    town.visit("2022-05", keys["helped"], "2022-05-10", "confirmed_helped")
    town.visit("2022-05", keys["well"], "2022-05-12", "not_in_hardship")
    town.visit("2022-05", keys["out"], "2022-05-13", "not_reached")
    town.run("2022-05")
    return keys


def test_precision_is_told_of_visited_households_with_its_interval_and_with_who_was_not_visited(town):
    spring(town)
    medical = metric(town, "2022-05", "rule", "heavy_medical_spending")
    counted = ("listed", "not_visited", "without_result", "visited", "confirmed")
    assert [medical[name] for name in counted] == [4, 1, 1, 2, 1]
    assert medical["precision"] == Decimal("0.5000")
    low, high = wilson(1, 2)
    assert abs(float(medical["precision_low"]) - low) < 6e-5
    assert abs(float(medical["precision_high"]) - high) < 6e-5
    school = metric(town, "2022-05", "rule", "education_cost")
    assert [school[name] for name in counted] == [2, 1, 0, 1, 1] and school["precision"] == 1
    accident = metric(town, "2022-05", "rule", "accident_or_disaster")
    assert [accident[name] for name in counted] == [1, 0, 1, 0, 0] and accident["precision"] is None


def test_precision_is_told_of_combinations_towns_and_the_city(town):
    spring(town)
    counted = ("listed", "not_visited", "visited", "confirmed")
    found = {
        subject: [metric(town, "2022-05", scope, subject)[name] for name in counted]
        for scope, subject in (
            ("combination", "education_cost+heavy_medical_spending"),
            ("combination", "heavy_medical_spending+unemployment"),
            ("town", SANJIAO),
            ("town", XIAOLAN),
            ("city", "all"),
        )
    }
    assert found == {
        "education_cost+heavy_medical_spending": [2, 1, 1, 1],
        "heavy_medical_spending+unemployment": [1, 0, 1, 0],
        SANJIAO: [3, 0, 2, 1],
        XIAOLAN: [1, 1, 0, 0],
        "all": [4, 1, 2, 1],
    }


@pytest.mark.parametrize(("confirmed", "visited"), [(0, 1), (3, 3), (2, 7), (9, 10)])
def test_the_interval_is_wilsons(town, confirmed, visited):
    keys = [town.house(n, SICK, AT_SCHOOL) for n in range(1, visited + 1)]
    town.run("2022-04")
    for place, key in enumerate(keys):
        outcome = "confirmed_pending" if place < confirmed else "data_wrong"
        town.visit("2022-05", key, "2022-05-10", outcome)
    town.run("2022-05")
    city = metric(town, "2022-05", "city", "all")
    low, high = wilson(confirmed, visited)
    assert abs(float(city["precision_low"]) - low) < 6e-5
    assert abs(float(city["precision_high"]) - high) < 6e-5


def test_days_from_signal_to_listing_to_visit_to_help_are_medians_of_households(town):
    keys = spring(town)
    city = metric(town, "2022-05", "city", "all")
    # One of four was watched from March; visits after 10, 12 and 13 days; one was helped at the visit.
    assert (city["days_signal_to_listing"], city["days_listing_to_visit"], city["days_visit_to_help"]) == (
        0,
        12,
        0,
    )
    school = metric(town, "2022-05", "rule", "education_cost")
    assert (school["days_signal_to_listing"], school["days_listing_to_visit"]) == (15, 10)
    town.visit("2022-06", keys["waits"], "2022-06-09", "confirmed_pending")
    town.house(
        4,
        SICK,
        AT_SCHOOL,
        town_code=XIAOLAN,
        is_covered=True,
        covered_by="dibao",
        covered_since_on="2022-07-01",
    )
    town.run("2022-07")
    xiaolan = metric(town, "2022-07", "town", XIAOLAN)
    assert (xiaolan["days_listing_to_visit"], xiaolan["days_visit_to_help"]) == (40, 22), (
        "help came with dibao"
    )


def test_feng_seen_before_the_first_list_counts_as_a_false_alarm_of_what_matches_still(town):
    key = town.house(1, SICK, last_visited_on="2022-04-18", last_visit_outcome="not_in_hardship")
    town.visit("2022-04", key, "2022-04-18", "not_in_hardship")
    town.run("2022-05")
    medical = metric(town, "2022-05", "rule", "heavy_medical_spending")
    assert (medical["listed"], medical["visited"], medical["confirmed"], medical["precision"]) == (0, 1, 0, 0)


def test_a_visit_speaks_of_what_matched_before_it_and_not_of_what_came_later(town):
    key = town.house(1, SICK, AT_SCHOOL)
    town.run("2022-04")
    town.visit("2022-05", key, "2022-05-10", "not_in_hardship")
    town.house(1, SICK, AT_SCHOOL, residents=(UNEMPLOYED,))
    town.run("2022-05")
    assert metric(town, "2022-05", "rule", "education_cost")["visited"] == 1
    assert metric(town, "2022-05", "rule", "unemployment") is None


def test_a_household_visited_twice_counts_once_with_what_was_found_last(town):
    key = town.house(1, SICK, AT_SCHOOL)
    town.run("2022-04")
    town.visit("2022-05", key, "2022-05-03", "not_in_hardship")
    town.visit("2022-05", key, "2022-05-20", "confirmed_pending")
    town.run("2022-05")
    city = metric(town, "2022-05", "city", "all")
    assert (city["visited"], city["confirmed"]) == (1, 1)


def test_visits_that_could_have_been_saved_are_counted(town):
    dead, gone, covered, fine = (town.house(n, SICK, AT_SCHOOL) for n in range(1, 5))
    town.run("2022-04")
    town.visit("2022-05", dead, "2022-05-04", "deceased")
    town.visit("2022-05", gone, "2022-05-04", "moved")
    town.visit("2022-05", covered, "2022-05-04", "confirmed_pending")
    town.visit("2022-05", fine, "2022-05-04", "confirmed_pending")
    roll = {"is_covered": True, "covered_by": "dibao"}
    town.house(3, SICK, AT_SCHOOL, roll, covered_since_on="2022-03-01")  # on the roll that came late
    town.house(4, SICK, AT_SCHOOL, roll, covered_since_on="2022-05-01")  # help after the list
    town.run("2022-05")
    city = metric(town, "2022-05", "city", "all")
    assert (city["deceased_visited"], city["moved_visited"], city["covered_visited"]) == (1, 1, 1)
    assert (city["visited"], city["confirmed"]) == (4, 2)


def test_visits_not_known_yet_or_older_than_a_year_are_not_counted(town):
    key = town.house(1, SICK, AT_SCHOOL)
    town.run("2022-04")
    town.visit("2022-04", key, "2021-05-31", "confirmed_pending")
    town.visit("2022-06", key, "2022-06-10", "confirmed_pending")
    town.run("2022-05")
    assert metric(town, "2022-05", "city", "all")["visited"] == 0
    town.run("2022-06")
    assert metric(town, "2022-06", "city", "all")["visited"] == 1


def test_the_first_month_knows_nothing_and_says_so(town):
    town.house(1, SICK, AT_SCHOOL)
    town.run("2022-05")
    (row,) = town.rows("2022-05", "metrics")
    assert (row["scope"], row["listed"], row["visited"], row["precision"]) == ("city", 0, 0, None)


def test_a_late_visit_report_makes_the_month_new_and_nothing_else_does(town):
    from pipelines.month import Month

    spring(town)
    may = Month.parse("2022-05")
    before = town.lake.about("matches", may)
    town.run("2022-05")
    assert town.lake.about("matches", may) == before
    town.visit("2022-05", town.rows("2022-05", "cases")[0]["household_key"], "2022-05-30", "declined")
    town.run("2022-05")
    assert town.lake.about("matches", may)["inputs"] != before["inputs"]


def test_visits_that_found_the_data_wrong_are_counted_and_the_history_says_which(town):
    key, other = town.house(1, SICK, AT_SCHOOL), town.house(2, SICK, AT_SCHOOL)
    town.run("2022-04")
    town.visit("2022-05", key, "2022-05-10", "data_wrong", wrong_data="members")
    town.visit("2022-05", other, "2022-05-11", "not_in_hardship")
    town.run("2022-05")
    medical = metric(town, "2022-05", "rule", "heavy_medical_spending")
    assert (medical["visited"], medical["confirmed"], medical["data_wrong"]) == (2, 0, 1)
    told = explain(Month(2022, 5), town.lake, key)
    assert "2022-05-10  走访 / visit: 数据有误 / the data are wrong：家庭成员 / who lives there" in in_words(
        told
    )


def test_how_often_lists_are_right_is_told_by_place_on_the_list(town, changed_rules):
    rules = changed_rules(selection={"visits_of_town": {"2020-01-01": {"other": 99}}})
    for number in range(1, 26):
        town.house(number, SICK, AT_SCHOOL, net_income_per_head_12m_yuan=number)
    town.run("2022-04", rules)
    by_rank = {row["rank"]: row["household_key"] for row in town.rows("2022-04", "candidates")}
    for rank, outcome in ((1, "confirmed_helped"), (10, "confirmed_pending"), (11, "not_in_hardship"),
                          (21, "confirmed_pending"), (22, "not_in_hardship")):  # fmt: skip
        town.visit("2022-05", by_rank[rank], "2022-05-10", outcome)
    town.run("2022-05", rules)
    counted = ("listed", "not_visited", "visited", "confirmed")
    places = {p: metric(town, "2022-05", "place", p) for p in ("1-10", "11-20", "21-50", "51-")}
    assert [places["1-10"][name] for name in counted] == [10, 8, 2, 2]
    assert [places["11-20"][name] for name in counted] == [10, 9, 1, 0]
    assert [places["21-50"][name] for name in counted] == [5, 3, 2, 1]
    assert places["51-"] is None
