"""What only analysts and reviewers see: the audit sample, rules on trial, whether towns are treated alike."""

from __future__ import annotations

from decimal import Decimal

from pipelines.lake import Lake
from pipelines.month import Month
from tests.pipelines.detect.test_metrics import metric
from tests.pipelines.detect.town import AT_SCHOOL, EMPLOYED, SANJIAO, SICK, UNHOUSED, XIAOLAN, Town


def quiet_town(lake: Lake, size: int = 30) -> Town:
    """A town of households without trouble, of which every third has one dimension."""
    town = Town(lake)
    for number in range(1, size + 1):
        town.house(number * 7919, *([SICK] if number % 3 == 0 else []))
    return town


def drawn(town: Town, month: str) -> list[tuple]:
    return [(r["stratum"], r["draw_place"], r["household_key"]) for r in town.rows(month, "audit_sample")]


def test_two_households_are_drawn_of_those_below_the_bar_and_two_of_those_without_a_match(tmp_path):
    town = quiet_town(Lake(tmp_path))
    listed = town.house(5, SICK, AT_SCHOOL)
    covered = town.house(6, is_covered=True)
    unclear = town.house(8, is_covered=None)
    town.run("2022-05")
    rows = town.rows("2022-05", "audit_sample")
    assert sorted((r["stratum"], r["draw_place"], r["eligible_households"]) for r in rows) == [
        ("below_bar", 1, 10), ("below_bar", 2, 10), ("unmatched", 1, 20), ("unmatched", 2, 20),
    ]  # fmt: skip
    below = {r["household_key"] for r in town.rows("2022-05", "exclusions") if r["reason"] == "below_bar"}
    assert {r["household_key"] for r in rows if r["stratum"] == "below_bar"} <= below
    assert not {listed, covered, unclear} & {r["household_key"] for r in rows}


def test_the_draw_is_the_same_again_another_in_another_month_and_nobodys_guess(tmp_path):
    secrets = {"a": "one", "b": "one", "c": "another"}
    draws = {}
    for name, secret in secrets.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / ".secret").write_text(secret)
        town = quiet_town(Lake(tmp_path / name), 60)
        numbers = {}
        for month in ("2022-05", "2022-06"):
            town.run(month)
            folder = town.rows(month, "audit_sample")
            numbers[month] = sorted(row["household_no"] for row in folder)
        draws[name] = numbers
    assert draws["a"] == draws["b"]
    assert draws["a"]["2022-05"] != draws["a"]["2022-06"]
    assert draws["a"]["2022-05"] != draws["c"]["2022-05"]


def test_every_household_has_the_same_chance_to_be_drawn(tmp_path):
    """Over many months nobody is drawn much more often than the others."""
    (tmp_path / ".secret").write_text("a secret that stays")
    town, times = quiet_town(Lake(tmp_path), 24), {}
    for month in Month(2022, 12).window(24):
        town.run(str(month))
        for stratum, _, key in drawn(town, str(month)):
            if stratum == "unmatched":
                times[key] = times.get(key, 0) + 1
    assert sum(times.values()) == 48
    assert len(times) >= 14 and max(times.values()) <= 4, "about three times each of the sixteen"


def test_who_was_drawn_is_not_drawn_again_before_half_a_year_has_passed(tmp_path):
    (tmp_path / ".secret").write_text("a secret that stays")
    town, months = quiet_town(Lake(tmp_path), 42), Month(2022, 8).window(8)
    for month in months:
        town.run(str(month))
    draws = [{key for _, _, key in drawn(town, str(month))} for month in months]
    for first in range(len(months) - 6):
        of_seven = draws[first : first + 7]
        assert len(set.union(*of_seven)) == sum(map(len, of_seven)) == 7 * 4
    again = town.rows("2022-08", "audit_sample")
    town.run("2022-08")
    assert town.rows("2022-08", "audit_sample") == again, "running a month again draws the same"


def test_who_was_visited_not_long_ago_is_not_drawn_and_zero_draws_nobody(town, changed_rules):
    town.house(1, last_visited_on="2022-01-10", last_visit_outcome="not_in_hardship")
    rested = town.house(2, last_visited_on="2021-10-10", last_visit_outcome="not_in_hardship")
    town.run("2022-05")
    assert [row["household_key"] for row in town.rows("2022-05", "audit_sample")] == [rested]
    town.run("2022-05", changed_rules(selection={"audit_households_per_town": {"2020-01-01": 0}}))
    assert town.rows("2022-05", "audit_sample") == []


