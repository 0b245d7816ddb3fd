"""The rules once more, independently and in plain Python, as the issue and the law state them."""

from __future__ import annotations

from decimal import Decimal

from tests.rules.kleene import Answer, all_of, any_of, falls, none_of, reaches, stays

DIBAO = {2020: 1100, 2021: 1120, 2022: 1160}
DISPOSABLE = {2020: 50478, 2021: 52754, 2022: 57901}
MEDICAL = {2021: 10000, 2022: 8000}


def _same(value, wanted) -> Answer:
    return None if value is None else value == wanted


def _up_to(value, limit) -> Answer:
    return None if value is None else value <= limit


def _from(value, limit) -> Answer:
    return None if value is None else value >= limit


def modest(p: dict, year: int) -> Answer:
    """Income per head below last year's disposable income per head and month."""
    monthly = Decimal(DISPOSABLE[year]) / 12
    return stays(p["income_per_head_12m_yuan"], p["income_per_head_12m_at_least_yuan"], monthly, below=True)


def rigid_share(p: dict, year: int) -> Answer:
    """Necessary spending of at least 60 % of a known income, when there is any spending."""
    income = p["income_12m_monthly_yuan"]
    exact, known = p["rigid_spending_12m_monthly_yuan"], p["rigid_spending_12m_monthly_at_least_yuan"]
    positive = any_of(None if known is None else known > 0, None if exact is None else exact > 0)
    share = None if income is None else reaches(exact, known, income * Decimal("0.6"))
    return all_of(positive, share, modest(p, year))


HOUSEHOLD = {
    "heavy_medical_spending": lambda p, year: reaches(
        p["medical_self_paid_12m_yuan"], p["medical_self_paid_12m_at_least_yuan"], MEDICAL[year]
    ),
    "education_cost": lambda p, year: reaches(
        p["education_fees_12m_yuan"], p["education_fees_12m_at_least_yuan"], 10000
    ),
    "accident_or_disaster": lambda p, year: _from(p["incidents_6m_count"], 1),
    "low_income": lambda p, year: all_of(
        stays(
            p["income_per_head_12m_yuan"],
            p["income_per_head_12m_at_least_yuan"],
            DIBAO[year] * Decimal("1.5"),
            below=False,
        ),
        p["has_local_hukou"],
    ),
    "rigid_spending_ratio": rigid_share,
    "net_income_below_dibao": lambda p, year: falls(
        p["net_income_per_head_12m_yuan"], p["net_income_per_head_12m_at_most_yuan"], DIBAO[year]
    ),
    "weak_labour_capacity": lambda p, year: all_of(
        _up_to(p["able_workers_count"], 0),
        stays(
            p["income_per_head_12m_yuan"],
            p["income_per_head_12m_at_least_yuan"],
            DIBAO[year] * 2,
            below=True,
        ),
    ),
    "lost_breadwinner": lambda p, year: _from(p["breadwinner_deaths_12m_count"], 1),
    "unsafe_housing": lambda p, year: p["has_unsafe_housing"],
    "second_home": lambda p, year: all_of(
        _from(p["wholly_owned_homes_count"], 2),
        None if p["home_area_per_head_m2"] is None else p["home_area_per_head_m2"] > 40,
    ),
    "recent_car": lambda p, year: all_of(_from(p["cars_count"], 1), _up_to(p["newest_car_age_months"], 35)),
    "paid_in_capital": lambda p, year: all_of(
        _from(p["paid_in_capital_yuan"], 100000), none_of(costs_exceed_capital(p))
    ),
}


def costs_exceed_capital(p: dict) -> Answer:
    """Known costs of care and school above the capital paid in."""
    parts = (
        p["paid_in_capital_yuan"],
        p["medical_self_paid_12m_at_least_yuan"],
        p["education_fees_12m_at_least_yuan"],
    )
    return None if None in parts else parts[1] + parts[2] > parts[0]


def unemployed(p: dict) -> Answer:
    """Of working age, and registered or without contribution since a benefit that ended within six months."""
    ended = all_of(
        p["has_ended_benefit"],
        _up_to(p["months_since_benefit_ended"], 5),
        none_of(p["has_contributed_since_benefit_ended"]),
    )
    return all_of(p["is_working_age"], any_of(p["is_registered_unemployed"], ended))


def disabled(p: dict) -> Answer:
    """Grade 1 or 2, or up to 4 with an intellectual or mental disability."""
    category = p["disability_category"]
    mental = all_of(None if category is None else category in ("5", "6"), _up_to(p["disability_grade"], 4))
    return all_of(p["has_disability_certificate"], any_of(_up_to(p["disability_grade"], 2), mental))


RESIDENT = {"unemployment": unemployed, "disability": disabled}


def of_household(residents: list[dict], law) -> Answer:
    """True if it is true of any member who counts, else unknown if unknown of any, else false."""
    return any_of(False, *(law(p) for p in residents if not p["is_covered_alone"]))
