"""A rehearsal as people read it: plain text, one HTML page with charts, and Parquet."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq

from pipelines import page
from pipelines.chart import bars
from pipelines.detect.rehearse import Rehearsal
from pipelines.page import both, bullets, heading, paragraph
from pipelines.plain import table
from pipelines.reference import town_names

CONFIRMED = ("confirmed_helped", "confirmed_pending")
NOT_CONFIRMED = ("not_in_hardship", "data_wrong", "moved", "deceased")
_SHOWN = 20

_SUMS = (
    "listed_now", "listed_by_draft", "entered", "left_list", "unchanged", "status_changed",
    "entered_visited", "entered_confirmed", "entered_not_confirmed",
)  # fmt: skip
_HEADS = (
    ("现名单", "now"), ("草案", "draft"), ("新进", "entered"), ("退出", "left"), ("不变", "unchanged"),
    ("状态变化", "status changed"), ("曾走访", "of the entered, visited before"),
    ("属实", "confirmed"), ("不属实", "not confirmed"),
)  # fmt: skip
_LOAD = (
    ("最多待访", "most households to visit in a month"), ("草案待访", "the same by the draft"),
    ("可走访", "households it can visit in that month"),
)  # fmt: skip


def by_month(rehearsal: Rehearsal) -> list[list]:
    """Lines of all lists: a row per month and, last, their sum."""
    rows = rehearsal.towns.to_pylist()
    months = [[r for r in rows if r["month"] == month.start] for month in rehearsal.months]
    found = [[str(m), *_sums(part)] for m, part in zip(rehearsal.months, months, strict=True)]
    return [*found, ["合计 total", *_sums(rows)]]


def by_town(rehearsal: Rehearsal) -> list[list]:
    """Lines of each town over the months, its heaviest month now and by the draft against its visits.

    Towns nothing concerns are left out; the last row is the city.
    """
    rows = rehearsal.towns.to_pylist()
    found = []
    for town in sorted({row["town_code"] for row in rows}):
        part = [row for row in rows if row["town_code"] == town]
        if any(row["listed_now"] or row["listed_by_draft"] for row in part):
            heaviest = max(part, key=lambda r: r["listed_by_draft"] + r["waiting_by_draft"])
            found.append(
                [
                    town,
                    _town_name(town),
                    *_sums(part),
                    max(row["listed_now"] + row["waiting_now"] for row in part),
                    heaviest["listed_by_draft"] + heaviest["waiting_by_draft"],
                    heaviest["visits_by_draft"],
                    "超负荷 overload" if any(row["is_overloaded"] for row in part) else "",
                ]
            )
    return [*found, ["", "全市 city", *_sums(rows), "", "", "", ""]]


def counter_examples(rehearsal: Rehearsal) -> dict[str, list[dict]]:
    """Households that speak against the draft, each with its first month.

    `entered`: visited before and found not to be in hardship; `left`: found to be in hardship, by
    all visits known at the end of the rehearsed months.
    """
    found: dict[str, dict[str, dict]] = {"entered": {}, "left": {}}
    for row in rehearsal.lines.to_pylist():
        outcome = row["outcome_before"] if row["change"] == "entered" else row["known_outcome"]
        speaks = {"entered": NOT_CONFIRMED, "left": CONFIRMED}.get(row["change"], ())
        if outcome in speaks:
            found[row["change"]].setdefault(row["household_key"], row)
    return {change: list(rows.values()) for change, rows in found.items()}


def in_words(rehearsal: Rehearsal) -> str:
    """The rehearsal as text for a terminal."""
    first, last = rehearsal.months[0], rehearsal.months[-1]
    lines = [f"演练 / rehearsal {first}..{last}", "", "草案的改动 / what the draft changes"]
    lines += [f"  {c.where}, {c.what}: {c.before} -> {c.after}" for c in rehearsal.changes] or ["  nothing"]
    lines += [f"  {zh} / {en}" for zh, en in rehearsal.notes]
    heads = [zh for zh, _ in _HEADS]
    load = [zh for zh, _ in _LOAD]
    lines += [
        "",
        "各月名单 / lines of the lists by month",
        "; ".join(f"{zh}: {en}" for zh, en in _HEADS),
        "",
        *table(["", *heads], by_month(rehearsal)),
        "",
        "各镇街 / by town",
        "; ".join(f"{zh}: {en}" for zh, en in _LOAD),
        "",
        *table(["", "", *heads, *load, ""], by_town(rehearsal)),
        "",
    ]
    lines += [f"{text}: {n:,}" for text, n in status_changes(rehearsal)] or ["no status changes"]
    for change, rows in counter_examples(rehearsal).items():
        lines += ["", f"{_COUNTER[change][0]} / {_COUNTER[change][1]}: {len(rows)}"]
        lines += [f"  {_counter_example(change, row)}" for row in rows[:_SHOWN]]
        if len(rows) > _SHOWN:
            lines.append(f"  and {len(rows) - _SHOWN} more in lines.parquet")
    return "\n".join(lines)


def status_changes(rehearsal: Rehearsal) -> list[tuple[str, int]]:
    """How often a line's status becomes another, most often first."""
    counted = Counter(
        f"{row['status_now']} -> {row['status_by_draft']}"
        for row in rehearsal.lines.to_pylist()
        if row["change"] == "unchanged" and row["status_now"] != row["status_by_draft"]
    )
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def write(rehearsal: Rehearsal, folder: Path, signed_by: tuple[str, ...] = ()) -> None:
    """Writes rehearsal.html, lines.parquet and towns.parquet; names of households are not in them."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pq.write_table(rehearsal.lines, folder / "lines.parquet", compression="zstd")
    pq.write_table(rehearsal.towns, folder / "towns.parquet", compression="zstd")
    (folder / "rehearsal.html").write_text(_page(rehearsal, signed_by), encoding="utf-8")
    for path in folder.iterdir():
        path.chmod(0o600)


def _page(rehearsal: Rehearsal, signed_by: tuple[str, ...]) -> str:
    heads = [both(*head) for head in _HEADS]
    load = [*(both(*head) for head in _LOAD), ""]
    towns = by_town(rehearsal)
    overload = rehearsal.overloaded
    parts = [
        heading("草案的改动", "What the draft changes"),
        page.table(
            [both("文件", "File"), both("改动", "Change"), both("现行", "Now"), both("草案", "Draft")],
            [[c.where, c.what, c.before, c.after] for c in rehearsal.changes],
        ),
        *(paragraph(both(*note)) for note in rehearsal.notes),
    ]
    if overload:
        parts.append(
            paragraph(
                both("超负荷：", "Overloaded: "),
                "、".join(f"{_town_name(code)} {code}" for code in overload),
                f"(> {rehearsal.overload_multiple} ×)",
                *(["签署 signed by: " + "、".join(signed_by)] if signed_by else []),
                kind="bad",
            )
        )
    parts += [
        heading("各月", "By month"),
        page.table([both("月份", "Month"), *heads], by_month(rehearsal)),
        bars(
            ("每月名单户数", "Lines of the lists by month"),
            (("现名单", "now"), ("草案", "draft")),
            [(row[0], (row[1], row[2])) for row in by_month(rehearsal)[:-1]],
        ),
        heading("各镇街", "By town"),
        page.table([both("代码", "Code"), both("镇街", "Town"), *heads, *load], towns),
        bars(
            (
                "最重月份：待访户数与可走访户数之比",
                "Heaviest month: households to visit as a multiple of the visits",
            ),
            (("现行", "now"), ("草案", "draft")),
            [
                (row[1], tuple(round(n / row[-2], 2) if row[-2] else 0 for n in row[-4:-2]))
                for row in towns[:-1]
            ],
            limit=(float(rehearsal.overload_multiple), f"{rehearsal.overload_multiple} ×"),
        ),
        heading("状态变化", "Status changes"),
        bullets([f"{text}: {n:,}" for text, n in status_changes(rehearsal)] or ["–"]),
    ]
    for change, rows in counter_examples(rehearsal).items():
        parts += [
            heading(*_COUNTER[change]),
            bullets([_counter_example(change, row) for row in rows[: 5 * _SHOWN]] or ["–"]),
        ]
    first, last = rehearsal.months[0], rehearsal.months[-1]
    return page.page(f"规则演练 {first}至{last}", f"Rehearsal of rules, {first} to {last}", *parts)


_COUNTER = {
    "entered": (
        "反例：新进名单，但此前走访不属实",
        "Counter-examples: entered, though a visit before found no hardship",
    ),
    "left": ("反例：退出名单，但走访属实", "Counter-examples: left, though a visit confirmed hardship"),
}


def _counter_example(change: str, row: dict) -> str:
    when, outcome = (
        (row["visited_before_on"], row["outcome_before"])
        if change == "entered"
        else (row["known_visited_on"], row["known_outcome"])
    )
    reason = row["reason_now"] if change == "entered" else row["reason_by_draft"]
    return (
        f"{row['household_key']} {row['town_code']} {str(row['month'])[:7]}: {outcome} {when}; "
        f"{'now' if change == 'entered' else 'by the draft'} {reason}"
    )


def _sums(rows: list[dict]) -> list[int]:
    return [sum(row[name] for row in rows) for name in _SUMS]


def _town_name(code: str) -> str:
    return town_names().get(code, ("", ""))[0]
