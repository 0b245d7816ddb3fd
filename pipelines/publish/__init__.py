"""Publish: candidates and identities to one list per town, the analysts' tables and the manifest."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import manifest
from pipelines.contract import Contract
from pipelines.delivery import deliveries
from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.password import fingerprint, password_of
from pipelines.problem import HardshipError, Problems
from pipelines.publish.catalogue import write_catalogue
from pipelines.publish.measures import measures
from pipelines.publish.revision import revision_of, write_revision
from pipelines.publish.summary import rendered, summary
from pipelines.publish.tables import ANALYSTS, brought_to_contract, published_contracts, write_parquet
from pipelines.publish.town_folders import write_town_folders
from pipelines.publish.town_lists import town_lists
from pipelines.reference import towns
from pipelines.rule.order import Order, order_in_force

__all__ = ["publish", "rendered", "summary"]


def publish(
    contracts: Mapping[str, Contract], month: Month, lake: Lake, rules: Path = manifest.RULES
) -> dict:
    """Writes the month's lists and tables as one revision of `published` and returns their counts.

    Nothing appears unless every table keeps its contract, every listed household stands on exactly
    one town's list, and every household with a match is either listed or has a reason why not.
    Raises Problems for broken contracts, HardshipError when the stages before have not run.
    """
    began = time.monotonic()
    for table, stage in (("profiles", "link"), ("matches", "detect")):
        if lake.resolve(table, month) is None:
            raise HardshipError(f"{month} cannot be published: {stage} has not run. Run the month first.")
    published = published_contracts()
    extracts = {i: c for i, c in contracts.items() if "__" in i}
    what_went_in = manifest.inputs_of({**extracts, **published}, month, lake, rules)
    made_from = {
        **{table: lake.digest(table, month) for table in ("profiles", "matches")},
        "last_month": lake.digest("published", month.plus(-1)),
        "inputs": manifest.digest_of(what_went_in),
        **_passwords(lake.secret()),
    }
    if not lake.is_current("published", month, made_from):
        _write(extracts, published, month, lake, rules, what_went_in, made_from)
        about = lake.about("published", month)
        manifest.record_run(
            month, lake, stage="publish", finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - began, 1), revision=about["revision"], digest=about["digest"],
        )  # fmt: skip
    write_catalogue(lake, published)
    return manifest.read_manifest(month, lake)["counts"]


def _write(extracts, published, month: Month, lake: Lake, rules: Path, what_went_in: dict, made_from: dict):
    codes = {town.code for town in towns()}
    with ThreadPoolExecutor(1) as pool:
        # People are looked up by the database while tables are checked by others.
        named = pool.submit(town_lists, extracts, month, lake)
        tables = _tables(extracts, published, month, lake, codes)
        lists = named.result()
    order = order_in_force(month, rules)
    sums = _sums(tables["candidates"], order)
    listed, problems = brought_to_contract(
        lists.listed.join(sums, on="household_key").to_arrow(compat_level=pl.CompatLevel.oldest()),
        published["town_list"],
        codes,
    )
    if problems:
        raise Problems(f"{month} was not published: the towns' lists break their contract", problems)
    earlier = lake.resolve("published", month)
    revision = revision_of(earlier, pl.from_arrow(listed), what_went_in)
    with lake.write("published", month, made_from) as folder:
        for name, table in tables.items():
            write_parquet(table, folder / f"{name}.parquet")
        write_town_folders(
            folder / "towns", month, listed, lists, tables["coverage"],
            deliveries(extracts, month, lake), extracts, published, order,
            revision, before=earlier / "towns" if earlier else None,
        )  # fmt: skip
        write_revision(revision, folder)
        manifest.write_manifest(folder, month, what_went_in, manifest.steps_of(month, lake), _counts(tables))


def _tables(extracts, published, month: Month, lake: Lake, codes: set[str]) -> dict[str, pa.Table]:
    """The analysts' tables by name; raises Problems when one of them breaks its contract."""
    detected = lake.resolve("matches", month)
    measured = measures(month, lake, extracts["towns__visits"])
    tables, problems = {}, []
    for name in ANALYSTS:
        table = measured[name] if name in measured else pq.read_table(detected / f"{name}.parquet")
        tables[name], found = brought_to_contract(table, published[name], codes)
        problems += found
    if problems:
        raise Problems(f"{month} was not published: tables break their contracts", problems)
    _check_conservation(month, tables)
    return tables


def _passwords(secret: bytes) -> dict:
    """A town whose password changed needs its workbook anew."""
    passwords = {town.code: password_of(town.code) for town in towns()}
    known = {code: fingerprint(password, secret) for code, password in passwords.items() if password}
    return {"passwords": known} if known else {}


def _check_conservation(month: Month, tables: dict[str, pa.Table]) -> None:
    """A household with a match is listed or excluded, never both and never neither."""
    keys = {
        name: tables[name]["household_key"].to_pylist() for name in ("candidates", "exclusions", "matches")
    }
    listed, excluded, matched = (set(keys[name]) for name in ("candidates", "exclusions", "matches"))
    twice = len(keys["exclusions"]) - len(excluded)
    lost = matched - listed - excluded
    if listed & excluded or listed - matched or twice or lost:
        raise HardshipError(
            f"{month} was not published. Of its households {len(listed & excluded)} are listed and excluded "
            f"at once, {len(listed - matched)} are listed without a match, {twice} are excluded twice, "
            f"{len(lost)} match a rule and are neither. This is an error in detect, not in the data."
        )


def _sums(candidates: pa.Table, order: Order) -> pl.DataFrame:
    frame = pl.from_arrow(candidates)
    return frame.select("household_key").with_columns(order.sums(frame))


def _counts(tables: dict[str, pa.Table]) -> dict:
    candidates, exclusions = pl.from_arrow(tables["candidates"]), pl.from_arrow(tables["exclusions"])
    return {
        "listed": len(candidates),
        "excluded": len(exclusions),
        "listed_by_status": _by(candidates, "status"),
        "excluded_by_reason": _by(exclusions, "reason"),
        "listed_by_town": _by(candidates, "town_code"),
    }


def _by(frame: pl.DataFrame, column: str) -> dict:
    return dict(frame.group_by(column).len().sort(column).iter_rows())
