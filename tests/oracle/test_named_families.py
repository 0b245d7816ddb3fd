"""The oracle itself, on families whose figures can be worked out on paper."""

from datetime import date
from decimal import Decimal

import pytest

from pipelines.month import Month

from .evidence import Parameters, cents
from .families import PARAMETERS, City, tang, yang
from .figures import figures


def only_household(city: City, **changes) -> dict:
    """The one household's row."""
    (row,) = figures(city.evidence(**changes)).households.values()
    return row


def couple(city: City | None = None) -> City:
    """Two registered adults, both with wages of 3,000."""
    city = city or City()
    city.registered(1, date(1980, 1, 1), "M", relation_to_head="head")
    city.registered(2, date(1982, 1, 1), "F", relation_to_head="spouse")
    city.married(1, 2)
    city.declared(1, "3000")
    city.declared(2, "3000")
    return city


def test_the_yang_family_has_1046_yuan_88_a_head_after_its_bills():
    row = only_household(yang())
    assert row["members_count"] == 4
    assert row["medical_self_paid_12m_yuan"] == Decimal("13800.00")
    assert row["education_fees_12m_yuan"] == Decimal("22350.00")
    assert row["income_12m_monthly_yuan"] == Decimal("7200.00")
    assert row["income_per_head_12m_yuan"] == Decimal("1800.00")
    assert row["rigid_spending_12m_monthly_yuan"] == Decimal("3012.50")
    assert row["net_income_per_head_12m_yuan"] == Decimal("1046.88")
    assert row["net_income_per_head_6m_yuan"] == Decimal("1046.88")
    assert row["income_imputed_monthly_yuan"] == 0
    assert row["town_code"] == "442000109"
    assert row["is_address_uncertain"]


def test_the_tang_family_is_assessed_without_any_medical_figure():
    row = only_household(tang())
    assert row["members_count"] == 4
    assert row["medical_self_paid_12m_yuan"] is None
    assert row["net_income_per_head_12m_yuan"] is None
    assert row["net_income_per_head_12m_at_most_yuan"] == Decimal("958.33")
    assert row["has_local_hukou"] is False
    assert row["is_covered"] is False
    assert row["has_severe_disability"] is None
    assert row["is_address_uncertain"] is False


def test_a_couple_without_bills_has_known_zeroes_and_a_gap_in_the_settlements_makes_them_unknown():
    assert only_household(couple())["medical_self_paid_12m_yuan"] == 0
    city = couple()
    city.settled(1, date(2022, 4, 2), "900")
    city.lose("medical_insurance__settlements", Month(2021, 8))
    row = only_household(city)
    assert row["medical_self_paid_12m_yuan"] is None
    assert row["medical_self_paid_12m_at_least_yuan"] == 900
    assert row["medical_self_paid_6m_yuan"] == 900
    assert row["net_income_per_head_12m_at_most_yuan"] == Decimal("2962.50")


def test_a_stay_billed_twice_counts_once_and_a_refund_takes_its_bill_back():
    city = couple()
    city.settled(1, date(2021, 9, 1), "5000", stay_no="A", total_yuan=Decimal(9800))
    city.settled(1, date(2022, 1, 5), "4000", stay_no="A", total_yuan=Decimal(9800))
    city.settled(2, date(2021, 10, 1), "700", stay_no="B")
    city.settled(2, date(2022, 2, 1), "-700", stay_no="B", total_yuan=Decimal(-1400), is_refund=True)
    city.settled(2, date(2022, 3, 1), "300", stay_no="C", is_refund=True)
    row = only_household(city)
    assert row["medical_self_paid_12m_yuan"] == 3700
    assert row["medical_self_paid_6m_yuan"] == 3700


def test_a_settlement_delivered_again_counts_once_with_its_last_amount():
    city = couple()
    city.settled(1, date(2022, 3, 30), "500", settlement_no="S1")
    city.settled(1, date(2022, 3, 30), "450", settlement_no="S1", delivered=Month(2022, 4))
    assert only_household(city)["medical_self_paid_12m_yuan"] == 450


def test_an_adult_without_any_record_is_counted_at_the_minimum_wage_of_each_month():
    city = couple()
    for rows in city.accepted["taxation__incomes"].values():
        rows[:] = [row for row in rows if row["resident_key"] == 1]
    row = only_household(city)
    assert row["income_imputed_monthly_yuan"] == Decimal("1810.00")  # six months of 1,720, six of 1,900
    assert row["income_12m_monthly_yuan"] == Decimal("4810.00")
    unsure = Parameters(PARAMETERS.minimum_wage, imputes_income=False)
    row = only_household(city, parameters=unsure)
    assert row["income_12m_monthly_yuan"] is None
    assert row["income_per_head_12m_at_least_yuan"] == Decimal("1500.00")
    assert row["net_income_per_head_12m_at_most_yuan"] is None