def test_the_audits_hit_rate_is_its_own_and_no_rules_precision(town):
    missed = town.house(1, SICK)
    well = town.house(2)
    town.run("2022-04")
    assert {row["household_key"] for row in town.rows("2022-04", "audit_sample")} == {missed, well}
    town.visit("2022-05", missed, "2022-05-10", "confirmed_pending")
    town.visit("2022-05", well, "2022-05-11", "not_in_hardship")
    town.run("2022-05")
    below = metric(town, "2022-05", "audit", "below_bar")
    assert (below["listed"], below["visited"], below["confirmed"], below["precision"]) == (1, 1, 1, 1)
    unmatched = metric(town, "2022-05", "audit", "unmatched")
    assert (unmatched["visited"], unmatched["confirmed"], unmatched["precision"]) == (1, 0, 0)
    assert metric(town, "2022-05", "rule", "heavy_medical_spending") is None


def test_a_rule_on_trial_is_shown_to_reviewers_and_lists_nobody(town, changed_rules):
    rules = changed_rules(status={"unsafe_housing": "test", "disability": "experimental"})
    blind = {
        **EMPLOYED,
        "has_disability_certificate": True,
        "disability_category": "1",
        "disability_grade": 1,
    }
    key = town.house(1, SICK, UNHOUSED, residents=(blind,))
    both = town.house(2, SICK, AT_SCHOOL, UNHOUSED)
    town.run("2022-05", rules)
    rows = {row["household_key"]: row for row in town.rows("2022-05", "review_matches")}
    assert set(rows) == {key, both}
    assert (rows[key]["rule_id"], rows[key]["is_listed"]) == ("unsafe_housing", False)
    assert "危房" in rows[key]["explanation_zh"] and rows[both]["is_listed"]
    assert town.row("2022-05", "exclusions", key)["reason"] == "below_bar"
    assert "disability" not in {row["rule_id"] for row in town.rows("2022-05", "review_matches")}
    counted = {row["rule_id"]: row["matched"] for row in town.rows("2022-05", "answers")}
    assert counted["disability"] == 1, "an experimental rule is counted"


def test_a_table_shows_what_each_town_was_given_and_what_it_can_do(town, changed_rules):
    visits = {int(SANJIAO): 2, int(XIAOLAN): 4, "other": 0}
    rules = changed_rules(selection={"visits_of_town": {"2020-01-01": visits}})
    for number in range(1, 6):
        town.house(number, SICK, AT_SCHOOL)
    town.house(6, SICK, AT_SCHOOL, town_code=XIAOLAN)
    for number in range(7, 12):
        town.house(number, town_code=XIAOLAN)
    town.run("2022-04", rules)
    town.run("2022-05", rules)
    loads = {row["town_code"]: row for row in town.rows("2022-05", "town_loads")}
    sanjiao, xiaolan = loads[SANJIAO], loads[XIAOLAN]
    counted = ("households", "households_matched", "listed", "listed_new", "waiting", "visits")
    assert [sanjiao[name] for name in counted] == [5, 5, 2, 0, 3, 2]
    assert [xiaolan[name] for name in counted] == [6, 1, 1, 0, 0, 4]
    assert (sanjiao["load"], sanjiao["served_share"]) == (Decimal("2.50"), Decimal("0.4000"))
    assert (xiaolan["load"], xiaolan["above_bar_per_1000"]) == (Decimal("0.25"), Decimal("166.67"))
    assert sanjiao["highest_priority_waiting"] == sanjiao["lowest_priority_listed"], (
        "ties go by income, then key"
    )
    assert (sanjiao["longest_wait_months"], xiaolan["longest_wait_months"]) == (1, 1)
    assert len(loads) == 23 and loads["442000001"]["load"] == 0


def test_a_town_far_from_the_citys_rate_is_marked(town):
    for number in range(1, 401):
        town.house(number, *([SICK, AT_SCHOOL] if number <= 40 else []))
    for number in range(401, 801):
        town.house(number, *([SICK, AT_SCHOOL] if number <= 402 else []), town_code=XIAOLAN)
    town.run("2022-05")
    marked = {row["town_code"] for row in town.rows("2022-05", "town_loads") if row["is_unlike_city"]}
    assert marked == {SANJIAO, XIAOLAN}


def test_the_visits_of_a_town_are_dated_like_every_other_value(town, changed_rules):
    dated = {"2020-01-01": {int(SANJIAO): 2, "other": 0}, "2022-05-01": {int(SANJIAO): 3, "other": 0}}
    rules = changed_rules(selection={"visits_of_town": dated})
    for number in range(1, 6):
        town.house(number, SICK, AT_SCHOOL)
    for month, listed in (("2022-04", 2), ("2022-05", 3)):
        assert town.run(month, rules)["listed"] == listed
