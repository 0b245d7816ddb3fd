"""Cases over the months: new, escalated, waiting, reopened, covered, cleared only by evidence."""

from __future__ import annotations

import datetime

from tests.pipelines.detect.town import AT_SCHOOL, EMPLOYED, SICK, STRUCK, UNEMPLOYED, XIAOLAN

MENTAL = {**EMPLOYED, "age_years": 12, "is_working_age": False, "has_disability_certificate": True,
          "disability_category": "6", "disability_grade": 3}  # fmt: skip


def visited(on: str, outcome: str) -> dict:
    return {"last_visited_on": on, "last_visit_outcome": outcome}


def case(town, month, key):
    return town.row(month, "cases", key)


def test_luo_is_watched_then_new_then_escalated_and_then_eases(town):
    key = town.house(1, residents=(UNEMPLOYED, EMPLOYED))
    town.run("2022-03")
    assert case(town, "2022-03", key)["status"] == "watch" and not town.rows("2022-03", "candidates")
    town.house(1, SICK, residents=(UNEMPLOYED, EMPLOYED))
    town.run("2022-04")
    april = town.row("2022-04", "candidates", key)
    assert (april["status"], april["months_waiting"]) == ("new", 0)
    town.house(1, SICK, residents=(UNEMPLOYED, MENTAL))
    town.run("2022-05")
    may = town.row("2022-05", "candidates", key)
    assert (may["status"], may["months_waiting"], may["overlap"]) == ("escalated", 1, 3)
    assert may["priority"] > april["priority"]
    town.house(1, SICK, residents=(EMPLOYED, MENTAL))
    town.run("2022-06")
    june = town.row("2022-06", "candidates", key)
    assert (june["status"], june["overlap"], june["months_waiting"]) == ("de_escalated", 2, 2)
    history = case(town, "2022-06", key)
    assert history["first_matched_month"] == datetime.date(2022, 3, 1)
    assert history["first_listed_month"] == datetime.date(2022, 4, 1)
    assert history["listed_months_count"] == 3


def test_a_case_is_cleared_only_when_every_rule_that_matched_is_answered_with_no(town):
    key = town.house(1, SICK, AT_SCHOOL)
    town.run("2022-04")
    town.house(1, medical_self_paid_12m_yuan=None, medical_self_paid_12m_at_least_yuan=None)
    town.run("2022-05")
    may = case(town, "2022-05", key)
    assert (may["status"], may["open_rules"]) == ("unassessable", ["heavy_medical_spending"])
    town.house(1)
    town.run("2022-06")
    june = case(town, "2022-06", key)
    assert (june["status"], june["reason"], june["open_rules"]) == ("cleared", None, [])
    assert june["last_matched_month"] == datetime.date(2022, 4, 1)
    town.house(1, medical_self_paid_12m_yuan=None, medical_self_paid_12m_at_least_yuan=None)
    town.run("2022-07")
    assert case(town, "2022-07", key)["status"] == "cleared", "once cleared, a missing file reopens nothing"


def test_a_listed_household_that_loses_evidence_to_a_missing_file_is_unassessable_and_not_below_the_bar(town):
    unknown = {key: value for key, value in EMPLOYED.items() if "employ" not in key and "benefit" not in key}
    key = town.house(1, SICK, residents=(UNEMPLOYED,))
    town.run("2022-04")
    town.late = {"human_resources__unemployment": None}
    town.house(1, SICK, residents=(unknown,))
    town.run("2022-05")
    assert town.row("2022-05", "exclusions", key)["reason"] == "unassessable"
    town.run("2022-06")
    assert town.row("2022-06", "exclusions", key)["reason"] == "unassessable"
    town.late = {}
    town.house(1, SICK, residents=(EMPLOYED,))
    town.run("2022-07")
    assert town.row("2022-07", "exclusions", key)["reason"] == "below_bar"


def test_a_household_on_the_roll_at_last_is_covered_and_stays_a_case(town):
    key = town.house(1, SICK, AT_SCHOOL)
    town.run("2022-05")
    town.house(1, is_covered=True, covered_by="dibao", covered_since_on="2022-06-01")
    town.run("2022-06")
    june = case(town, "2022-06", key)
    assert (june["status"], june["reason"], june["listed_months_count"]) == ("covered", "covered", 1)
    assert town.row("2022-06", "exclusions", key) is None, "no match any more, so nothing is left out"