@pytest.mark.parametrize("source", ["human_resources__unemployment", "health__major_illnesses"])
def test_a_register_past_its_age_makes_the_income_of_people_without_records_unknown(source):
    city = couple()
    for rows in city.accepted["taxation__incomes"].values():
        rows[:] = [row for row in rows if row["resident_key"] == 1]
    city.lose(source)
    assert only_household(city)["income_12m_monthly_yuan"] is None
    everyone_recorded = couple()
    everyone_recorded.lose(source)
    assert only_household(everyone_recorded)["income_12m_monthly_yuan"] == 6000


def test_a_registered_unemployed_person_has_the_benefit_and_nothing_else():
    city = couple()
    city.registered(3, date(1985, 1, 1), "F")
    city.add(
        "human_resources__unemployment",
        {
            "resident_key": 3, "registered_on": date(2021, 11, 3), "deregistered_on": None,
            "benefit_from_on": date(2021, 12, 1), "benefit_until_on": date(2022, 2, 28),
            "benefit_monthly_yuan": Decimal("1548"),
        },
    )  # fmt: skip
    found = figures(city.evidence())
    person = found.residents[3]
    assert person["income_12m_monthly_yuan"] == Decimal("387.00")
    assert person["is_registered_unemployed"] and person["has_ended_benefit"]
    assert person["months_since_benefit_ended"] == 3
    assert person["has_contributed_since_benefit_ended"] is False
    assert not person["is_income_imputed"]


def test_a_contribution_base_counts_only_in_months_without_declared_income():
    city = couple()
    city.registered(3, date(1985, 1, 1), "F")
    city.contributed(3, "4546")
    city.declared(3, "0", city.months[:6])
    person = figures(city.evidence()).residents[3]
    assert person["income_12m_monthly_yuan"] == Decimal("2273.00")
    assert person["income_6m_monthly_yuan"] == Decimal("4546.00")


def test_a_short_history_averages_income_over_its_months_and_bounds_spending():
    city = couple()
    for extract in city.accepted:
        city.lose(extract, *city.months[:7])
    city.settled(1, date(2022, 2, 2), "1200")
    row = only_household(city)
    assert row["income_months_12m"] == 5
    assert row["income_12m_monthly_yuan"] == 6000
    assert row["medical_self_paid_12m_yuan"] is None
    assert row["rigid_spending_12m_monthly_at_least_yuan"] == 100
    assert row["net_income_per_head_12m_at_most_yuan"] == 2950


def test_a_pupil_at_school_elsewhere_makes_fees_unknown_and_an_adult_does_not():
    city = couple()
    assert only_household(city)["education_fees_12m_yuan"] == 0
    city.registered(3, date(2012, 1, 1), "F", relation_to_head="child")
    row = only_household(city)
    assert row["education_fees_12m_yuan"] is None and row["students_count"] is None


def test_a_yearly_fee_is_halved_and_only_the_term_begun_in_the_window_counts():
    city = couple()
    city.registered(3, date(2006, 1, 1), "F", relation_to_head="child")
    city.enrolled(3, "9001")
    row = only_household(city)
    assert row["education_fees_12m_yuan"] == Decimal("9001.00")
    assert row["education_fees_6m_yuan"] == Decimal("4500.50")


def test_a_collective_register_is_no_household_and_spouses_of_two_registers_are():
    city = City()
    for key in (1, 2, 3):
        city.registered(key, date(1990, 1, key), "M", register_type="collective")
    city.registered(4, date(1991, 1, 1), "F", household_register_no="R2", town_code="442000103")
    city.married(3, 4)
    assert set(figures(city.evidence()).households) == {
        frozenset({1}), frozenset({2}), frozenset({3, 4}),
    }  # fmt: skip


def test_a_grown_child_of_the_register_who_lives_elsewhere_stands_alone():
    city = couple()
    city.registered(3, date(1999, 1, 1), "M", relation_to_head="child")
    place = {
        "resident_key": 3, "living_address": "东凤镇3号", "town_code": "442000103",
        "community_code": None, "recorded_on": date(2022, 1, 1),
    }  # fmt: skip
    assert len(figures(city.evidence()).households) == 1
    city.add("towns__living_places", place)
    found = figures(city.evidence()).households
    assert set(found) == {frozenset({1, 2}), frozenset({3})}
    assert found[frozenset({3})]["town_code"] == "442000103"


def test_a_student_of_20_living_elsewhere_stays_with_the_parents_until_earning():
    city = couple()
    city.registered(3, date(2002, 1, 1), "M", relation_to_head="child", register_address="校内")
    assert len(figures(city.evidence()).households) == 2
    city.enrolled(3, "6000")
    assert len(figures(city.evidence()).households) == 1
    city.declared(3, "2500", [city.month])
    assert len(figures(city.evidence()).households) == 2


def test_a_divorced_pair_is_two_households():
    city = couple()
    city.married(1, 2, date(2019, 5, 1), "divorced")
    for rows in city.accepted["public_security__residents"].values():
        rows[1] = rows[1] | {"register_address": "另一处"}
    assert len(figures(city.evidence()).households) == 2


