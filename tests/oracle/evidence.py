"""What is on hand for a month: accepted rows per extract and month, and how old a stock may be."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from pipelines.month import Month

ACCEPTED = ("accepted", "warned")


@dataclass(frozen=True)
class Parameters:
    """Statutory values that the figures need; `minimum_wage` is dated, yuan a month."""

    minimum_wage: dict[date, Decimal]
    working_age: int = 18
    pension_age_male: int = 60
    pension_age_female: int = 55
    household_size_cap: int = 15
    imputes_income: bool = True

    def minimum_wage_at(self, day: date) -> Decimal:
        """The value in force on a day: the latest dated line on or before it."""
        return self.minimum_wage[max(start for start in self.minimum_wage if start <= day)]

    def is_working_age(self, age: int, sex: str) -> bool:
        """Whether somebody of that age in years is of working age."""
        return self.working_age <= age < self.pension_age(sex)

    def pension_age(self, sex: str) -> int:
        """Years from which a person is of pension age."""
        return self.pension_age_male if sex == "M" else self.pension_age_female


@dataclass
class Evidence:
    """Accepted rows: extract -> month of delivery -> rows. A month that is not a key was not accepted.

    `maximum_age` counts deliveries that were due; `not_due` holds the calendar months without delivery.
    """

    month: Month
    accepted: dict[str, dict[Month, list[dict]]]
    maximum_age: dict[str, int]
    parameters: Parameters
    not_due: dict[str, set[int]] = field(default_factory=dict)
    previous_members: list[dict] = field(default_factory=list)

    @property
    def end(self) -> date:
        """Last day of the reference month."""
        return self.month.end

    def as_of(self, extract: str) -> Month | None:
        """A stock may be carried as of its month up to the contract's maximum age."""
        months = [m for m in self.accepted.get(extract, {}) if m <= self.month]
        if not months:
            return None
        latest = max(months)
        later = self.month.window(self.month.ordinal - latest.ordinal)
        due = [m for m in later if m.number not in self.not_due.get(extract, ())]
        return latest if len(due) <= self.maximum_age[extract] else None

    def stock(self, extract: str) -> list[dict] | None:
        """Rows of the month the stock is used as of; None = not assessable."""
        as_of = self.as_of(extract)
        return None if as_of is None else self.accepted[extract][as_of]

    def has(self, extract: str, month: Month) -> bool:
        """Whether the extract of exactly this month was accepted."""
        return month in self.accepted.get(extract, {})

    def has_all(self, extract: str, months: list[Month]) -> bool:
        """A month's flow that is missing is a gap in the window, never carried forward."""
        return all(self.has(extract, month) for month in months)

    def flow(self, extract: str, months: list[Month]) -> list[tuple[Month, dict]]:
        """(delivered month, row) of the accepted months among `months`, oldest delivery first."""
        found = []
        for month in sorted(months):
            for row in self.accepted.get(extract, {}).get(month, []):
                found.append((month, row))
        return found

    def history(self, extract: str) -> list[tuple[Month, dict]]:
        """`flow` over every accepted month up to the reference month."""
        return self.flow(extract, [m for m in self.accepted.get(extract, {}) if m <= self.month])

    def latest_rows(self, extract: str, months: list[Month], key: tuple[str, ...]) -> list[dict]:
        """Rows of the accepted months; of one delivered again under the same key the latest counts."""
        rows = {}
        for _, row in self.flow(extract, months):
            rows[tuple(row[column] for column in key)] = row
        return list(rows.values())


def read_evidence(
    lake: Path, month: Month, maximum_age: dict[str, int], parameters: Parameters,
    not_due: dict[str, set[int]], previous_members: list[dict] | None = None,
) -> Evidence:  # fmt: skip
    """Everything accepted up to the month, read from the lake's Parquet into dictionaries."""
    import pyarrow.parquet as pq

    accepted: dict[str, dict[Month, list[dict]]] = {}
    for extract in maximum_age:
        accepted[extract] = {}
        for folder in sorted((lake / "verdicts" / extract).glob("month=*")):
            delivered = Month.parse(folder.name.removeprefix("month="))
            verdict = json.loads((folder / "verdict.json").read_text())["verdict"]
            rows = lake / "parquet" / extract / folder.name / "rows.parquet"
            if delivered <= month and verdict in ACCEPTED and rows.exists():
                accepted[extract][delivered] = pq.ParquetFile(rows).read().to_pylist()
    return Evidence(month, accepted, maximum_age, parameters, not_due, previous_members or [])


def cents(amount: Fraction | Decimal | int | None) -> Decimal | None:
    """An exact amount rounded once, to cents, half away from zero; None stays None."""
    if amount is None:
        return None
    exact = Fraction(amount) * 100
    whole = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return Decimal(whole if exact >= 0 else -whole) / 100


def any_known(answers: list[bool | None]) -> bool | None:
    """Existence: true if any is true, else unknown if any is unknown, else false."""
    if any(answer is True for answer in answers):
        return True
    return None if any(answer is None for answer in answers) else False


def total_known(amounts: list):
    """A sum is exact only when every part is known; `sum()` that swallows nulls is the classic mistake."""
    return None if any(amount is None for amount in amounts) else sum(amounts, Fraction(0))