def test_feng_is_left_alone_for_six_months_after_a_visit_that_found_no_hardship(town):
    seen = visited("2022-04-18", "not_in_hardship")
    key = town.house(1, SICK, AT_SCHOOL, seen)
    for month in ("2022-04", "2022-05", "2022-09"):
        town.run(month)
        found = town.row(month, "exclusions", key)
        assert found["reason"] == "recently_verified"
        assert found["until_on"] == datetime.date(2022, 10, 18)
        assert "2022-04-18已走访" in found["detail_zh"] and "2022-10-18前不再列入" in found["detail_zh"]
        assert case(town, month, key)["status"] == "excluded"
    town.run("2022-10")
    october = town.row("2022-10", "candidates", key)
    assert october["status"] == "reopened", "the month's end is past the until-date"
    assert october["last_visit_outcome"] == "not_in_hardship"


def test_new_evidence_after_the_visit_reopens_within_the_cooling_off_period(town):
    seen = visited("2022-04-18", "not_in_hardship")
    accident = town.house(1, SICK, AT_SCHOOL, seen)
    costs = town.house(2, SICK, AT_SCHOOL, seen)
    same = town.house(3, SICK, AT_SCHOOL, seen)
    work = town.house(4, SICK, AT_SCHOOL, seen)
    death = town.house(5, SICK, AT_SCHOOL, seen)
    town.run("2022-05")
    assert not town.rows("2022-05", "candidates")
    town.house(1, SICK, AT_SCHOOL, seen, STRUCK, latest_incident_on="2022-07-02")
    town.house(
        2, AT_SCHOOL, seen, medical_self_paid_12m_yuan=14700, medical_self_paid_12m_at_least_yuan=14700
    )
    town.house(
        3, AT_SCHOOL, seen, medical_self_paid_12m_yuan=14699, medical_self_paid_12m_at_least_yuan=14699
    )
    town.house(4, SICK, AT_SCHOOL, seen, residents=(UNEMPLOYED,))
    town.house(5, SICK, AT_SCHOOL, seen, latest_death_on="2022-06-30")
    town.run("2022-07")
    status = {row["household_key"]: row["status"] for row in town.rows("2022-07", "candidates")}
    assert status == dict.fromkeys((accident, costs, work, death), "reopened")
    assert town.row("2022-07", "exclusions", same)["reason"] == "recently_verified"
    town.run("2022-08")
    assert town.row("2022-08", "candidates", accident)["status"] == "continuing"


def test_an_accident_before_the_visit_was_known_to_the_visitor(town):
    key = town.house(1, SICK, AT_SCHOOL, STRUCK, visited("2022-05-20", "not_in_hardship"))
    town.run("2022-05")
    assert town.row("2022-05", "exclusions", key)["reason"] == "recently_verified"


def test_an_audit_visit_before_any_match_does_not_hide_troubles_that_come_later(town):
    town.house(2, SICK)
    key = town.house(1, visited("2022-03-10", "not_in_hardship"))
    town.run("2022-03")
    town.run("2022-04")
    town.house(1, SICK, AT_SCHOOL, visited("2022-03-10", "not_in_hardship"))
    town.run("2022-05")
    assert town.row("2022-05", "candidates", key)["status"] == "reopened"


def test_nobody_was_met_so_the_household_stays_on_the_list(town):
    key = town.house(1, SICK, AT_SCHOOL)
    town.run("2022-05")
    town.house(1, SICK, AT_SCHOOL, visited("2022-06-08", "not_reached"))
    town.run("2022-06")
    assert town.row("2022-06", "candidates", key)["status"] == "continuing"


def test_a_visit_ends_the_waiting(town):
    key = town.house(1, SICK, AT_SCHOOL)
    for month in ("2022-04", "2022-05"):
        town.run(month)
    assert case(town, "2022-05", key)["months_waiting"] == 1
    town.house(1, SICK, AT_SCHOOL, visited("2022-06-08", "not_reached"))
    town.run("2022-06")
    assert town.row("2022-06", "candidates", key)["months_waiting"] == 0
    town.run("2022-07")
    assert town.row("2022-07", "candidates", key)["months_waiting"] == 1