def test_a_dead_breadwinner_leaves_the_head_count_and_the_bills_stay():
    city = couple()
    city.settled(1, date(2021, 12, 9), "8800")
    city.add(
        "public_security__cancellations",
        {
            "resident_key": 1, "household_register_no": "R1", "reason": "death",
            "event_on": date(2022, 1, 10), "cancelled_on": date(2022, 2, 1),
        },
        [Month(2022, 2)],
    )  # fmt: skip
    row = only_household(city)
    assert row["members_count"] == 1
    assert row["medical_self_paid_12m_yuan"] == 8800
    assert row["breadwinner_deaths_12m_count"] == 1
    assert row["latest_death_on"] == date(2022, 1, 10)
    assert row["income_12m_monthly_yuan"] == 3000


def test_somebody_who_moved_out_is_gone_unless_registered_again():
    city = couple()
    move = {
        "resident_key": 2, "household_register_no": "R1", "reason": "moved_out",
        "event_on": date(2022, 3, 1), "cancelled_on": date(2022, 3, 1),
    }  # fmt: skip
    city.add("public_security__cancellations", move, [Month(2022, 3)])
    assert set(figures(city.evidence()).residents) == {1}
    for rows in city.accepted["public_security__residents"].values():
        rows[1] = rows[1] | {"moved_in_on": date(2022, 4, 1)}
    assert set(figures(city.evidence()).residents) == {1, 2}


def test_a_newborn_without_an_id_lives_with_its_mother():
    city = couple()
    born = {
        "birth_certificate_key": 1 << 62, "mother_key": 2, "father_key": None, "resident_key": None,
        "born_on": date(2022, 5, 2), "sex": "F",
    }  # fmt: skip
    city.add("health__births", born)
    row = only_household(city)
    assert row["members_count"] == 3 and row["minors_count"] == 1 and row["has_child_under_6"]
    assert row["medical_self_paid_12m_yuan"] is None
    assert row["income_12m_monthly_yuan"] == 6000


def test_assistance_covers_the_household_unless_stopped_temporary_or_for_one_person():
    def covered(**changes):
        city = couple()
        row = {
            "family_no": "F1", "resident_key": 1, "assistance_type": "dibao", "is_single_person": None,
            "started_on": date(2020, 3, 1), "stopped_on": None, "monthly_amount_yuan": Decimal(800),
        }  # fmt: skip
        city.add("civil_affairs__assistance_roll", row | changes)
        return only_household(city)

    row = covered()
    assert (row["is_covered"], row["covered_by"]) == (True, "dibao")
    assert row["covered_since_on"] == date(2020, 3, 1)
    assert covered(stopped_on=date(2022, 5, 31))["is_covered"] is False
    assert covered(stopped_on=date(2022, 6, 1))["is_covered"] is True
    assert covered(assistance_type="temporary")["is_covered"] is False
    assert covered(is_single_person=True)["is_covered"] is False


def test_a_roll_past_its_age_leaves_coverage_unknown_and_a_fresh_enough_one_does_not():
    city = couple()
    city.lose("civil_affairs__assistance_roll", Month(2022, 5), Month(2022, 4))
    row = only_household(city)
    assert row["is_covered"] is False and row["covered_as_of_month"] == date(2022, 3, 1)
    city.lose("civil_affairs__assistance_roll", Month(2022, 3))
    assert only_household(city)["is_covered"] is None


def test_a_home_owned_half_and_half_by_a_couple_is_wholly_theirs_and_a_sixth_is_shared():
    city = couple()
    row = {"property_use": "dwelling", "area_m2": Decimal("90.50"), "acquired_by": "bought"}
    for key in (1, 2):
        own = {"property_no": "P1", "resident_key": key, "share": "1/2"}
        city.add("housing__properties", row | own)
    city.add("housing__properties", row | {"property_no": "P2", "resident_key": 1, "share": "1/6"})
    found = only_household(city)
    assert found["wholly_owned_homes_count"] == 1 and found["shared_homes_count"] == 1
    assert found["home_area_per_head_m2"] == Decimal("45.25")


def test_a_group_above_the_cap_is_a_conflict():
    city = City()
    for key in range(16):
        city.registered(key, date(1990, 1, 1 + key), "M")
    assert only_household(city)["is_conflict"] is True
    assert only_household(couple())["is_conflict"] is False


def test_weak_labour_capacity_is_proven_only_when_every_member_is_known():
    assert only_household(couple())["able_workers_count"] == 2
    assert only_household(tang())["able_workers_count"] == 2
    city = City()
    city.permitted(1, date(1990, 1, 1), "M")
    assert only_household(city)["able_workers_count"] is None
    city = City()
    city.registered(1, date(1950, 1, 1), "M")
    assert only_household(city)["able_workers_count"] == 0


def test_amounts_are_rounded_once_half_away_from_zero():
    assert cents(Decimal("1046.875")) == Decimal("1046.88")
    assert cents(Decimal("-0.005")) == Decimal("-0.01")
    assert cents(Decimal("2.674999")) == Decimal("2.67")
