"""Deliveries: which month's rows of each extract a month may use, and why not this month's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from pipelines.contract import Contract
from pipelines.lake import Lake
from pipelines.month import Month

# Who exists, whether with local hukou or with a permit.
REGISTERS = ("public_security__residents", "public_security__residence_permits")

USABLE = ("accepted", "warned")

# What became of an extract, for the people who read it: Chinese, English.
STATUSES = {
    "accepted": ("已采用", "accepted"),
    "warned": ("采用，有提醒", "accepted with warnings"),
    "held": ("暂不采用", "held"),
    "missing": ("未收到", "missing"),
    "not due": ("本月无需报送", "not due"),
}


@dataclass(frozen=True)
class Delivery:
    """What became of one extract in one month.

    `status` is accepted, warned, held, missing or not due. `as_of` is the month whose accepted rows
    are used: the month itself, an earlier one when a stock is carried forward, or None when nothing
    may be used, so that whatever rests on the extract is unknown. Counts are of this month's files.
    """

    extract: str
    department: str
    month: Month
    status: str
    as_of: Month | None
    reasons: tuple[dict, ...] = ()  # {"id", "severity", "zh", "en"}, see pipelines/validate
    rows_in: int = 0
    accepted: int = 0
    rejected: int = 0
    corrected: int = 0  # of the rejected, those that a correction replaced: nobody owes anything for them
    repaired_values: int = 0
    towns_missing: tuple[str, ...] = ()  # of which the rows in use say nothing
    towns_carried: Mapping[str, Month] = field(default_factory=dict)  # of those, whose rows of when stand in

    @property
    def is_carried(self) -> bool:
        """Whether an earlier month's rows stand in for this month's."""
        return self.as_of is not None and self.as_of != self.month

    def rows(self, lake: Lake) -> Path | None:
        """The Parquet file of the rows to use, or None."""
        return accepted_rows(self.extract, self.as_of, lake) if self.as_of else None

    def files(self, lake: Lake) -> list[Path]:
        """The Parquet files of the rows to use, with those that stand in for towns left out."""
        return rows_files(self.extract, self.as_of, lake) if self.as_of else []


def deliveries(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> list[Delivery]:
    """One delivery per extract contract (published tables are passed over), in order of their ids."""
    return [delivery(contracts[i], month, lake) for i in sorted(contracts) if "__" in i]


def delivery(contract: Contract, month: Month, lake: Lake) -> Delivery:
    """What became of one extract in a month."""
    found = verdict(contract.id, month, lake)
    read = report(contract.id, month, lake)
    if found is not None:
        status, reasons = found["verdict"], tuple(found["reasons"])
    elif month.number in contract.delivery_months:
        status, reasons = "missing", (_reason("missing", "本月未收到数据。", "Nothing arrived this month."),)
    else:
        status, reasons = "not due", (_reason("not_due", "本月无需报送。", "Not due this month."),)
    as_of = month if status in USABLE else _carried(contract, month, lake)
    return Delivery(
        extract=contract.id,
        department=contract.department,
        month=month,
        status=status,
        as_of=as_of,
        reasons=reasons,
        rows_in=read.get("rows_in", 0),
        accepted=read.get("accepted", 0),
        rejected=read.get("rejected", 0),
        corrected=read.get("rejections_by_reason", {}).get("corrected", 0),
        repaired_values=read.get("repaired_values", 0),
        towns_missing=towns_missing(contract.id, as_of, lake) if as_of else (),
        towns_carried=_towns_carried(contract, as_of, month, lake) if as_of else {},
    )


def window_months(contract: Contract, month: Month, lake: Lake, months: int) -> list[Month]:
    """Months of the window of so many months up to `month` that were delivered and accepted, oldest first.

    For flows: a month that is not among them is a gap, never filled from another.
    """
    return [m for m in month.window(months) if is_usable(contract.id, m, lake)]


def usable_months(extract: str, lake: Lake, before: Month, limit: int | None = None) -> list[Month]:
    """Months before `before` whose delivery was accepted, with or without warnings; latest first."""
    earlier = (m for m in reversed(lake.months(f"verdicts/{extract}")) if m < before)
    return list(islice((m for m in earlier if is_usable(extract, m, lake)), limit))


def is_usable(extract: str, month: Month, lake: Lake) -> bool:
    """Whether the month's own delivery was accepted, with or without warnings."""
    found = verdict(extract, month, lake)
    return found is not None and found["verdict"] in USABLE


