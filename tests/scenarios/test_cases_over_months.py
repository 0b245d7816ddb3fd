"""Families from March to August 2022: watched, listed, visited, left alone, helped at last."""

from datetime import date

import polars as pl
import pytest

from pipelines.city.facts import paid_for_care
from pipelines.month import Month
from tests.scenarios.changes import visited, with_row, without
from tests.scenarios.people import FENG, LU, LUO, SHAXI, XIAOLAN, YANG, family_of


def test_the_yangs_are_left_alone_once_the_town_has_helped_them(year):
    assert year.row("2022-05", "candidates", YANG)["status"] == "continuing"
    for month in ("2022-06", "2022-07"):
        assert year.towns_that_list(month, YANG) == []
        left_out = year.row(month, "exclusions", YANG)
        assert left_out["reason"] == "recently_verified"
        assert left_out["until_on"] == date(2022, 12, 14)
        assert left_out["detail_zh"] == "2022-06-14已走访：属实已救助；2022-12-14前不再列入"


def test_the_yangs_are_covered_when_the_roll_shows_dibao_and_the_case_keeps_their_history(year):
    assert year.towns_that_list("2022-08", YANG) == []
    left_out = year.row("2022-08", "exclusions", YANG)
    assert left_out["reason"] == "covered"
    assert left_out["detail_zh"] == "已在保：低保，自2022-08起（截至2022-08名册）"
    assert left_out["detail_en"] == "already covered: dibao since 2022-08 (roll as of 2022-08)"
    case = year.row("2022-08", "cases", YANG)
    assert (case["status"], case["reason"]) == ("covered", "covered")
    assert case["first_listed_month"] == date(2022, 3, 1)
    assert case["listed_months_count"] == 3
    # What had found them is kept beside the success.
    assert set(case["rules"]) == {"heavy_medical_spending", "education_cost", "net_income_below_dibao"}


def test_feng_found_not_in_hardship_is_left_alone_until_the_day_that_is_named(year):
    assert year.row("2022-03", "candidates", FENG)["status"] == "new"
    for month in ("2022-04", "2022-05", "2022-06"):
        assert year.towns_that_list(month, FENG) == []
        left_out = year.row(month, "exclusions", FENG)
        assert left_out["reason"] == "recently_verified"
        assert left_out["until_on"] == date(2022, 10, 18)
        assert left_out["detail_zh"] == "2022-04-18已走访：不困难；2022-10-18前不再列入"
        assert left_out["detail_en"] == "visited on 2022-04-18: not in hardship; not listed before 2022-10-18"


def test_fengs_accident_reopens_the_case_and_the_visitor_sees_what_was_found_before(year):
    line = year.line("2022-07", SHAXI, FENG)
    assert line["status"] == "reopened"
    assert "accident" in line["dimensions"]
    assert (line["last_visited_on"], line["last_visit_outcome"]) == (date(2022, 4, 18), "not_in_hardship")
    assert "2022-04-18\n不困难" in [cell for row in year.sheet("2022-07", SHAXI) for cell in row]


def test_feng_whose_bills_are_half_as_high_again_is_seen_before_the_day_is_reached(after_april):
    more = paid_for_care(FENG, "12000", date(2022, 5, 20))
    after_april.change("medical_insurance__settlements", with_row(**more.row(Month(2022, 5))), ("2022-05",))
    after_april.run("2022-05")
    line = after_april.line("2022-05", SHAXI, FENG)
    assert line["status"] == "reopened"
    assert "36,000元" in line["explanation_zh"]
    assert line["last_visit_outcome"] == "not_in_hardship"


def test_luo_with_one_trouble_is_watched_and_on_no_list(year):
    assert year.matched("2022-03", LUO) == {"unemployment"}
    assert year.towns_that_list("2022-03", LUO) == []
    case = year.row("2022-03", "cases", LUO)
    assert (case["status"], case["reason"]) == ("watch", "below_bar")


def test_luo_with_a_second_trouble_is_new_and_with_a_third_escalated_and_further_up(year):
    april, may = year.line("2022-04", XIAOLAN, LUO), year.line("2022-05", XIAOLAN, LUO)
    assert (april["status"], april["months_waiting"]) == ("new", 0)
    assert set(april["dimensions"]) == {"employment", "medical"}
    assert (may["status"], may["months_waiting"]) == ("escalated", 1)
    assert set(may["dimensions"]) == {"employment", "medical", "disability"}
    # Nobody visited: the Lus, who waited longer, were ahead in April.
    assert (year.line("2022-04", XIAOLAN, LU)["rank"], april["rank"]) == (1, 2)
    assert (may["rank"], year.line("2022-05", XIAOLAN, LU)["rank"]) == (1, 2)
    assert year.row("2022-04", "cases", LUO)["first_matched_month"] == date(2022, 3, 1)


