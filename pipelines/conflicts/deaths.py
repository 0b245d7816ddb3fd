"""Deaths in one source and signs of life after them in another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from pipelines.contract import Contract
from pipelines.delivery import accepted_rows, is_usable, usable_months
from pipelines.lake import Lake
from pipelines.month import WINDOW, Month

# Whoever pays in, earns or sees a doctor lives. Pensions are often paid on, and stays settled later.
_LIFE = {
    "human_resources__contributions": ("contribution_month_on", None),
    "taxation__incomes": ("income_month_on", pl.col("income_kind").is_in(["wages", "labour", "business"])),
    "medical_insurance__settlements": (
        "settled_on",
        pl.col("visit_kind").is_in(["11", "14"])
        & (pl.col("total_yuan") > 0)
        & ~pl.col("is_refund").fill_null(False),
    ),
}  # fmt: skip
_NOBODY = pl.DataFrame(
    schema={
        "resident_key": pl.Int64, "seen_on": pl.Date, "died_on": pl.Date, "death_source": pl.String,
        "is_dismissed": pl.Boolean, "life_source": pl.String,
    }
)  # fmt: skip
_DEATHS = {"public_security__cancellations": "event_on", "civil_affairs__funerals": "died_on"}


def rows_read(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> dict[str, list[Month]]:
    """Per extract the months whose rows tell of deaths (ever) or of life (the window)."""
    deaths = {e: sorted(usable_months(e, lake, before=month.plus(1))) for e in _DEATHS if e in contracts}
    lives = {e: [m for m in month.window(WINDOW) if is_usable(e, m, lake)] for e in _LIFE if e in contracts}
    return deaths | lives


def life_after_death(
    contracts: Mapping[str, Contract], month: Month, dismissed: pl.DataFrame, lake: Lake
) -> pl.DataFrame:
    """One row per person whose death was reported and who contributed, earned or saw a doctor over a month
    later, with the latest such day.

    Of a person found alive (`dismissed`: resident_key, dismissed_until_on) a death reported since counts
    before the one that was dismissed; `is_dismissed` says which one a row speaks of.
    """
    read = rows_read(contracts, month, lake)
    deaths = _deaths(read, month, dismissed, lake)
    found = [_NOBODY]
    if deaths is not None:
        found += [_signs(extract, read.get(extract, []), deaths, lake) for extract in _LIFE]
    signs = pl.concat(found).sort("resident_key", "seen_on", "life_source", descending=[False, True, False])
    return signs.unique("resident_key", keep="first", maintain_order=True)


def deaths_with_life(signs: pl.DataFrame, people: pl.DataFrame) -> Iterator[dict]:
    """Life after death as conflicts."""
    who = people.unique("resident_key", keep="first", maintain_order=True)
    found = signs.join(who.select("resident_key", "resident_id", "name"), on="resident_key", how="left")
    for row in found.iter_rows(named=True):
        yield {
            "kind": "death_and_life", "resident_key": row["resident_key"], "other_key": None,
            "first_id": row["resident_id"], "first_name": row["name"], "first_source": row["death_source"],
            "second_id": row["resident_id"], "second_name": row["name"], "second_source": row["life_source"],
            "detail_zh": f"{row['died_on']}登记死亡，{row['seen_on']}仍有记录",
            "detail_en": f"death on {row['died_on']}, a record of {row['seen_on']}",
            "is_dismissed": row["is_dismissed"],
        }  # fmt: skip


def _deaths(
    read: Mapping[str, list[Month]], month: Month, dismissed: pl.DataFrame, lake: Lake
) -> pl.DataFrame | None:
    frames = []
    for extract, column in _DEATHS.items():
        for past in read.get(extract, []):
            path = accepted_rows(extract, past, lake)
            if path:
                rows = pl.scan_parquet(path)
                if extract == "public_security__cancellations":
                    rows = rows.filter(pl.col("reason") == "death")
                frames.append(
                    rows.select("resident_key", died_on=column, death_source=pl.lit(extract)).collect()
                )
    if not frames:
        return None
    told = pl.concat(frames).filter(pl.col("died_on") <= month.end)
    told = told.join(dismissed, on="resident_key", how="left").with_columns(
        is_dismissed=(pl.col("died_on") <= pl.col("dismissed_until_on")).fill_null(False)
    )
    first = told.sort("resident_key", "is_dismissed", "died_on", "death_source")
    return first.unique("resident_key", keep="first", maintain_order=True)


def _signs(extract: str, months: list[Month], deaths: pl.DataFrame, lake: Lake) -> pl.DataFrame:
    files = [path for m in months if (path := accepted_rows(extract, m, lake))]
    if not files:
        return _NOBODY
    column, condition = _LIFE[extract]
    asked = [column, *(condition.meta.root_names() if condition is not None else ())]
    # The dead are few: of tens of millions of rows only theirs are looked at, and asked what they say.
    is_of_dead = pl.col("resident_key").is_in(deaths["resident_key"].implode())
    rows = pl.scan_parquet(files).filter(is_of_dead).select("resident_key", *asked).collect()
    rows = rows if condition is None else rows.filter(condition)
    seen = rows.group_by("resident_key").agg(seen_on=pl.col(column).max())
    late = seen.join(deaths, on="resident_key").filter(
        pl.col("seen_on") > pl.col("died_on").dt.offset_by("1mo")
    )
    return late.with_columns(life_source=pl.lit(extract)).select(_NOBODY.columns)
