"""A published city of three months, made up table by table, and its pages as a reader takes them apart."""

from __future__ import annotations

import datetime as dt
import json
import random
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.contract import SCHEMAS, load_contract
from pipelines.lake import Lake
from pipelines.manifest import RULES as RULES_IN_FORCE
from pipelines.month import Month
from pipelines.report import report
from pipelines.report.answers import QUERIES
from pipelines.report.pages import city_page
from pipelines.report.small import LIMIT
from pipelines.report.view import city_view

APRIL, MAY, JUNE = Month(2022, 4), Month(2022, 5), Month(2022, 6)
TOWNS = pl.read_csv(SCHEMAS.parent / "data/reference/towns.csv", schema_overrides={"code": pl.String})
CODES = TOWNS["code"].to_list()
NAMES = dict(zip(CODES, TOWNS["name_en"].str.split(" (").list.first(), strict=True))  # as on a chart
FEW, NOBODY = "442000112", "442000117"  # a town with three households on its list, one with none
DIMENSIONS = ("medical", "employment", "disability", "education", "income", "accident", "housing")
STATUSES = ("new", "new", "continuing", "continuing", "continuing", "escalated", "reopened", "de_escalated")
REASONS = (
    "covered",
    "assets",
    "below_bar",
    "below_bar",
    "below_bar",
    "recently_verified",
    "waiting_for_capacity",
)
OUTCOMES = (
    "confirmed_helped",
    "confirmed_helped",
    "confirmed_pending",
    "not_in_hardship",
    "moved",
    "not_reached",
)
RULES = ("heavy_medical_spending", "unemployment", "low_income", "recent_car")


def lay_published(lake: Lake, month: Month) -> None:
    """One published month of some six hundred listed households; the same month is always the same."""
    chance = random.Random(str(month))
    rows: dict[str, list[dict]] = {table: [] for tables in QUERIES.values() for table in tables}
    for place, code in enumerate(CODES):
        listed = {FEW: 3, NOBODY: 0}.get(code, 6 + 3 * place)
        keys = [f"H{month.ordinal:06X}{place:04X}{number:06X}" for number in range(2 * listed + 20)]
        visits = 5 if code == FEW else listed + 10
        for number, key in enumerate(keys):
            dimensions = chance.sample(DIMENSIONS, chance.choice((0, 1, 2, 2, 3)))
            common = {"household_key": key, "town_code": code, "dimensions": dimensions}
            if number < listed:
                status = "new" if month == APRIL else chance.choice(STATUSES)
                hukou = chance.choice((True, False, None) if place % 5 else (True,))
                rows["candidates"].append({**common, "status": status, "has_local_hukou": hukou})
            else:
                rows["exclusions"].append({**common, "reason": chance.choice(REASONS)})
            is_covered = number % 17 == 0
            rows["cases"].append(
                {**common, "status": "covered" if is_covered else "listed", "first_listed_month": APRIL.start}
            )
            if month != APRIL and number < visits:
                day = month.start + dt.timedelta(days=chance.randrange(28))
                rows["visit_results"].append(
                    {**common, "visited_on": day, "outcome": chance.choice(OUTCOMES)}
                )
        for hukou, share in (("local", 2), ("elsewhere", 1), ("unknown", 1)):
            homes = 40 * (place + 2) * share
            rows["population"].append(
                {"town_code": code, "hukou": hukou, "households": homes, "residents": 2 * homes + place}
            )
        waiting = sum(
            r["town_code"] == code and r["reason"].startswith("waiting") for r in rows["exclusions"]
        )
        rows["town_loads"].append(
            {"town_code": code, "households": 160 * (place + 2), "listed": listed, "waiting": waiting,
             "visits": 60, "load": (listed + waiting) / 60, "is_unlike_city": place == 7}
        )  # fmt: skip
        rows["coverage"] += [
            {"town_code": code, "extract": "health__births", "department": "health", "dimension": dimension,
             "households": 160 * (place + 2), "households_unknown": 2 if code == FEW else 10 * place}
            for dimension in DIMENSIONS
        ]  # fmt: skip
        rows["answers"] += [
            {"town_code": code, "rule_id": rule, "rule_status": "stable", "matched": chance.randrange(1, 40),
             "effect": "exclude" if rule == "recent_car" else "signal", "unmatched": 100, "unknown": place}
            for rule in RULES
        ]  # fmt: skip
        rows["audit_sample"] += [
            {"household_key": keys[-1], "town_code": code, "stratum": "below_bar", "eligible_households": 50},
            {"household_key": keys[-2], "town_code": code, "stratum": "unmatched",
             "eligible_households": 500},
        ]  # fmt: skip
    rows["metrics"] = _metrics(month)
    with lake.write("published", month, {}) as folder:
        for table, found in rows.items():
            schema = load_contract(SCHEMAS / f"{table}.yaml").arrow_schema
            full = [{name: row.get(name) for name in schema.names} | {"month": month.start} for row in found]
            pq.write_table(_shaped(full, schema), folder / f"{table}.parquet")
        (folder / "manifest.json").write_text(json.dumps(_manifest(month), ensure_ascii=False))


