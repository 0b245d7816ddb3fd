"""View: everything a page may say about one month, of the whole city or of one town."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from pipelines import reference
from pipelines.contract import SCHEMAS, load_contract, load_extracts
from pipelines.lake import Lake
from pipelines.manifest import read_manifest
from pipelines.month import Month
from pipelines.problem import HardshipError
from pipelines.reference import REFERENCE, reference_rows
from pipelines.report.answers import WINDOW_MONTHS, Answer, answers, published_months
from pipelines.report.arrivals import Arrival, arrivals
from pipelines.report.small import Count, count, grid
from pipelines.rule import RuleSet, load_rules
from pipelines.rule.order import Order, order_in_force
from pipelines.rule.parameter import Value

Label = tuple[str, str]  # Chinese, English

NO_TOWN: Label = ("未定镇街", "No town")
_LABELLED = {
    "dimensions": ("candidates", "dimensions"),
    "statuses": ("candidates", "status"),
    "reasons": ("exclusions", "reason"),
    "outcomes": ("visit_results", "outcome"),
    "hukou": ("population", "hukou"),
    "strata": ("audit_sample", "stratum"),
    "effects": ("review_matches", "effect"),
}


@dataclass(frozen=True)
class Town(reference.Town):
    """A town with its place on the schematic map."""

    column: int
    row: int

    @property
    def short(self) -> Label:
        """As it stands on a chart: 石岐, Shiqi."""
        return self.name_zh.removesuffix("街道").removesuffix("镇"), self.name_en.partition(" (")[0]


@dataclass(frozen=True)
class View:
    """What is known of a month; of one town when `code` is given. Counts below `limit` are withheld."""

    month: Month
    months: tuple[Month, ...]  # published ones of the window, oldest first
    answers: dict[str, Answer]
    towns: tuple[Town, ...]
    labels: dict[str, dict[str, Label]]
    rules: RuleSet
    order: Order
    selection: dict[str, Value]
    arrivals: tuple[Arrival, ...]
    manifest: dict
    limit: int
    code: str | None = None

    def of_town(self, code: str, limit: int) -> View:
        """The same of one town only."""
        mine = {name: answer.of_town(code) for name, answer in self.answers.items()}
        return replace(self, answers=mine, code=code, limit=limit)

    @property
    def is_city(self) -> bool:
        """Whether it is about all towns."""
        return self.code is None

    def rows(self, name: str) -> tuple[dict, ...]:
        """The rows of one query."""
        return self.answers[name].rows

    @functools.cached_property
    def of_month(self) -> dict[str | None, dict]:
        """The month's row of every town that has one, by code."""
        return {r["town_code"]: r for r in self.rows("report_towns") if r["month"] == self.month.start}

    def total(self, column: str, month: Month | None = None) -> int:
        """Sum over the towns of the view."""
        start = (month or self.month).start
        return sum(row[column] for row in self.rows("report_towns") if row["month"] == start)

    def count(self, value: int) -> Count:
        """A number that stands alone."""
        return count(value, self.limit)

    @functools.cached_property
    def by_town(self) -> dict[str, dict[str, Count]]:
        """Of every town: listed, listed_new, waiting and helped, such that no sum gives a small one away.

        Households that no town stands for have the key "".
        """
        helped = {row["town_code"]: row["helped"] for row in self.rows("report_helped")}
        codes = [town.code for town in self.towns if self.code in (None, town.code)]
        nowhere = self.is_city and (None in helped or None in self.of_month)
        keys = [*codes, *([None] if nowhere else [])]
        nothing = dict.fromkeys(("listed", "listed_new", "waiting"), 0)
        rows = [self.of_month.get(key, nothing) for key in keys]

        def column(values: list[int]) -> list[Count]:
            found = grid([[value] for value in values], self.limit, rows_add_up=False, columns_add_up=True)
            return [cells[0] for cells in found]

        # What is listed and not new follows from the two numbers that are shown.
        told_apart = grid(
            [[row["listed_new"], row["listed"] - row["listed_new"]] for row in rows],
            self.limit, rows_add_up=True, columns_add_up=True,
        )  # fmt: skip
        columns = {
            "listed": column([row["listed"] for row in rows]),
            "listed_new": [cells[0] for cells in told_apart],
            "waiting": column([row["waiting"] for row in rows]),
            "helped": column([helped.get(key, 0) for key in keys]),
        }
        return {
            key or "": {name: cells[place] for name, cells in columns.items()}
            for place, key in enumerate(keys)
        }

    @functools.cached_property
    def precision(self) -> dict[tuple[str, str], dict]:
        """Rows of report_precision by scope and subject."""
        return {(row["scope"], row["subject"]): row for row in self.rows("report_precision")}

    @property
    def own_precision(self) -> dict | None:
        """The row of the city, or of the view's town."""
        return self.precision.get(("city", "all") if self.is_city else ("town", self.code))

    def label(self, kind: str, code: str | None) -> Label:
        """What a code is called."""
        return self.labels[kind].get(code or "", (code or "–", code or "–"))


def city_view(month: Month, lake: Lake, rules: Path, limit: int) -> View:
    """The month for the whole city, from published tables, the manifest and reference data alone."""
    rule_set = load_rules(rules)
    manifest = read_manifest(month, lake)
    extracts = load_extracts()
    return View(
        month=month,
        months=tuple(published_months(month, lake)),
        answers=answers(month, lake),
        towns=towns(),
        labels={kind: _labels(*place) for kind, place in _LABELLED.items()},
        rules=rule_set,
        order=order_in_force(month, rules),
        selection=rule_set.selection_in_force(month),
        arrivals=tuple(arrivals(manifest, extracts, month.window(WINDOW_MONTHS))),
        manifest=manifest,
        limit=limit,
    )


def towns() -> tuple[Town, ...]:
    """All towns, in order of their codes."""
    rows = reference_rows(REFERENCE / "town_positions.csv")
    places = {row["code"]: (int(row["column"]), int(row["row"])) for row in rows}
    named = reference.towns()
    missing = [town.code for town in named if town.code not in places]
    if missing:
        raise HardshipError(
            f"data/reference/town_positions.csv has no line for {', '.join(missing)}: add its column and row "
            "on the schematic map, where no other town stands."
        )
    return tuple(Town(town.code, town.name_zh, town.name_en, *places[town.code]) for town in named)


def percent(share: Decimal | float | None) -> str:
    """A share as people read it."""
    return "–" if share is None else f"{100 * float(share):.0f}%"


def _labels(table: str, column: str) -> dict[str, Label]:
    prop = load_contract(SCHEMAS / f"{table}.yaml").property(column)
    return {code: (zh, prop.meanings.get(code) or code.replace("_", " ")) for code, zh in prop.labels.items()}
