"""Every rule's answer for every household: true = match, false = no match, None = unknown.

A lower bound proves "at least", never "less than"; an upper bound proves "less than".
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import yaml

from .evidence import any_known
from .figures import Figures

Answer = bool | None

RULES = Path(__file__).parent.parent.parent / "rules"
END = date(2022, 5, 31)


@functools.cache
def value(file: str, name: str | None = None) -> Decimal:
    """A rule's parameter, or a statutory value of rules/parameters, in force at the end of May 2022."""
    data = yaml.safe_load((RULES / f"{file}.yaml").read_text(encoding="utf-8"))
    values = (data["parameters"][name] if name else data)["values"]
    return Decimal(str(values[max(day for day in values if day <= END)]))


def dibao_standard() -> Decimal:
    """Yuan per person and month."""
    return value("parameters/dibao_standard")


def both(one: Answer, other: Answer) -> Answer:
    """And: false if either is false, else unknown if either is unknown."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def at_least(exact: Decimal | None, lower_bound: Decimal | None, limit) -> Answer:
    """Whether an amount is at least the limit, by the exact amount or the known part of it."""
    if lower_bound is not None and lower_bound >= limit:
        return True
    return None if exact is None else exact >= limit


def negated(answer: Answer) -> Answer:
    """Not: unknown stays unknown."""
    return None if answer is None else not answer


def heavy_medical_spending(home: dict) -> Answer:
    """Self-paid medical spending of 8,000 yuan or more in twelve months."""
    exact, known = home["medical_self_paid_12m_yuan"], home["medical_self_paid_12m_at_least_yuan"]
    return at_least(exact, known, value("heavy_medical_spending", "self_paid_limit"))


def education_cost(home: dict) -> Answer:
    """Tuition of 10,000 yuan or more in twelve months."""
    exact, known = home["education_fees_12m_yuan"], home["education_fees_12m_at_least_yuan"]
    return at_least(exact, known, value("education_cost", "fees_limit"))


def low_income(home: dict) -> Answer:
    """Income per head at or below the edge line, and at least one member with local hukou."""
    exact, known = home["income_per_head_12m_yuan"], home["income_per_head_12m_at_least_yuan"]
    edge_line = dibao_standard() * value("parameters/edge_multiple")
    above = True if known > edge_line else None if exact is None else exact > edge_line
    return both(negated(above), home["has_local_hukou"])


def income_below(home: dict, yearly_ceiling: Decimal) -> Answer:
    """Income per head below a twelfth of an amount."""
    exact, known = home["income_per_head_12m_yuan"], home["income_per_head_12m_at_least_yuan"]
    return negated(at_least(None if exact is None else exact * 12, known * 12, yearly_ceiling))


def rigid_spending_ratio(home: dict) -> Answer:
    """Necessary spending of 60 % or more of the income, which is below last year's disposable income."""
    exact, known = home["rigid_spending_12m_monthly_yuan"], home["rigid_spending_12m_monthly_at_least_yuan"]
    earned, share_limit = home["income_12m_monthly_yuan"], value("rigid_spending_ratio", "spending_share")
    spends = True if known > 0 else None if exact is None else exact > 0
    share = None if earned is None else at_least(exact, known, share_limit * earned)
    is_modest = income_below(home, value("parameters/previous_year_disposable_income"))
    return both(both(spends, share), is_modest)


def net_income_below_dibao(home: dict) -> Answer:
    """Income less necessary spending per head below the dibao standard."""
    exact, upper_bound = home["net_income_per_head_12m_yuan"], home["net_income_per_head_12m_at_most_yuan"]
    if upper_bound is not None and upper_bound < dibao_standard():
        return True
    return None if exact is None else exact < dibao_standard()


def accident_or_disaster(home: dict) -> Answer:
    """An accident or disaster in six months."""
    return at_least(home["incidents_6m_count"], None, 1)


def weak_labour_capacity(home: dict) -> Answer:
    """No member of working age is able to work, and the income per head is below a multiple of dibao."""
    able = home["able_workers_count"]
    ceiling = dibao_standard() * value("weak_labour_capacity", "income_multiple")
    return both(None if able is None else able == 0, income_below(home, ceiling * 12))


def lost_breadwinner(home: dict) -> Answer:
    """A member of working age died within twelve months."""
    return at_least(home["breadwinner_deaths_12m_count"], None, 1)


def unsafe_housing(home: dict) -> Answer:
    """The home is graded C or D."""
    return home["has_unsafe_housing"]


def second_home(home: dict) -> Answer:
    """A second wholly owned home above the area per head."""
    several = at_least(home["wholly_owned_homes_count"], None, 2)
    area = home["home_area_per_head_m2"]
    return both(several, None if area is None else area > value("second_home", "area_limit"))


def recent_car(home: dict) -> Answer:
    """A car newer than three years."""
    age = home["newest_car_age_months"]
    has_car = at_least(home["cars_count"], None, 1)
    return both(has_car, None if age is None else age < value("recent_car", "car_age_limit"))


def paid_in_capital(home: dict) -> Answer:
    """Paid-in capital of 100,000 yuan or more, unless known medical and school costs exceed it."""
    capital = home["paid_in_capital_yuan"]
    costs = home["medical_self_paid_12m_at_least_yuan"] + home["education_fees_12m_at_least_yuan"]
    large = at_least(capital, None, value("paid_in_capital", "capital_limit"))
    return both(large, None if capital is None else costs <= capital)


def unemployment(person: dict) -> Answer:
    """Of working age and registered at month end, or benefit ended within six months without work since."""
    ended = person["has_ended_benefit"]
    if ended:
        within = person["months_since_benefit_ended"] < 6
        ended = both(within, negated(person["has_contributed_since_benefit_ended"]))
    return both(person["is_working_age"], any_known([person["is_registered_unemployed"], ended]))


def disability(person: dict) -> Answer:
    """A valid certificate of grade 1 or 2, or of grade 3 or 4 for intellectual or mental disability."""
    if not person["has_disability_certificate"]:
        return person["has_disability_certificate"]
    return person["disability_grade"] <= 2 or person["disability_category"] in ("5", "6")


OF_HOUSEHOLDS: tuple[Callable[[dict], Answer], ...] = (
    heavy_medical_spending, education_cost, low_income, rigid_spending_ratio, net_income_below_dibao,
    accident_or_disaster, weak_labour_capacity, lost_breadwinner, unsafe_housing, second_home, recent_car,
    paid_in_capital,
)  # fmt: skip
OF_RESIDENTS: tuple[Callable[[dict], Answer], ...] = (unemployment, disability)


def answers(figures: Figures) -> dict[str, dict[frozenset[int], Answer]]:
    """By rule and household. A person covered alone by assistance does not count for rules about people."""
    found: dict[str, dict[frozenset[int], Answer]] = {}
    for rule in OF_HOUSEHOLDS:
        found[rule.__name__] = {keys: rule(home) for keys, home in figures.households.items()}
    for rule in OF_RESIDENTS:
        found[rule.__name__] = {}
        for keys in figures.households:
            people = [figures.residents[key] for key in keys]
            counted = [person for person in people if not person["is_covered_alone"]]
            found[rule.__name__][keys] = any_known([rule(person) for person in counted])
    return found
