"""Laws: the limits in force in 2022 and every stable rule, over the figures of a household.

`answers` works on polars expressions and on pandas series alike: `|` and `&` of both know unknown.
Amounts are whole fen.
"""

from __future__ import annotations

HOUSEHOLD_SIZE_CAP = 15
PENSION_AGE = {"M": 60, "F": 55}
MINIMUM_WAGES = (("2020-01", 172_000), ("2021-12", 190_000))  # from the month on
DIBAO, EDGE_LINE, WEAK_LABOUR_CEILING = 116_000, 174_000, 232_000
DISPOSABLE_INCOME_A_YEAR = 5_790_100
MEDICAL_LIMIT, FEES_LIMIT, PAID_IN_LIMIT = 800_000, 1_000_000, 10_000_000
CAR_AGE_LIMIT_MONTHS, HOME_AREA_LIMIT_M2 = 36, 40
MONTHS = 12

RULES = (
    "accident_or_disaster", "disability", "education_cost", "heavy_medical_spending", "lost_breadwinner",
    "low_income", "net_income_below_dibao", "paid_in_capital", "recent_car", "rigid_spending_ratio",
    "second_home", "unemployment", "unsafe_housing", "weak_labour_capacity",
)  # fmt: skip


def minimum_wage(month) -> int:
    """In force at the end of a month."""
    return [wage for since, wage in MINIMUM_WAGES if since <= str(month)][-1]


def shared(amount, by):
    """An amount divided by whole numbers, rounded once to whole fen, halves up."""
    return (amount * 2 + by) // (by * 2)


def answers(c) -> dict:
    """Answer of every rule: true, false or null. `c` is indexed by the names of household figures.

    medical, fees_twice (whole numbers of half fen), income (null where not known), known_income, size,
    is_local, incidents, breadwinners, is_unsafe, whole_homes and area (m2 * 100; null without a
    dwelling), cars, car_age_months (null without a car), paid_in (0 without a business, null where not
    known), is_paid_whole, are_fees_whole, is_somebody_able, is_nobody_able, is_unemployed, is_disabled,
    is_nobody_disabled; unknown, which is null throughout.
    """

    def known_if(holds, is_whole):
        """What the known part proves; where it proves nothing, false if it is all there is."""
        return holds | (c["unknown"] & ~is_whole)

    def proven(yes, no):
        return yes | (c["unknown"] & ~no)

    months_of_heads = c["size"] * MONTHS
    spending_twice = c["medical"] * 2 + c["fees_twice"]
    spending = shared(spending_twice, MONTHS * 2 + c["size"] * 0)
    income_a_month = shared(c["income"], MONTHS + c["size"] * 0)
    income_a_head = shared(c["income"], months_of_heads)
    known_income_a_head = shared(c["known_income"], months_of_heads)
    net_a_head = shared(c["income"] * 2 - spending_twice, months_of_heads * 2)
    is_whole = c["is_paid_whole"] & c["are_fees_whole"]
    return {
        "accident_or_disaster": c["incidents"] >= 1,
        "disability": proven(c["is_disabled"], c["is_nobody_disabled"]),
        "education_cost": known_if(c["fees_twice"] >= FEES_LIMIT * 2, c["are_fees_whole"]),
        "heavy_medical_spending": known_if(c["medical"] >= MEDICAL_LIMIT, c["is_paid_whole"]),
        "lost_breadwinner": c["breadwinners"] >= 1,
        "low_income": (income_a_head <= EDGE_LINE) & (known_income_a_head <= EDGE_LINE) & c["is_local"],
        "net_income_below_dibao": known_if(net_a_head < DIBAO, is_whole),
        "paid_in_capital": (c["paid_in"] >= PAID_IN_LIMIT) & (spending_twice <= c["paid_in"] * 2),
        "recent_car": (c["cars"] > 0) & (c["car_age_months"] < CAR_AGE_LIMIT_MONTHS),
        "rigid_spending_ratio": known_if(spending > 0, is_whole)
        & known_if(spending * 10 >= income_a_month * 6, is_whole)
        & (income_a_head * 12 < DISPOSABLE_INCOME_A_YEAR)
        & (known_income_a_head * 12 < DISPOSABLE_INCOME_A_YEAR),
        "second_home": (c["whole_homes"] >= 2) & (shared(c["area"], c["size"]) > HOME_AREA_LIMIT_M2 * 100),
        "unemployment": c["is_unemployed"],
        "unsafe_housing": c["is_unsafe"],
        "weak_labour_capacity": proven(c["is_nobody_able"], c["is_somebody_able"])
        & (income_a_head < WEAK_LABOUR_CEILING)
        & (known_income_a_head < WEAK_LABOUR_CEILING),
    }
