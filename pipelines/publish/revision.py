"""Revision: what changed on a month's lists since they were published before, and which files made it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.manifest import FILE as MANIFEST

FILE = "revision.json"

# A place on the list moves with those of others; what is said of a household does not.
_SAID = ("status", "dimensions", "explanation_zh")


@dataclass(frozen=True)
class Revision:
    """A list that was published before, otherwise. Households are published keys, ranks those of their list.

    `arrived`: extracts and months whose files are others than before; `towns`: per town code its
    households that came, that are gone and of whom something else is said.
    """

    number: int
    arrived: list[dict] = field(default_factory=list)
    towns: dict[str, list[dict]] = field(default_factory=dict)

    def cause(self, titles: dict[str, str]) -> str:
        """Why the lists are published again, in words; `titles` are those of extracts."""
        named = [f"{titles.get(a['extract'], a['extract'])}（{a['month']}）" for a in self.arrived]
        return f"其后收到或更正：{'、'.join(named)}" if named else "报送数据未变；规则、核实结论或程序有变"


def revision_of(earlier: Path | None, listed: pl.DataFrame, what_went_in: dict) -> Revision | None:
    """What the lists are to those published before; None for the first ones.

    The same lists as before keep what was said of them: whoever runs a month again without anything
    new changes nothing.
    """
    if earlier is None:
        return None
    before = _lists_of(earlier)
    said = _read(earlier / FILE)
    towns = _changes(before, listed)
    arrived = _arrived(_read(earlier / MANIFEST)["inputs"]["extracts"], what_went_in["extracts"])
    if not towns and not arrived:
        return Revision(**said) if said else None
    return Revision((said or {"number": 1})["number"] + 1, arrived, towns)


def write_revision(revision: Revision | None, folder: Path) -> None:
    """Writes revision.json beside the tables; a first publication has none."""
    if revision:
        text = json.dumps(vars(revision), ensure_ascii=False, indent=1, sort_keys=True)
        (folder / FILE).write_text(text + "\n", encoding="utf-8")


def _lists_of(published: Path) -> pl.DataFrame:
    files = sorted(published.glob("towns/*/list.parquet"))
    return pl.concat(map(pl.read_parquet, files))


def _changes(before: pl.DataFrame, now: pl.DataFrame) -> dict[str, list[dict]]:
    both = _marked(before).join(
        _marked(now), on=["town_code", "household_key"], how="full", suffix="_now", coalesce=True
    )
    both = both.filter(pl.col("said").ne_missing(pl.col("said_now"))).with_columns(
        change=pl.when(pl.col("said").is_null())
        .then(pl.lit("came"))
        .when(pl.col("said_now").is_null())
        .then(pl.lit("gone"))
        .otherwise(pl.lit("changed"))
    )
    rows: dict[str, list[dict]] = {}
    for row in both.sort("town_code", "change", "household_key").iter_rows(named=True):
        told = {key: row[key] for key in ("change", "household_key", "rank", "rank_now")}
        rows.setdefault(row["town_code"], []).append(told)
    return rows


def _marked(lists: pl.DataFrame) -> pl.DataFrame:
    said = pl.struct(_SAID).struct.json_encode().alias("said")
    return lists.select("town_code", "household_key", "rank", said)


def _arrived(before: dict, now: dict) -> list[dict]:
    return [
        {"extract": extract, "month": month}
        for extract, months in sorted(now.items())
        for month, delivered in sorted(months.items())
        if delivered["files"] != before.get(extract, {}).get(month, {}).get("files")
    ]


def _read(path: Path) -> dict | None:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