def test_luo_is_cleared_once_the_register_says_that_there_is_no_unemployment_left(story):
    story.change("human_resources__unemployment", without(LUO), ("2022-04",))
    story.change("medical_insurance__settlements", without(*family_of(LUO)), ("2022-04",))
    story.run("2022-03", "2022-04")
    assert story.row("2022-03", "cases", LUO)["status"] == "watch"
    case = story.row("2022-04", "cases", LUO)
    assert (case["status"], case["open_rules"]) == ("cleared", [])
    assert (case["reason_zh"], case["last_matched_month"]) == (
        "各项困难情形均有数据表明已解除",
        date(2022, 3, 1),
    )


def test_luo_back_at_work_stays_on_the_list_with_what_is_left(year):
    june = year.line("2022-06", XIAOLAN, LUO)
    assert june["status"] == "de_escalated"
    assert set(june["dimensions"]) == {"medical", "disability"}
    july = year.line("2022-07", XIAOLAN, LUO)
    assert july["status"] == "continuing"
    assert year.row("2022-08", "cases", LUO)["status"] == "listed"


def test_lu_found_elsewhere_moves_to_the_other_towns_list(year):
    assert year.towns_that_list("2022-05", LU) == [XIAOLAN]
    assert year.towns_that_list("2022-06", LU) == ["442000108"]
    assert year.key("2022-05", LU) == year.key("2022-06", LU)


def measured(year, month: str, rule_id: str) -> dict:
    metrics = pl.read_parquet(year.published(month) / "metrics.parquet")
    return metrics.filter(scope="rule", subject=rule_id).row(0, named=True)


@pytest.mark.parametrize("rule_id", ["heavy_medical_spending", "education_cost", "net_income_below_dibao"])
def test_the_visit_that_helped_the_yangs_counts_for_every_rule_that_had_found_them(year, rule_id):
    before, after = measured(year, "2022-05", rule_id), measured(year, "2022-06", rule_id)
    assert (after["visited"], after["confirmed"]) == (before["visited"] + 1, before["confirmed"] + 1)
    assert measured(year, "2022-08", rule_id)["confirmed"] == after["confirmed"], "on dibao they still count"


def test_fengs_visit_counts_as_a_false_alarm_of_the_medical_rule_in_mays_precision(year):
    medical = measured(year, "2022-05", "heavy_medical_spending")
    assert (medical["visited"], medical["confirmed"], medical["precision"]) == (1, 0, 0)
    assert medical["precision_low"] == 0 and 0 < medical["precision_high"] < 1


def test_a_visit_to_a_household_drawn_for_the_audit_counts_and_it_is_not_drawn_again(after_april):
    drawn = pl.read_parquet(after_april.published("2022-04") / "audit_sample.parquet")
    keys = drawn.sort("household_key")["household_key"].to_list()

    def all_visited(rows):
        for key in keys:
            rows = visited(key, date(2022, 5, 10), "not_in_hardship")(rows)
        return rows

    after_april.change("towns__visits", all_visited, ("2022-05",))
    after_april.run("2022-05")
    folder = after_april.place.lake.resolve("profiles", Month(2022, 5))
    seen = pl.read_parquet(folder / "household_profile.parquet").filter(
        pl.col("last_visited_on") == date(2022, 5, 10)
    )
    # a household may have moved away or died out since it was drawn
    assert 0 < len(seen) <= len(keys) and set(seen["last_visit_outcome"]) == {"not_in_hardship"}
    metrics = pl.read_parquet(after_april.published("2022-05") / "metrics.parquet").filter(scope="audit")
    assert metrics["visited"].sum() >= len(seen) and metrics["confirmed"].sum() == 0
    again = pl.read_parquet(after_april.published("2022-05") / "audit_sample.parquet")
    assert not set(drawn["household_key"]) & set(again["household_key"])


@pytest.mark.parametrize("month", ["2022-03", "2022-04", "2022-05", "2022-06", "2022-07", "2022-08"])
def test_in_every_month_a_household_with_a_match_is_listed_or_left_out_once(year, month):
    tables = {
        name: pl.read_parquet(year.published(month) / f"{name}.parquet")["household_key"].to_list()
        for name in ("matches", "candidates", "exclusions", "cases")
    }
    assert sorted(tables["candidates"] + tables["exclusions"]) == sorted(set(tables["matches"]))
    assert set(tables["matches"]) <= set(tables["cases"])
