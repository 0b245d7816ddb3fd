"""Who is listed, who is not, and the one reason why."""

from __future__ import annotations

import pytest

from pipelines.problem import HardshipError
from tests.pipelines.detect.town import (
    AT_SCHOOL,
    EMPLOYED,
    SANJIAO,
    SICK,
    STRUCK,
    UNEMPLOYED,
    UNHOUSED,
    XIAOLAN,
)

BLIND = {**EMPLOYED, "has_disability_certificate": True, "disability_category": "1", "disability_grade": 1}
YANG = {
    "members_count": 4,
    "medical_self_paid_12m_at_least_yuan": 13800,
    "medical_self_paid_12m_yuan": 13800,
    "education_fees_12m_at_least_yuan": 22350,
    "education_fees_12m_yuan": 22350,
    "income_12m_monthly_yuan": 7200,
    "income_per_head_12m_at_least_yuan": 1800,
    "income_per_head_12m_yuan": 1800,
    "rigid_spending_12m_monthly_at_least_yuan": "3012.50",
    "rigid_spending_12m_monthly_yuan": "3012.50",
    "net_income_per_head_12m_at_most_yuan": "1046.88",
    "net_income_per_head_12m_yuan": "1046.88",
}
TANG = {  # insured elsewhere, no local hukou; medical spending is not known
    "members_count": 4,
    "local_hukou_count": 0,
    "has_local_hukou": False,
    "is_covered": None,
    "covered_as_of_month": None,
    "medical_self_paid_12m_at_least_yuan": 0,
    "medical_self_paid_12m_yuan": None,
    "education_fees_12m_at_least_yuan": 26000,
    "education_fees_12m_yuan": 26000,
    "income_12m_monthly_yuan": 6000,
    "income_per_head_12m_at_least_yuan": 1500,
    "income_per_head_12m_yuan": 1500,
    "rigid_spending_12m_monthly_at_least_yuan": "2166.67",
    "rigid_spending_12m_monthly_yuan": None,
    "net_income_per_head_12m_at_most_yuan": "958.33",
    "net_income_per_head_12m_yuan": None,
}


def reason(town, month, key):
    row = town.row(month, "exclusions", key)
    return row and row["reason"]


def test_the_yang_family_is_listed_with_amounts_months_and_the_line_in_words(town):
    key = town.house(1, YANG)
    town.run("2022-05")
    listed = town.row("2022-05", "candidates", key)
    assert listed["status"] == "new" and listed["town_code"] == SANJIAO
    assert listed["dimensions"] == ["education", "medical"]
    assert listed["rules"] == ["education_cost", "heavy_medical_spending", "net_income_below_dibao"]
    for words in ("13,800元", "22,350元", "1,046.88元", "1,160元", "2021-06至2022-05", "医保", "教育"):
        assert words in listed["explanation_zh"]
    assert "below the dibao standard of 1,160 (since 2022-01-01)" in listed["explanation_en"]
    assert listed["suggested_path"] == "temporary_assistance"
    assert listed["causes"] == ["illness", "necessary_spending"]
    assert listed["troubles"] == ["basic_living", "education", "medical"]
    assert "2022-05" in listed["not_covered_zh"] and "dibao, edge, tekun, orphan" in listed["not_covered_en"]


def test_one_dimension_is_watched_and_two_are_listed(town):
    one = town.house(1, SICK)
    two = town.house(2, SICK, AT_SCHOOL)
    town.house(3)
    counts = town.run("2022-05")
    assert reason(town, "2022-05", one) == "below_bar"
    assert town.row("2022-05", "cases", one)["status"] == "watch"
    assert town.row("2022-05", "candidates", two)["overlap"] == 2
    assert (counts["households"], counts["households_matched"], counts["listed"], counts["excluded"]) == (
        3,
        2,
        1,
        1,
    )