def towns_missing(extract: str, month: Month, lake: Lake) -> tuple[str, ...]:
    """Codes of the towns of which a month's rows say nothing: absence from them proves nothing there."""
    return tuple((verdict(extract, month, lake) or {}).get("towns_missing") or ())


def verdict(extract: str, month: Month, lake: Lake) -> dict | None:
    """The content of verdict.json, or None when the extract was not validated for the month."""
    return _document(lake, f"verdicts/{extract}", month, "verdict.json")


def report(extract: str, month: Month, lake: Lake) -> dict:
    """The content of report.json: what was read of the files; empty when nothing arrived."""
    return _document(lake, f"parquet/{extract}", month, "report.json") or {}


def accepted_rows(extract: str, month: Month, lake: Lake) -> Path | None:
    """The Parquet file of a month's rows, or None when there is none."""
    folder = lake.resolve(f"parquet/{extract}", month)
    path = folder / "rows.parquet" if folder else None
    return path if path and path.exists() else None


def rows_files(extract: str, month: Month, lake: Lake) -> list[Path]:
    """The Parquet file of a month's rows and, of a register that leaves towns out, of those that stand in."""
    found = [accepted_rows(extract, month, lake)]
    if (verdict(extract, month, lake) or {}).get("towns_carried"):
        folder = lake.resolve(f"standing_in/{extract}", month)
        found.append(folder / "rows.parquet" if folder else None)
    return [path for path in found if path]


def person_column(contract: Contract) -> str | None:
    """Parquet column of the resident whom every row is about, where there is one."""
    people = (p.column for p in contract.properties if p.identity == "resident" and p.required)
    return next(people, None)


def names_towns(contract: Contract) -> bool:
    """Whether rows say themselves which town they are of."""
    return any(p.reference == "towns" for p in contract.properties)


def _carried(contract: Contract, month: Month, lake: Lake) -> Month | None:
    if contract.kind != "stock":
        return None
    for earlier in usable_months(contract.id, lake, before=month, limit=1):  # all others are older still
        return earlier if age_months(contract, earlier, month) <= contract.maximum_age_months else None
    return None


def _towns_carried(contract: Contract, as_of: Month, month: Month, lake: Lake) -> dict[str, Month]:
    """For each town that a roll leaves out, the latest month that has its rows and is not too old."""
    if contract.kind != "stock":
        return {}
    if names_towns(contract):  # says who lives where, and nobody in two towns: settled with its verdict
        carried = (verdict(contract.id, as_of, lake) or {}).get("towns_carried") or {}
        return {town: Month.parse(text) for town, text in sorted(carried.items())}
    lacking, found = set(towns_missing(contract.id, as_of, lake)), {}
    for earlier in usable_months(contract.id, lake, before=as_of) if lacking else ():
        if not lacking or age_months(contract, earlier, month) > contract.maximum_age_months:
            break
        of_towns = lacking - set(towns_missing(contract.id, earlier, lake))
        found |= dict.fromkeys(of_towns, earlier)
        lacking -= of_towns
    return dict(sorted(found.items()))


def age_months(contract: Contract, as_of: Month, month: Month) -> int:
    """Deliveries that were due after `as_of` up to `month`; a month without delivery ages nobody."""
    since = month.window(month.ordinal - as_of.ordinal)
    return sum(m.number in contract.delivery_months for m in since)


def _document(lake: Lake, table: str, month: Month, name: str) -> dict | None:
    folder = lake.resolve(table, month)
    path = folder / name if folder else None
    return json.loads(path.read_text(encoding="utf-8")) if path and path.exists() else None


def _reason(reason_id: str, zh: str, en: str) -> dict:
    return {"id": reason_id, "severity": "info", "zh": zh, "en": en}
