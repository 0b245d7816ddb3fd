"""Small counts: which numbers of a page meant for many are withheld, so that nobody is recognised by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.page import Number

# Below this many households a count is withheld from pages that many people see.
LIMIT = 5

_SHOWN, _SMALL, _OTHER = "", "small", "other"


@dataclass(frozen=True)
class Count:
    """A number of households and how it may be shown: itself, as below the limit, or not at all."""

    value: int
    hidden: str = _SHOWN
    limit: int = LIMIT

    @property
    def is_shown(self) -> bool:
        """Whether the number itself may be seen."""
        return self.hidden == _SHOWN

    @property
    def text(self) -> str:
        """As people read it: 1,234 or <5; an asterisk for a number that would give a small one away."""
        return {_SHOWN: f"{self.value:,}", _SMALL: f"<{self.limit}", _OTHER: "*"}[self.hidden]

    @property
    def cell(self) -> Number:
        """As it stands in a table."""
        return Number(self.text.replace("<", "&lt;"))

    @property
    def length(self) -> float:
        """How long its bar is: the same for all small counts, so that it tells nothing."""
        return {_SHOWN: float(self.value), _SMALL: self.limit / 2, _OTHER: 0.0}[self.hidden]

    def rate(self, whole: float, per: float = 1000, digits: int = 2) -> Number:
        """So many per `per` of a whole; withheld with the count."""
        if not self.is_shown:
            return Number("*")
        return Number(f"{per * self.value / whole:,.{digits}f}" if whole else "–")


def count(value: int, limit: int) -> Count:
    """A number that stands alone: withheld from 1 to `limit` - 1."""
    return Count(value, _SMALL if 0 < value < limit else _SHOWN, limit)


def parts(values: Sequence[int], limit: int) -> list[Count]:
    """Numbers whose sum is shown beside them: no small one follows from the sum and the others."""
    return grid([values], limit, rows_add_up=True, columns_add_up=False)[0]


def grid(
    rows: Sequence[Sequence[int]], limit: int, rows_add_up: bool, columns_add_up: bool
) -> list[list[Count]]:
    """A table whose rows or columns (or both) stand beside their sums.

    In each line that adds up and holds a withheld number, as many more are withheld (the smallest
    first) as it takes that none follows from the sum.
    """
    hidden = [[_SMALL if 0 < value < limit else _SHOWN for value in row] for row in rows]
    lines = []
    if rows_add_up:
        lines += [[(i, j) for j in range(len(row))] for i, row in enumerate(rows)]
    if columns_add_up and rows:
        lines += [[(i, j) for i in range(len(rows))] for j in range(len(rows[0]))]
    is_settled = False
    while not is_settled:
        is_settled = True
        for line in lines:
            while places := _next_to_hide(line, rows, hidden, limit):
                for i, j in places:
                    hidden[i][j] = _OTHER
                is_settled = False
    return [
        [Count(value, mark, limit) for value, mark in zip(*pair, strict=True)]
        for pair in zip(rows, hidden, strict=True)
    ]


def _next_to_hide(line, rows, hidden, limit: int) -> list[tuple[int, int]]:
    """What to withhold next, so that a line gives nothing away; nothing when it does not."""
    withheld = [(i, j) for i, j in line if hidden[i][j] != _SHOWN]
    small = [(i, j) for i, j in withheld if hidden[i][j] == _SMALL]
    # A sum that is small is withheld itself.
    if not small or sum(rows[i][j] for i, j in line) < limit:
        least = _least(line, rows, hidden)
        return [least] if least and len(withheld) == 1 and not small else []
    total = sum(rows[i][j] for i, j in withheld)
    if _is_open(len(small), len(withheld) - len(small), total, limit):
        return []
    found = _least(line, rows, hidden)
    # With nothing left, it is not told any more which of them are small.
    return [found] if found else small


def _least(line, rows, hidden) -> tuple[int, int] | None:
    """The smallest number that is still shown; a zero hides little, but it is better than nothing."""
    left = [(i, j) for i, j in line if hidden[i][j] == _SHOWN]
    return min(left, key=lambda p: (rows[p[0]][p[1]] == 0, rows[p[0]][p[1]], p), default=None)


def _is_open(small: int, others: int, total: int, limit: int) -> bool:
    """Whether every small number can have two values at least, for a reader who knows all of this.

    `total` is what the withheld numbers add up to: small ones from 1 to `limit` - 1, others 0 or more
    than that.
    """
    least, most = small, small * (limit - 1)
    sums = [n for n in range(least, most + 1) if n == total or (others and total - n >= limit)]
    return len(sums) > 1 or (small > 1 and bool(sums) and least < sums[0] < most)