def test_a_household_all_of_whose_members_died_is_counted_as_deceased_once(town):
    key = town.house(1, SICK, AT_SCHOOL)
    other = town.house(2, SICK, AT_SCHOOL)
    town.run("2022-05")
    town.leave(1)
    town.dead = {1}
    counts = town.run("2022-06")
    assert town.row("2022-06", "exclusions", key)["reason"] == "deceased"
    assert counts["excluded_by_reason"] == {"deceased": 1} and counts["households_matched"] == 1
    assert (case(town, "2022-06", key)["status"], case(town, "2022-06", key)["reason"]) == (
        "excluded",
        "deceased",
    )
    town.run("2022-07")
    assert town.row("2022-07", "exclusions", key) is None
    assert case(town, "2022-07", key)["reason"] == "deceased"
    assert town.row("2022-07", "candidates", other)


def test_a_household_that_moved_away_stays_a_case_that_cannot_be_assessed(town):
    key = town.house(1, SICK, AT_SCHOOL)
    town.house(2, SICK)
    town.run("2022-05")
    town.leave(1)
    town.run("2022-06")
    june = case(town, "2022-06", key)
    assert (june["status"], june["reason"]) == ("unassessable", "not_present")
    town.house(1, SICK, AT_SCHOOL)
    town.run("2022-07")
    assert town.row("2022-07", "candidates", key)["status"] == "reopened"


def test_a_gap_between_months_does_not_lose_the_cases(town):
    key = town.house(1, SICK, AT_SCHOOL)
    town.run("2022-03")
    town.run("2022-06")
    assert town.row("2022-06", "candidates", key)["status"] == "continuing"
    assert case(town, "2022-06", key)["first_matched_month"] == datetime.date(2022, 3, 1)


def person(key: int, **traits) -> dict:
    return {**EMPLOYED, "resident_key": key, **traits}


def test_a_listed_household_that_moves_to_another_town_is_listed_there_and_says_from_where(town):
    key = town.house(1, SICK, AT_SCHOOL)
    town.run("2022-05")
    town.house(1, SICK, AT_SCHOOL, town_code=XIAOLAN)
    town.run("2022-06")
    june = case(town, "2022-06", key)
    assert (june["town_code"], june["moved_from_town_code"]) == (XIAOLAN, "442000109")
    assert (june["status"], june["list_status"]) == ("listed", "continuing")
    town.run("2022-07")
    assert case(town, "2022-07", key)["moved_from_town_code"] is None, "it moved in June"


def test_the_case_of_a_household_that_joins_another_goes_on_there_with_its_waiting(town):
    old = town.house(1, SICK, AT_SCHOOL, residents=(person(11), person(12)))
    into = town.house(2, residents=(person(21), person(22)))
    for month in ("2022-03", "2022-04"):
        town.run(month)
    assert case(town, "2022-04", into) is None
    town.leave(1)
    town.house(2, SICK, AT_SCHOOL, residents=(person(11), person(12), person(21), person(22)))
    counts = town.run("2022-05")
    former, now = case(town, "2022-05", old), case(town, "2022-05", into)
    assert (former["status"], former["merged_into_key"]) == ("merged", into)
    assert (now["status"], now["list_status"], now["months_waiting"]) == ("listed", "continuing", 2)
    assert now["merged_from_keys"] == [old] and now["first_matched_month"] == datetime.date(2022, 3, 1)
    assert counts["households_matched"] == 1
    town.run("2022-06")
    assert case(town, "2022-06", old)["status"] == "merged", "and stays so"
    assert case(town, "2022-06", into)["merged_from_keys"] == []


def test_of_two_cases_that_become_one_the_more_pressing_says_how_it_stood(town):
    first = town.house(1, SICK, AT_SCHOOL, residents=(person(11),))
    second = town.house(2, SICK, residents=(person(21),))
    town.run("2022-04")
    assert (case(town, "2022-04", first)["status"], case(town, "2022-04", second)["status"]) == (
        "listed", "watch",
    )  # fmt: skip
    town.leave(1)
    town.house(2, SICK, AT_SCHOOL, residents=(person(11), person(21)))
    town.run("2022-05")
    now = case(town, "2022-05", second)
    assert (now["list_status"], now["months_waiting"], now["merged_from_keys"]) == ("continuing", 1, [first])


