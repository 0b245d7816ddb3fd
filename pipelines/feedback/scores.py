"""The scorecard: what each extract brought over the months, and what it cost to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines import delivery
from pipelines.arrival import arrivals, days_late
from pipelines.contract import Contract
from pipelines.feedback.resolved import SCORED_MONTHS, resolved_shares
from pipelines.lake import Lake
from pipelines.month import Month

# Whose data a visit finds wrong: wrong_data of towns__visits -> departments; `other` is nobody's.
DEPARTMENTS_OF_DATA = {
    "income": ("taxation", "human_resources"),
    "medical": ("medical_insurance",),
    "employment": ("human_resources",),
    "disability": ("disabled_persons",),
    "education": ("education",),
    "accident": ("emergency",),
    "housing": ("housing",),
    "assets": ("public_security", "market_supervision", "housing"),
    "members": ("public_security", "civil_affairs"),
    "address": ("public_security", "towns"),
    "assistance": ("civil_affairs",),
    "other": (),
}


@dataclass(frozen=True)
class Score:
    """One extract in one month. Shares are null where they cannot be told.

    `resolved`: share of the people in it whom the register or the residence permits of the month know;
    `leads`: listed households that rest on the department; `confirmed`: those a visit found in hardship
    until the month of the feedback; `wrong`: those of which one found the department's data wrong;
    `days_late`: after the contract's delivery day, 0 on time.
    """

    month: Month
    extract: str
    status: str
    rows_in: int
    rejected: int
    repaired: int
    resolved: float | None
    leads: int | None
    confirmed: int | None
    wrong: int | None
    days_late: int | None


def scores(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> list[Score]:
    """The last twelve months up to `month` of every extract, latest month first."""
    found = []
    confirmed, wrong = _found_by_visits(month, lake)
    for past in reversed(month.window(SCORED_MONTHS)):
        resolved = resolved_shares(contracts, past, lake)
        leads = _leads(past, lake)
        for item in delivery.deliveries(contracts, past, lake):
            if item.status == "missing" and not lake.months(f"parquet/{item.extract}"):
                continue  # it has never delivered; the totals say so
            listed = None if leads is None else leads.get(item.department, set())
            found.append(
                Score(
                    past, item.extract, item.status, item.rows_in, item.rejected - item.corrected,
                    item.repaired_values, resolved.get(item.extract),
                    None if listed is None else len(listed),
                    None if listed is None else len(listed & confirmed),
                    None if listed is None else len(listed & wrong.get(item.department, set())),
                    days_late(
                        contracts[item.extract].delivery_day, past,
                        delivery.report(item.extract, past, lake), arrivals(item.extract, past, lake),
                    ),
                )
            )  # fmt: skip
    return found


def inputs_of(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> dict:
    """Digests of everything the scores are made of."""
    tables = [f"{kind}/{extract}" for extract in contracts for kind in ("parquet", "verdicts")]
    window = month.window(SCORED_MONTHS)
    digests = {
        f"{table} {past}": lake.digest(table, past)
        for table in (*tables, "matches")
        for past in window
        if lake.resolve(table, past)
    }
    seen = {
        f"arrivals {extract} {past}": arrivals(extract, past, lake)
        for extract in contracts
        for past in window
    }
    return digests | {name: days for name, days in seen.items() if days}


def _leads(month: Month, lake: Lake) -> dict[str, set[str]] | None:
    """Household keys of the month's candidates by department; None when the month was not detected."""
    folder = lake.resolve("matches", month)
    path = folder / "candidates.parquet" if folder else None
    if path is None or not path.exists():
        return None
    rows = pl.read_parquet(path, columns=["household_key", "departments"]).explode("departments")
    return {
        department: set(part["household_key"])
        for (department,), part in rows.partition_by("departments", as_dict=True).items()
        if department
    }


def _found_by_visits(month: Month, lake: Lake) -> tuple[set[str], dict[str, set[str]]]:
    """Household keys in hardship, and by department those of which its data were wrong."""
    months = [m for m in month.window(SCORED_MONTHS) if delivery.is_usable("towns__visits", m, lake)]
    files: list[Path] = [p for m in months if (p := delivery.accepted_rows("towns__visits", m, lake))]
    if not files:
        return set(), {}
    columns = ("household_key", "outcome", "wrong_data")
    visits = pl.concat([pl.scan_parquet(path).select(columns) for path in files]).collect()
    wrong: dict[str, set[str]] = {}
    for key, datum in visits.select("household_key", "wrong_data").drop_nulls().iter_rows():
        for department in DEPARTMENTS_OF_DATA.get(datum, ()):
            wrong.setdefault(department, set()).add(key)
    confirmed = visits.filter(pl.col("outcome").str.starts_with("confirmed"))
    return set(confirmed["household_key"]), wrong
