"""Income per person and month, recorded or imputed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pipelines.month import Month

from .evidence import Evidence

TAXES = "taxation__incomes"
CONTRIBUTIONS = "human_resources__contributions"
PENSIONS = "human_resources__pensions"
UNEMPLOYMENT = "human_resources__unemployment"


@dataclass
class Income:
    """Totals of one person over the income months of a window, in yuan; exact None = not known."""

    at_least: Fraction
    exact: Fraction | None
    imputed: Fraction


def income_months(evidence: Evidence, months: list[Month]) -> list[Month]:
    """Averages run over the months there are: those with taxation, contributions and pensions."""
    return [m for m in months if all(evidence.has(x, m) for x in (TAXES, CONTRIBUTIONS, PENSIONS))]


def recorded_income(evidence: Evidence) -> dict[tuple[int, Month], Fraction]:
    """Declared income; without it the contribution base, never both; plus pension and benefit.

    A person and month without any record is not in it; a record of nothing is, with 0.
    """
    months = evidence.month.window(12)
    declared = _per_month(
        evidence.latest_rows(
            TAXES, months, ("resident_key", "income_month_on", "income_kind", "payer_no")
        ),
        "income_month_on", "income_yuan",
    )  # fmt: skip
    bases = _per_month(
        evidence.latest_rows(CONTRIBUTIONS, months, ("resident_key", "contribution_month_on")),
        "contribution_month_on", "contribution_base_yuan",
    )  # fmt: skip
    pensions = _per_month(
        evidence.latest_rows(PENSIONS, months, ("resident_key", "pension_month_on")),
        "pension_month_on", "pension_yuan",
    )  # fmt: skip
    benefits = _benefits(evidence, months)
    found = {}
    for person_month in {*declared, *bases, *pensions, *benefits}:
        work = declared.get(person_month, bases.get(person_month, Fraction(0)))
        rest = pensions.get(person_month, Fraction(0)) + benefits.get(person_month, Fraction(0))
        found[person_month] = work + rest
    return found


def earners_of(evidence: Evidence, months: list[Month]) -> set[int]:
    """People with a tax, contribution or pension record in the latest month of income."""
    return workers_of(evidence, months) | _recorded_in(evidence, months, {PENSIONS: "pension_month_on"})


def workers_of(evidence: Evidence, months: list[Month]) -> set[int]:
    """People with a tax or contribution record in the latest month of income."""
    days = {TAXES: "income_month_on", CONTRIBUTIONS: "contribution_month_on"}
    return _recorded_in(evidence, months, days)


def _recorded_in(evidence: Evidence, months: list[Month], days: dict[str, str]) -> set[int]:
    known = income_months(evidence, months)
    if not known:
        return set()
    return {
        row["resident_key"]
        for extract, day in days.items()
        for _, row in evidence.flow(extract, months)
        if row[day] == known[-1].start
    }


def _per_month(rows: list[dict], day: str, amount: str) -> dict[tuple[int, Month], Fraction]:
    sums: dict[tuple[int, Month], Fraction] = {}
    for row in rows:
        key = (row["resident_key"], Month.of(row[day]))
        sums[key] = sums.get(key, Fraction(0)) + Fraction(row[amount])
    return sums


def _benefits(evidence: Evidence, months: list[Month]) -> dict[tuple[int, Month], Fraction]:
    """Unemployment benefit of the months between its first and its last day."""
    sums: dict[tuple[int, Month], Fraction] = {}
    for row in evidence.stock(UNEMPLOYMENT) or []:
        if row["benefit_from_on"] is None or row["benefit_monthly_yuan"] is None:
            continue
        last = row["benefit_until_on"] or row["deregistered_on"] or evidence.end
        for month in months:
            if Month.of(row["benefit_from_on"]) <= month <= Month.of(last):
                key = (row["resident_key"], month)
                sums[key] = sums.get(key, Fraction(0)) + Fraction(row["benefit_monthly_yuan"])
    return sums


def income(
    evidence: Evidence, key: int, months: list[Month], recorded: dict[tuple[int, Month], Fraction],
    is_minor: bool, has_zero_status: bool | None,
) -> Income:  # fmt: skip
    """Totals over `months`, which are income months.

    Minors: zero. With a status that explains it (`has_zero_status`): zero beyond what is recorded. A
    work-able adult without any record is imputed at the minimum wage; where imputation is switched off,
    or the status is unknown because its source is not assessable, the total is unknown.
    """
    if is_minor:
        return Income(Fraction(0), Fraction(0), Fraction(0))
    known, imputed, is_known = Fraction(0), Fraction(0), True
    for month in months:
        record = recorded.get((key, month))
        if record is not None:
            known += record
        elif has_zero_status is None:
            is_known = False
        elif not has_zero_status:
            if evidence.parameters.imputes_income:
                imputed += Fraction(evidence.parameters.minimum_wage_at(month.end))
            else:
                is_known = False
    if not is_known or not months:
        return Income(known, None, imputed)
    return Income(known + imputed, known + imputed, imputed)
