"""Recent months: what the last accepted deliveries of an extract held, as counts and medians."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import fmean, median

from pipelines import delivery
from pipelines.lake import Lake
from pipelines.month import Month

COMPARED_MONTHS = 3


@dataclass(frozen=True)
class Recent:
    """Up to three accepted months before the one that is judged, latest first; none at first deployment."""

    months: tuple[Month, ...] = ()
    rows: tuple[int, ...] = ()
    rows_by_town: tuple[dict[str, int], ...] = ()
    medians: tuple[dict[str, float], ...] = ()
    towns_missing: tuple[frozenset[str], ...] = ()  # of each month in rows_by_town

    def mean_rows(self) -> float | None:
        """Mean number of rows, None without any month."""
        return fmean(self.rows) if self.rows else None

    def mean_rows_by_town(self) -> dict[str, float]:
        """Mean number of rows per town code; a town that is absent from a month counts zero in it."""
        total: Counter[str] = Counter()
        for counts in self.rows_by_town:
            total.update(counts)
        return {town: rows / len(self.rows_by_town) for town, rows in sorted(total.items())}

    def median(self, column: str) -> float | None:
        """Median of the months' medians of a column, None where no month has one."""
        known = [values[column] for values in self.medians if values.get(column)]
        return median(known) if known else None

    @property
    def named(self) -> str:
        """The months in words, oldest first: `2022-03, 2022-04, 2022-05`."""
        return ", ".join(map(str, sorted(self.months)))


def recent_months(extract: str, month: Month, lake: Lake) -> Recent:
    """The last accepted months before `month`; read from their verdicts, never from their rows."""
    months = delivery.usable_months(extract, lake, before=month, limit=COMPARED_MONTHS)
    verdicts = [delivery.verdict(extract, m, lake) for m in months]
    return Recent(
        months=tuple(months),
        rows=tuple(v["rows"] for v in verdicts),
        rows_by_town=tuple(v["rows_by_town"] for v in verdicts if v.get("rows_by_town")),
        medians=tuple(v.get("medians") or {} for v in verdicts),
        towns_missing=tuple(
            frozenset(v.get("towns_missing") or ()) for v in verdicts if v.get("rows_by_town")
        ),
    )