def test_a_widow_who_joins_her_sons_household_is_not_counted_as_a_household_that_died_out(town):
    old = town.house(1, SICK, AT_SCHOOL, residents=(person(100), person(101)))
    into = town.house(2, residents=(person(21),))
    town.run("2022-05")
    town.leave(1)
    town.dead = {1}
    town.house(2, SICK, AT_SCHOOL, residents=(person(101), person(21)))
    counts = town.run("2022-06")
    assert "deceased" not in counts["excluded_by_reason"]
    assert case(town, "2022-06", old)["merged_into_key"] == into


def test_the_part_that_leaves_a_household_starts_a_case_that_says_from_which(town):
    old = town.house(1, SICK, AT_SCHOOL, residents=(person(11), person(12), person(13)))
    town.run("2022-05")
    town.house(1, SICK, AT_SCHOOL, residents=(person(11), person(12)))
    new = town.house(9, SICK, STRUCK, residents=(person(13),))
    town.run("2022-06")
    assert case(town, "2022-06", old)["list_status"] == "continuing"
    part = case(town, "2022-06", new)
    assert (part["list_status"], part["split_from_key"]) == ("new", old)
    town.run("2022-07")
    assert case(town, "2022-07", new)["split_from_key"] is None


def test_nobody_is_cleared_because_a_rule_is_withdrawn(town, changed_rules):
    key = town.house(1, SICK, STRUCK)
    town.run("2022-05")
    withdrawn = changed_rules(status={"accident_or_disaster": "deprecated"})
    town.house(1)
    town.run("2022-06", withdrawn)
    june = case(town, "2022-06", key)
    assert (june["status"], june["open_rules"]) == ("unassessable", ["accident_or_disaster"])
    assert june["reason_zh"] == "命中过的规则已停用，尚无数据表明困难已解除"
    town.run("2022-07")
    assert case(town, "2022-07", key)["status"] == "cleared", "asked again, it is answered with no"


def test_what_another_rule_of_the_dimension_answers_with_no_needs_no_withdrawn_rule(town, changed_rules):
    key = town.house(1, income_per_head_12m_yuan=900, income_per_head_12m_at_least_yuan=900)
    town.run("2022-05")
    assert case(town, "2022-05", key)["open_rules"] == ["low_income"]
    town.house(1)
    town.run("2022-06", changed_rules(status={"low_income": "deprecated"}))
    assert case(town, "2022-06", key)["status"] == "cleared"


def test_a_household_waits_on_through_a_month_that_nobody_ran(town):
    key = town.house(1, SICK, AT_SCHOOL)
    town.run("2022-03")
    town.run("2022-06")
    assert case(town, "2022-06", key)["months_waiting"] == 3
    town.house(1, medical_self_paid_12m_yuan=None, medical_self_paid_12m_at_least_yuan=None)
    town.run("2022-08")
    lost = case(town, "2022-08", key)
    assert (lost["status"], lost["months_waiting"]) == ("unassessable", 5)
    town.house(1, SICK, AT_SCHOOL)
    town.run("2022-11")
    assert town.row("2022-11", "candidates", key)["months_waiting"] == 8


def test_the_visit_to_one_of_two_households_that_become_one_is_seen_by_nobody_twice(town):
    """The profile says which visit is the last; what was known then comes from the case that had it."""
    seen = visited("2022-04-18", "not_in_hardship")
    old = town.house(1, SICK, AT_SCHOOL, seen, residents=(person(11), person(12)))
    into = town.house(2, residents=(person(21),))
    town.run("2022-05")
    assert town.row("2022-05", "exclusions", old)["reason"] == "recently_verified"
    town.leave(1)
    town.house(2, SICK, AT_SCHOOL, seen, residents=(person(11), person(12), person(21)))
    town.run("2022-06")
    left_out = town.row("2022-06", "exclusions", into)
    assert (left_out["reason"], left_out["until_on"]) == ("recently_verified", datetime.date(2022, 10, 18))
    town.house(2, SICK, AT_SCHOOL, STRUCK, seen, residents=(person(11), person(12), person(21)))
    town.run("2022-07")
    assert town.row("2022-07", "candidates", into)["status"] == "reopened", "an accident is new to them too"
