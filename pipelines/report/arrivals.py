"""Arrivals: what each department delivered in the twelve months, as the month's manifest says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.contract import Contract
from pipelines.delivery import USABLE, age_months
from pipelines.month import Month


@dataclass(frozen=True)
class Arrival:
    """One extract: its status in each month, and of the reference month which rows were used.

    `as_of` is the month whose rows are used where it is not the month itself; `is_gap` says that none may be.
    """

    extract: str
    department: str
    title_zh: str
    title_en: str
    statuses: tuple[str, ...]  # of every month of the window, oldest first
    as_of: Month | None
    is_gap: bool
    rows_in: int
    accepted: int
    rejected: int
    repaired: int

    @property
    def status(self) -> str:
        """Status in the reference month."""
        return self.statuses[-1]


def arrivals(manifest: dict, extracts: Mapping[str, Contract], months: list[Month]) -> list[Arrival]:
    """One per extract contract, by department."""
    found = [
        _arrival(contract, manifest["inputs"]["extracts"].get(name, {}), months)
        for name, contract in sorted(extracts.items())
    ]
    return sorted(found, key=lambda arrival: (arrival.department, arrival.extract))


def _arrival(contract: Contract, by_month: dict, months: list[Month]) -> Arrival:
    month = months[-1]
    statuses = tuple(_status(contract, by_month, m) for m in months)
    now = by_month.get(str(month), {})
    as_of = month if statuses[-1] in USABLE else _carried(contract, by_month, month)
    return Arrival(
        extract=contract.id,
        department=contract.department,
        title_zh=contract.title_zh,
        title_en=contract.title_en,
        statuses=statuses,
        as_of=None if as_of == month else as_of,
        is_gap=as_of is None,
        rows_in=now.get("rows_in") or 0,
        accepted=now.get("accepted") or 0,
        rejected=now.get("rejected") or 0,
        repaired=now.get("repaired_values") or 0,
    )


def _status(contract: Contract, by_month: dict, month: Month) -> str:
    if str(month) in by_month:
        return by_month[str(month)]["verdict"] or "held"
    return "missing" if month.number in contract.delivery_months else "not due"


def _carried(contract: Contract, by_month: dict, month: Month) -> Month | None:
    """The latest accepted month of a stock, where it is not too old; a flow is never carried."""
    usable = [Month.parse(m) for m, entry in by_month.items() if entry["verdict"] in USABLE]
    earlier = [m for m in usable if m < month]
    if contract.kind != "stock" or not earlier:
        return None
    latest = max(earlier)
    return latest if age_months(contract, latest, month) <= contract.maximum_age_months else None