def test_two_rules_of_one_dimension_are_one_dimension(town):
    key = town.house(1, residents=(UNEMPLOYED,), able_workers_count=0, income_per_head_12m_yuan=2000,
                     income_per_head_12m_at_least_yuan=2000)  # fmt: skip
    town.run("2022-05")
    found = town.row("2022-05", "exclusions", key)
    assert found["rules"] == ["unemployment", "weak_labour_capacity"]
    assert found["dimensions"] == ["employment"] and found["reason"] == "below_bar"


def test_a_rule_that_lists_alone_adds_no_dimension(town):
    key = town.house(1, income_per_head_12m_yuan=1500, income_per_head_12m_at_least_yuan=1500)
    town.run("2022-05")
    listed = town.row("2022-05", "candidates", key)
    assert listed["overlap"] == 0 and listed["dimensions"] == []
    assert listed["suggested_path"] == "dibao_or_edge"


def test_two_unemployed_members_are_one_match_with_a_sentence_each(town):
    key = town.house(1, SICK, residents=(UNEMPLOYED, {**UNEMPLOYED, "sex": "F", "age_years": 52}, EMPLOYED))
    town.run("2022-05")
    matches = [
        m
        for m in town.rows("2022-05", "matches")
        if m["household_key"] == key and m["rule_id"] == "unemployment"
    ]
    assert len(matches) == 1
    assert matches[0]["explanation_zh"].startswith(
        "成员（女，52岁）失业（月末在册登记）；成员（男，40岁）失业"
    )


def test_a_migrant_family_is_listed_without_any_medical_figure_and_never_for_local_dibao(town):
    key = town.house(1, TANG)
    town.run("2022-05")
    listed = town.row("2022-05", "candidates", key)
    assert listed["rules"] == ["education_cost", "net_income_below_dibao"]
    assert listed["suggested_path"] == "home_county"
    assert listed["unassessed_dimensions"] == ["medical"]
    assert "至多958.33元" in listed["explanation_zh"] and "非本地户籍" in listed["explanation_zh"]
    assert "no local hukou" in listed["not_covered_en"]


def test_a_family_on_dibao_is_covered_and_says_since_when(town):
    key = town.house(1, SICK, AT_SCHOOL, is_covered=True, covered_by="dibao", covered_since_on="2020-03-01")
    town.run("2022-05")
    found = town.row("2022-05", "exclusions", key)
    assert found["reason"] == "covered"
    assert found["detail_en"] == "already covered: dibao since 2020-03 (roll as of 2022-05)"
    assert found["detail_zh"] == "已在保：低保，自2020-03起（截至2022-05名册）"


def test_a_member_on_dibao_alone_does_not_count_for_the_others(town):
    alone = {**UNEMPLOYED, "is_covered_alone": True}
    only_he = town.house(1, SICK, residents=(alone, EMPLOYED))
    she_too = town.house(2, SICK, residents=(alone, UNEMPLOYED))
    town.run("2022-05")
    assert reason(town, "2022-05", only_he) == "below_bar"
    assert town.row("2022-05", "candidates", she_too)["dimensions"] == ["employment", "medical"]


def test_clear_assets_exclude_with_each_asset_its_source_and_month(town):
    key = town.house(
        1, SICK, AT_SCHOOL, wholly_owned_homes_count=2, home_area_per_head_m2=106.5,
        newest_car_age_months=7, cars_count=1, paid_in_capital_yuan=5000000,
    )  # fmt: skip
    town.run("2022-05")
    found = town.row("2022-05", "exclusions", key)
    assert found["reason"] == "assets"
    for words in (
        "住房2套",
        "7个月",
        "5,000,000元",
        "［住建，2022-05］",
        "［公安，2022-05］",
        "［教育、市场监管、医保，2021-06..2022-05、2022-05］",
    ):
        assert words in found["detail_zh"]


