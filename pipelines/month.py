"""The reference month: every stage is told which month it works on; nothing reads today's date."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from pipelines.problem import HardshipError

# What happened is looked at over the reference month and the eleven before it.
WINDOW = 12

_PATTERN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month, written `2022-06`."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """The month written as YYYY-MM; raises HardshipError for anything else."""
        match = _PATTERN.fullmatch(text.strip())
        if not match:
            raise HardshipError(f"{text!r} is not a month: write it as YYYY-MM, for example 2022-06.")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month a day lies in."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def start(self) -> date:
        """First day."""
        return date(self.year, self.number, 1)

    @property
    def end(self) -> date:
        """Last day: what is in force or active "in the month" is so on this day."""
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    @property
    def ordinal(self) -> int:
        """Months since year 0, for arithmetic."""
        return self.year * 12 + self.number - 1

    def plus(self, months: int) -> Month:
        """The month so many months later (earlier when negative)."""
        year, index = divmod(self.ordinal + months, 12)
        return Month(year, index + 1)

    def window(self, months: int) -> list[Month]:
        """This month and the `months - 1` before it, oldest first."""
        return [self.plus(-back) for back in range(months - 1, -1, -1)]

    @property
    def partition(self) -> str:
        """Folder name of this month's partition."""
        return f"month={self}"


def parse_months(text: str) -> list[Month]:
    """Months written as `2022-06` or as a range `2021-01..2022-06`, oldest first."""
    first, dots, last = text.partition("..")
    start, end = Month.parse(first), Month.parse(last if dots else first)
    if end < start:
        raise HardshipError(f"{text!r} runs backwards: write the earlier month first.")
    return end.window(end.ordinal - start.ordinal + 1)
