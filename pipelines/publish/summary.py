"""The month in figures: what each department delivered, what each town received, and as a terminal table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import pyarrow.parquet as pq

from pipelines.contract import Contract
from pipelines.delivery import Delivery, deliveries
from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.plain import table
from pipelines.publish.town_folders import list_name
from pipelines.reference import towns

# Reasons for not being listed, as heads of columns, in the order detect decides them.
_REASONS = {
    "covered": "covered", "deceased": "deceased", "conflict": "conflict", "assets": "assets",
    "recently_verified": "verified", "below_bar": "below bar", "waiting_for_capacity": "waiting",
    "unassessable": "unassessable",
}  # fmt: skip
_LONGEST_REASON = 60


def summary(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> dict:
    """What arrived and, when the month was published, what every town received.

    `departments`: one entry per extract with status, month used, row counts and reasons.
    `towns`: one entry per town with listed, new, excluded by reason and the path of its workbook;
    `without_town`: households not listed that no town stands for. Empty before publication.
    """
    folder = lake.resolve("published", month)
    about = lake.about("published", month) or {}
    found = {
        "month": str(month),
        "is_published": folder is not None,
        "revision": about.get("revision"),
        "folder": str(lake.partition("published", month)) if folder else None,
        "departments": [
            _delivery(delivery, contracts[delivery.extract])
            for delivery in deliveries(contracts, month, lake)
        ],
        "towns": [],
        "without_town": 0,
        "totals": {},
    }
    if folder is None:
        return found
    listed = _rows(folder / "candidates.parquet", ["town_code", "status"])
    excluded = _rows(folder / "exclusions.parquet", ["town_code", "reason"])
    for town in towns():
        statuses = Counter(row["status"] for row in listed if row["town_code"] == town.code)
        reasons = Counter(row["reason"] for row in excluded if row["town_code"] == town.code)
        workbook = (
            lake.partition("published", month) / "towns" / town.folder / f"{list_name(month, town)}.xlsx"
        )
        found["towns"].append(
            {
                "code": town.code, "name_zh": town.name_zh, "name_en": town.name_en,
                "listed": statuses.total(), "new": statuses["new"],
                "statuses": dict(sorted(statuses.items())),
                "waiting": reasons["waiting_for_capacity"], "not_listed": reasons.total(),
                "reasons": dict(sorted(reasons.items())), "path": str(workbook),
            }
        )  # fmt: skip
    # A household that died out or moved away may have no town any more.
    found["without_town"] = sum(row["town_code"] is None for row in excluded)
    found["totals"] = {
        "listed": len(listed),
        "new": sum(row["status"] == "new" for row in listed),
        "not_listed": len(excluded),
        "reasons": dict(sorted(Counter(row["reason"] for row in excluded).items())),
    }
    return found


def rendered(
    found: dict, width: int | None = None, paint: Callable[[str, str], str] = lambda line, status: line
) -> str:
    """The summary as plain text for a terminal: departments, towns, where the lists lie.

    `width`: places of a line, None without a limit; `paint`: colours a department's line by its status.
    """
    lines = [f"Deliveries for {found['month']}", ""]
    heads, rule, *delivered = table(
        ["department", "extract", "数据", "status", "as of", "in", "accepted", "rejected", "why"],
        [
            [
                d["department"], d["extract"].partition("__")[2], d["title_zh"], d["status"],
                d["as_of"] or "-", d["rows_in"], d["accepted"], d["rejected"],
                _short("; ".join(d["reasons_en"])),
            ]
            for d in found["departments"]
        ],
        width,
        whole=("extract", "status"),
    )  # fmt: skip
    painted = [paint(line, d["status"]) for line, d in zip(delivered, found["departments"], strict=True)]
    lines += [heads, rule, *painted]
    if not found["is_published"]:
        return "\n".join([*lines, "", f"{found['month']} is not published."])
    reasons = [reason for reason in _REASONS if found["totals"]["reasons"].get(reason)]
    reasons += sorted(set(found["totals"]["reasons"]) - set(_REASONS))
    rows = [
        [t["code"], t["name_zh"], t["name_en"].partition(" (")[0], t["listed"], t["new"], t["not_listed"],
         *(t["reasons"].get(reason, 0) for reason in reasons)]
        for t in found["towns"]
    ]  # fmt: skip
    totals = [sum(row[i] for row in rows) for i in range(3, 6 + len(reasons))]
    lines += ["", f"Households by town, {found['month']} (not listed: each with one reason)", ""]
    lines += table(
        ["town", "镇街", "name", "listed", "new", "not listed", *(_REASONS.get(r, r) for r in reasons)],
        [*rows, ["", "全市", "city", *totals]],
        width,
        whole=("town", "镇街"),
    )
    if found["without_town"]:
        lines.append(f"and {found['without_town']:,} not listed that live in no town any more")
    example = next((t for t in found["towns"] if t["listed"]), found["towns"][0])
    lines += ["", f"Lists   {found['folder']}/towns/", f"e.g.    {example['path']}"]
    return "\n".join(lines)


def _delivery(delivery: Delivery, contract: Contract) -> dict:
    return {
        "department": delivery.department,
        "extract": delivery.extract,
        "title_zh": contract.title_zh,
        "title_en": contract.title_en,
        "status": delivery.status,
        "as_of": str(delivery.as_of) if delivery.as_of else None,
        "rows_in": delivery.rows_in,
        "accepted": delivery.accepted,
        "rejected": delivery.rejected,
        "repaired_values": delivery.repaired_values,
        "reasons_zh": [reason["zh"] for reason in delivery.reasons],
        "reasons_en": [reason["en"] for reason in delivery.reasons],
    }


def _rows(path, columns: list[str]) -> list[dict]:
    return pq.read_table(path, columns=columns).to_pylist()


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1] + "…"