def test_an_inherited_share_and_a_mobility_vehicle_are_only_to_be_verified(town):
    key = town.house(
        1, SICK, AT_SCHOOL, shared_homes_count=1, mobility_vehicles_count=1, subscribed_capital_yuan=5000000
    )
    town.run("2022-05")
    listed = town.row("2022-05", "candidates", key)
    assert "共有份额住房" in listed["to_verify_zh"] and "车辆" in listed["to_verify_zh"]
    assert "subscribed capital of 5,000,000 yuan" in listed["to_verify_en"]


def test_when_the_asset_registers_are_missing_nobody_is_excluded_for_assets(town):
    unknown = dict.fromkeys(("wholly_owned_homes_count", "home_area_per_head_m2", "paid_in_capital_yuan"))
    key = town.house(1, SICK, AT_SCHOOL, unknown)
    town.run("2022-05")
    assert town.row("2022-05", "candidates", key)


def test_a_roll_past_its_age_lists_nobody_new_and_uncovers_nobody(town):
    before = town.house(1, SICK, AT_SCHOOL)
    covered = town.house(2, SICK, AT_SCHOOL, is_covered=True, covered_by="dibao")
    town.run("2022-05")
    unknown = {"is_covered": None, "covered_as_of_month": None, "covered_by": None}
    town.house(1, SICK, AT_SCHOOL, unknown)
    town.house(2, SICK, AT_SCHOOL, unknown)
    new = town.house(3, SICK, AT_SCHOOL, unknown)
    town.run("2022-06")
    assert town.row("2022-06", "candidates", before)["status"] == "continuing"
    assert "未能核对" in town.row("2022-06", "candidates", before)["not_covered_zh"]
    assert reason(town, "2022-06", covered) == "covered"
    assert reason(town, "2022-06", new) == "unassessable"


def test_a_conflict_about_death_or_identity_is_not_visited(town):
    key = town.house(1, SICK, AT_SCHOOL, is_conflict=True, conflict_reason="too_many_members")
    town.run("2022-05")
    assert reason(town, "2022-05", key) == "conflict"


def test_a_household_has_one_leading_reason_however_many_hold(town):
    key = town.house(
        1, SICK, is_covered=True, covered_by="edge", is_conflict=True, newest_car_age_months=1, cars_count=1
    )
    town.run("2022-05")
    assert [row["reason"] for row in town.rows("2022-05", "exclusions")] == ["covered"]
    assert town.row("2022-05", "cases", key)["status"] == "covered"


def test_what_nothing_can_be_said_of_is_listed_as_unassessed(town):
    key = town.house(1, SICK, AT_SCHOOL, has_unsafe_housing=None, incidents_6m_count=None)
    town.run("2022-05")
    assert town.row("2022-05", "candidates", key)["unassessed_dimensions"] == ["accident", "housing"]


def test_a_household_is_listed_in_the_town_it_lives_in_and_nowhere_else(town):
    key = town.house(1, SICK, AT_SCHOOL, town_code=XIAOLAN)
    town.run("2022-05")
    assert [row["town_code"] for row in town.rows("2022-05", "candidates")] == [XIAOLAN]
    assert town.row("2022-05", "candidates", key)["rank"] == 1


def test_a_carried_forward_roll_is_named_in_the_sentence_and_costs_points(town):
    late = {"human_resources__unemployment": "2022-04"}
    fresh = town.house(1, SICK, residents=(UNEMPLOYED,))
    town.run("2022-04")
    town.late = late
    town.run("2022-05")
    before, after = (town.row(month, "candidates", fresh) for month in ("2022-04", "2022-05"))
    assert "失业登记截至2022-04" in after["explanation_zh"] and "as of 2022-04" in after["explanation_en"]
    assert after["is_stale"] and after["stale_dimensions"] == ["employment"]
    assert after["status"] == "continuing" and after["months_waiting"] == 1
    assert after["priority"] == before["priority"] + 2 - 2  # waited a month, rests on an old roll


