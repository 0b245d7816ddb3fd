"""The towns' lists: listed, waiting and gone households with the names and addresses a visit needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contract import Contract
from pipelines.database import Database
from pipelines.delivery import delivery
from pipelines.identity import masked_id
from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.problem import HardshipError
from pipelines.reference import REFERENCE

_REGISTERS = (
    "public_security__residents",
    "public_security__residence_permits",
    "towns__living_places",
)
_DETECTED = ("candidates", "exclusions", "cases", "matches")


@dataclass(frozen=True)
class TownLists:
    """All towns' rows: `listed` in published order, `waiting` longest first, `changes` since last month."""

    listed: pl.DataFrame
    waiting: pl.DataFrame
    changes: pl.DataFrame


def town_lists(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> TownLists:
    """Rows for every town; raises HardshipError when a household would be lost or doubled on the way.

    Names and addresses are read here, of the households named to a town alone, and go nowhere but into the
    towns' folders.
    """
    matches, profiles = lake.resolve("matches", month), lake.resolve("profiles", month)
    with Database() as db:
        for table in _DETECTED:
            db.view(table, matches / f"{table}.parquet")
        for table in ("members", "resident_profile", "household_profile"):
            db.view(table, profiles / f"{table}.parquet")
        _lay_out_registers(db, contracts, month, lake)
        db.register("communities", _communities())
        db.register("previous_candidates", _previous_candidates(month, lake))
        for name in ("named_households", "named_members", "identities", "visited_households"):
            db.table(name)
        listed, waiting, changes = (
            _fetched(db, name) for name in ("town_lists", "town_waiting", "town_changes")
        )
        expected = db.value("select count(*) from candidates")
    if len(listed) != expected or listed["household_key"].n_unique() != expected:
        raise HardshipError(
            f"{expected} households are listed for {month}, but the towns' lists have {len(listed)} rows. "
            "Nothing was published: a household has two places or two heads; look at the profiles."
        )
    return TownLists(
        listed=_masked(listed).sort("town_code", "rank", "household_key"),
        waiting=waiting.sort(
            "town_code",
            "months_waiting",
            pl.col("dimensions").list.len(),
            "household_key",
            descending=[False, True, True, False],
            nulls_last=True,
        ),
        changes=changes.sort("town_code", "previous_rank", "household_key"),
    )


def _lay_out_registers(db: Database, contracts: Mapping[str, Contract], month: Month, lake: Lake) -> None:
    """The extracts that say who people are and where they live, as link used them."""
    db.register("reference", pa.table({"month_end": [month.end]}))
    for extract in _REGISTERS:
        files = delivery(contracts[extract], month, lake).files(lake)
        db.view_or_nothing(extract, files, contracts[extract].rows_schema)
        db.lazy(f"stg_{extract}")


def _fetched(db: Database, name: str) -> pl.DataFrame:
    db.table(name)
    return pl.from_arrow(db.arrow(f"select * from {name}"))


def _masked(listed: pl.DataFrame) -> pl.DataFrame:
    shown = [masked_id(text) if text else None for text in listed["head_id"]]
    return listed.with_columns(pl.Series("head_id_masked", shown, pl.String)).drop("head_id")


def _communities() -> pa.Table:
    columns = {"community_code": pl.String, "town_code": pl.String}
    return pl.read_csv(REFERENCE / "communities.csv", schema_overrides=columns).to_arrow()


def _previous_candidates(month: Month, lake: Lake) -> pa.Table:
    """Last month's list as it was published; nothing before the first publication."""
    folder = lake.resolve("published", month.plus(-1))
    columns = ["household_key", "town_code", "rank"]
    if folder:
        return pq.read_table(Path(folder) / "candidates.parquet", columns=columns)
    return pa.table(
        {"household_key": pa.array([], pa.string()), "town_code": pa.array([], pa.string()),
         "rank": pa.array([], pa.int64())}
    )  # fmt: skip
