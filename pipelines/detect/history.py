"""History: what became of a household month by month, in tables and in words, and its visits."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from pipelines.contract import Contract
from pipelines.database import Database
from pipelines.detect.visits import view_visits
from pipelines.lake import Lake
from pipelines.month import Month

_TOLD = pa.schema([("household_key", pa.string()), ("until_on", pa.date32())])


def history(month: Month, lake: Lake, key: str) -> list[dict]:
    """Months of a case and of those it came from (merged into it, or parted from), and visits, oldest first.

    Each entry has `on` (day), `kind` (month or visit) and what its table says. Empty when the
    household never had a case and was never visited.
    """
    months = [m for m in lake.months("matches") if m <= month]
    if not months:
        return []
    with Database() as db:
        for table in ("cases", "candidates"):
            db.view(table, [lake.resolve("matches", m) / f"{table}.parquet" for m in months])
        view_visits(db, month, lake)
        db.register("told_keys", _with_origins(db, key))
        entries = []
        for kind, relation in (("month", "case_history"), ("visit", "visit_history")):
            db.table(relation, {"month_end": month.end})
            for row in db.rows(f"select * from {relation}"):
                entries.append({"on": row["month" if kind == "month" else "visited_on"], "kind": kind, **row})
    return sorted(entries, key=lambda e: (e["on"], e["kind"], e["household_key"] != key, e["household_key"]))


def _with_origins(db: Database, key: str) -> pa.Table:
    """The household and those it came from, each with the first day it is no longer told of."""
    db.table("case_origins")
    found: dict[str, object] = {key: None}
    waiting = [key]
    while waiting:
        origins = "select month, former_key from case_origins where household_key = $key"
        for row in db.rows(origins, {"key": waiting.pop()}):
            if row["former_key"] not in found:
                found[row["former_key"]] = row["month"]
                waiting.append(row["former_key"])
    rows = [{"household_key": former, "until_on": until} for former, until in found.items()]
    return pa.Table.from_pylist(rows, schema=_TOLD)


def history_lines(entries: list[dict], key: str, contracts: Mapping[str, Contract]) -> list[str]:
    """The history as text, Chinese with English beside."""
    cases, visits = contracts["cases"], contracts["towns__visits"]
    lines = []
    for entry in entries:
        whose = "" if entry["household_key"] == key else f"（原家庭 / formerly {entry['household_key']}）"
        if entry["kind"] == "visit":
            words = _both(visits, "outcome", entry["outcome"])
            if entry["wrong_data"]:
                words += f"：{_both(visits, 'wrong_data', entry['wrong_data'])}"
            help_given = f"；{entry['help_given']}" if entry["help_given"] else ""
            lines.append(f"{entry['on']}  走访 / visit: {words}{help_given}{whose}")
        else:
            lines.append(f"{str(entry['month'])[:7]}     {_month(entry, cases)}{whose}")
    return lines


def _month(entry: dict, cases: Contract) -> str:
    parts = [_both(cases, "status", entry["status"])]
    if entry["list_status"]:
        parts.append(_both(cases, "list_status", entry["list_status"]))
        parts.append(f"第{entry['rank']}位 / place {entry['rank']}, {entry['priority']}分 / points")
    if entry["dimensions"]:
        labels = [cases.property("dimensions").labels[code] for code in entry["dimensions"]]
        parts.append(f"{'、'.join(labels)} / {', '.join(entry['dimensions'])}")
    if entry["reason_zh"]:
        parts.append(f"{entry['reason_zh']} / {entry['reason_en']}")
    if entry["months_waiting"]:
        parts.append(f"已等候{entry['months_waiting']}个月 / waiting {entry['months_waiting']} months")
    if entry["moved_from_town_code"]:
        town = entry["moved_from_town_code"]
        parts.append(f"由{town}迁至{entry['town_code']} / moved from {town} to {entry['town_code']}")
    for former in entry["merged_from_keys"]:
        parts.append(f"家庭{former}并入 / joined by {former}")
    if entry["split_from_key"]:
        parts.append(f"由家庭{entry['split_from_key']}分出 / parted from {entry['split_from_key']}")
    return "; ".join(parts)


def _both(contract: Contract, column: str, code: str) -> str:
    prop = contract.property(column)
    return f"{prop.labels.get(code, code)} / {prop.meanings.get(code, code)}"