def test_repaired_and_imputed_evidence_is_marked(town):
    key = town.house(
        1, YANG, repaired_extracts="medical_insurance__settlements,housing__properties",
        income_imputed_monthly_yuan=1900,
    )  # fmt: skip
    town.run("2022-05")
    marks = {m["rule_id"]: m for m in town.rows("2022-05", "matches") if m["household_key"] == key}
    assert marks["heavy_medical_spending"]["is_repaired"] and not marks["education_cost"]["is_repaired"]
    assert "经修正" in marks["heavy_medical_spending"]["explanation_zh"]
    assert marks["net_income_below_dibao"]["is_imputed"] and not marks["heavy_medical_spending"]["is_imputed"]
    assert "1,900元按最低工资推算" in marks["net_income_below_dibao"]["explanation_zh"]


def test_the_guard_on_net_income_takes_off_only_what_is_proven_to_be_above_the_line(town, changed_rules):
    rules = changed_rules(selection={"guard": {"2020-01-01": "net_income"}})
    rich = town.house(1, SICK, AT_SCHOOL)
    poor = town.house(
        2, SICK, AT_SCHOOL, net_income_per_head_12m_yuan=3479, net_income_per_head_12m_at_most_yuan=3479
    )
    unknown = town.house(
        3, SICK, AT_SCHOOL, net_income_per_head_12m_yuan=None, net_income_per_head_12m_at_most_yuan=9000
    )
    town.run("2022-05", rules)
    assert town.row("2022-05", "exclusions", rich)["detail_zh"] == "净收入不低于列入线"
    assert town.row("2022-05", "candidates", poor) and town.row("2022-05", "candidates", unknown)


def test_with_the_sixty_per_cent_rule_alone_the_yang_family_is_not_listed(town, changed_rules):
    rules = changed_rules(keep=("rigid_spending_ratio",))
    key = town.house(1, YANG)
    counts = town.run("2022-05", rules)
    assert counts["households_matched"] == 0 and town.row("2022-05", "candidates", key) is None


def test_an_experimental_rule_is_counted_and_lists_nobody(town, changed_rules):
    rules = changed_rules(status={"education_cost": "experimental", "unsafe_housing": "deprecated"})
    key = town.house(1, SICK, AT_SCHOOL, UNHOUSED)
    town.run("2022-05", rules)
    assert town.row("2022-05", "exclusions", key)["dimensions"] == ["medical"]
    counted = {row["rule_id"]: row for row in town.rows("2022-05", "answers")}
    assert counted["education_cost"]["matched"] == 1
    assert counted["education_cost"]["rule_status"] == "experimental"
    assert "unsafe_housing" not in counted


def test_a_month_that_was_not_linked_is_refused(town):
    from pipelines.detect import detect
    from pipelines.month import Month

    with pytest.raises(HardshipError, match="No profiles for 2022-05"):
        detect(Month.parse("2022-05"), town.lake)


def test_dimensions_of_all_kinds_add_up(town):
    key = town.house(
        1, SICK, AT_SCHOOL, STRUCK, UNHOUSED,
        residents=(UNEMPLOYED, BLIND),
        breadwinner_deaths_12m_count=1,
    )  # fmt: skip
    town.run("2022-05")
    listed = town.row("2022-05", "candidates", key)
    assert listed["overlap"] == 7
    assert listed["suggested_path"] == "temporary_assistance"


def test_what_grid_staff_reported_counts_for_nothing_and_is_told_to_the_visitor(town):
    told = town.house(1, SICK, AT_SCHOOL, leads_6m_count=2)
    quiet = town.house(2, SICK, AT_SCHOOL, leads_6m_count=None)
    alone = town.house(3, leads_6m_count=1)
    town.run("2022-05")
    line, other = town.row("2022-05", "candidates", told), town.row("2022-05", "candidates", quiet)
    assert line["to_verify_zh"] == "网格员近6个月上报困难线索2条"
    assert other["to_verify_zh"] is None and other["to_verify_en"] is None
    assert line["priority"] == other["priority"]
    assert town.row("2022-05", "cases", alone) is None