def _metrics(month: Month) -> list[dict]:
    if month == APRIL:
        return [{"scope": "city", "subject": "all"} | dict.fromkeys(_COUNTS, 0)]

    def row(scope: str, subject: str, visited: int, confirmed: int, **values) -> dict:
        share = confirmed / visited
        return {
            **dict.fromkeys(_COUNTS, 0), "scope": scope, "subject": subject, "listed": visited + 20,
            "not_visited": 20, "visited": visited, "confirmed": confirmed, "precision": round(share, 4),
            "precision_low": round(max(share - 0.1, 0), 4), "precision_high": round(min(share + 0.1, 1), 4),
            "days_listing_to_visit": 24.5, **values,
        }  # fmt: skip

    return [
        row("city", "all", 300, 200, moved_visited=7, days_signal_to_listing=0, days_visit_to_help=3),
        row("rule", "heavy_medical_spending", 120, 90), row("rule", "unemployment", 80, 78),
        row("combination", "heavy_medical_spending+unemployment", 70, 60),
        row("combination", "low_income", 40, 39),
        row("place", "1-10", 200, 160), row("place", "11-20", 100, 40),
        row("rule", "low_income", 4, 3), row("audit", "below_bar", 60, 9), row("audit", "unmatched", 58, 2),
        *(row("town", code, 12, 8) for code in CODES if code != NOBODY),
    ]  # fmt: skip


_COUNTS = (
    "listed", "not_visited", "without_result", "visited", "confirmed", "deceased_visited", "moved_visited",
    "covered_visited",
)  # fmt: skip


def _manifest(month: Month) -> dict:
    def entry(verdict: str) -> dict:
        return {"verdict": verdict, "rows_in": 1200, "accepted": 1190, "rejected": 10, "repaired_values": 31}

    months = [str(m) for m in month.window(12)]
    extracts = {
        "public_security__residents": {m: entry("accepted") for m in months},
        "health__major_illnesses": {m: entry("accepted") for m in months[:-1]},  # late, carried forward
        "medical_insurance__settlements": {
            m: entry("held" if m == months[-1] else "accepted") for m in months
        },
    }
    return {
        "inputs": {"extracts": extracts},
        "steps": {"link": {"resident_profile": 98_765, "household_profile": 45_678}},
    }


def _shaped(rows: list[dict], schema: pa.Schema) -> pa.Table:
    columns = []
    for part in schema:
        values = [row[part.name] for row in rows]
        if pa.types.is_decimal(part.type):
            texts = [None if value is None else f"{value:.{part.type.scale}f}" for value in values]
            columns.append(pa.array(texts, pa.string()).cast(part.type))
        else:
            columns.append(pa.array(values, part.type))
    return pa.Table.from_arrays(columns, schema=schema)


@pytest.fixture(scope="package")
def lake(tmp_path_factory) -> Lake:
    """Three published months; nobody writes to it."""
    lake = Lake(tmp_path_factory.mktemp("lake"))
    for month in (APRIL, MAY, JUNE):
        lay_published(lake, month)
    return lake


def city_page_of(month: Month, lake: Lake, limit: int = LIMIT) -> Read:
    """The city's page alone, as a reader takes it apart."""
    return taken_apart(city_page(city_view(month, lake, RULES_IN_FORCE, limit)))


@pytest.fixture(scope="package")
def page(lake) -> Path:
    """The city's page of June."""
    return report(JUNE, lake)


@dataclass
class Read:
    """A page taken apart, in one language: texts by id and tables by the id of their figure."""

    texts: dict[str, str] = field(default_factory=dict)
    tables: dict[str, list[list[list[str]]]] = field(default_factory=dict)
    tags: list[tuple[str, dict]] = field(default_factory=list)
    text: str = ""
    cards: dict[str, str] = field(default_factory=dict)  # headline numbers

    def table(self, key: str, place: int = 0) -> dict[str, list[str]]:
        """Rows of a figure's table, below its heads, by their first cell."""
        return {row[0]: row[1:] for row in self.tables[key][place][1:]}


class _Reader(HTMLParser):
    _EMPTY = frozenset({"meta", "input", "br", "line", "rect", "circle", "path"})

    def __init__(self, language: str):
        super().__init__()
        self.read, self.language = Read(), language
        self.open: list[tuple[str, dict]] = []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.read.tags.append((tag, given))
        if tag not in self._EMPTY:
            self.open.append((tag, given))
        figure = next((a["id"] for t, a in reversed(self.open) if t == "article"), None)
        if tag == "table":
            self.read.tables.setdefault(figure, []).append([])
        elif tag == "tr":
            self.read.tables[figure][-1].append([])
        elif tag in ("td", "th"):
            self.read.tables[figure][-1][-1].append("")

    def handle_startendtag(self, tag, attributes):
        self.read.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open[-1][0] == tag, f"</{tag}> closes <{self.open[-1][0]}>"
        self.open.pop()

    def handle_data(self, data):
        if any(
            t in ("title", "style", "script", "pre") or a.get("class") == self.language for t, a in self.open
        ):
            return
        self.read.text += data
        if any(tag == "strong" for tag, _ in self.open):
            card = next((a["id"] for _, a in reversed(self.open) if "id" in a), "")
            self.read.cards[card] = data.strip()
        for _, attributes in self.open:
            if "id" in attributes:
                self.read.texts[attributes["id"]] = self.read.texts.get(attributes["id"], "") + data
        if any(tag in ("td", "th") for tag, _ in self.open):
            figure = next(a["id"] for t, a in reversed(self.open) if t == "article")
            self.read.tables[figure][-1][-1][-1] += data.strip()


def read_page(path: Path, without: str = "zh") -> Read:
    """Takes a page apart, leaving out one of its two languages."""
    return taken_apart(path.read_text(encoding="utf-8"), without)


def taken_apart(text: str, without: str = "zh") -> Read:
    """The same of a page's text."""
    reader = _Reader(without)
    reader.feed(text)
    reader.close()
    assert not reader.open, f"never closed: {reader.open}"
    return reader.read
