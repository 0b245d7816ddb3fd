"""The order of the lists in words and sums, with the points of rules/selection.yaml in force."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.month import Month
from pipelines.problem import HardshipError
from pipelines.rule.selection import load_selection

_NEEDED = (
    "bar_dimensions", "points_per_dimension", "points_per_waiting_month", "points_vulnerable",
    "points_per_stale_dimension", "severity_points", "cooling_off_months",
)  # fmt: skip


@dataclass(frozen=True)
class Order:
    """The values in force at a month's end that decide the order and how long a visit counts."""

    bar: int
    dimension: int
    waiting: int
    vulnerable: int
    stale: int
    severity: dict[str, int]
    cooling_off: dict[str, int]

    @property
    def who(self) -> str:
        """Who is listed, in Chinese."""
        return (
            f"有{self.bar}类及以上困难的家庭，或符合单独列入规则的家庭；已在救助名册、有明显资产等情形除外。"
        )

    @property
    def formula(self) -> str:
        """The order in Chinese, so that a clerk can compute a household's place by hand."""
        steps = "、".join(f"{ratio}倍{points}分" for ratio, points in self.severity.items())
        return (
            f"优先分＝{self.dimension}×困难类型数＋各类型严重程度（每类最高10分：数额达标准的{steps}）"
            f"＋{self.waiting}×等候月数＋{self.vulnerable}（有6岁以下儿童、重度残疾或80岁以上成员）"
            f"－{self.stale}×仅凭以往月份数据的类型数。分高者在前；同分的，人均净收入低者在前。"
        )

    @property
    def who_en(self) -> str:
        """Who is listed, in English."""
        return (
            f"Households with {self.bar} or more dimensions of hardship, or that match a rule which lists on "
            "its own; not those covered by assistance, with clear assets or taken off for another reason."
        )

    @property
    def formula_en(self) -> str:
        """The order in English."""
        return (
            f"Priority = {self.dimension} × dimensions + severity of each dimension (0 to 10, see the table) "
            f"+ {self.waiting} × months waiting + {self.vulnerable} (child under 6, severe disability or a "
            f"member of 80 and over) − {self.stale} × dimensions that rest on an earlier month's data alone. "
            "Highest first; ties by lower net income per head."
        )

    def sums(self, candidates: pl.DataFrame) -> pl.Series:
        """Each candidate's priority written out, e.g. `10×2＋严重8＋2×1＋3＝33`."""
        severities = [name for name in candidates.columns if name.startswith("severity_")]
        rows = candidates.select(
            "overlap",
            pl.sum_horizontal(severities).alias("severity"),
            "months_waiting",
            "is_vulnerable",
            pl.col("stale_dimensions").list.len().alias("stale"),
            "priority",
        )
        return pl.Series("priority_sum", [self._sum(*row) for row in rows.iter_rows()], pl.String)

    def _sum(self, overlap, severity, waiting, is_vulnerable, stale, priority) -> str:
        parts = f"{self.dimension}×{overlap}＋严重{severity}"
        if waiting:
            parts += f"＋{self.waiting}×{waiting}"
        if is_vulnerable:
            parts += f"＋{self.vulnerable}"
        if stale:
            parts += f"－{self.stale}×{stale}"
        return f"{parts}＝{priority}"


def order_in_force(month: Month, rules: Path) -> Order:
    """The order as selection.yaml states it for the month; raises HardshipError before its first day."""
    parameters = load_selection(rules / "selection.yaml")
    values = {name: parameters[name].in_force(month) for name in _NEEDED}
    missing = sorted(name for name, value in values.items() if value is None)
    if missing:
        raise HardshipError(f"selection.yaml has no value in force in {month} for: {', '.join(missing)}.")
    return Order(
        bar=int(values["bar_dimensions"]),
        dimension=int(values["points_per_dimension"]),
        waiting=int(values["points_per_waiting_month"]),
        vulnerable=int(values["points_vulnerable"]),
        stale=int(values["points_per_stale_dimension"]),
        severity={str(ratio): int(points) for ratio, points in values["severity_points"].items()},
        cooling_off={outcome: int(months) for outcome, months in values["cooling_off_months"].items()},
    )
