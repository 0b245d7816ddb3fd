"""Link: joins the accepted extracts on the resident into residents, households and their profiles."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from pipelines import delivery
from pipelines.contract import Contract
from pipelines.database import Database
from pipelines.delivery import Delivery
from pipelines.lake import Lake
from pipelines.link.fold import fold_month, fold_window
from pipelines.link.households import place_households
from pipelines.link.inputs import inputs_of
from pipelines.link.sources import lay_out_asked, lay_out_repaired_rows, lay_out_sources
from pipelines.link.step import Step, broken_grain, take
from pipelines.month import Month
from pipelines.problem import HardshipError

__all__ = ["fold_window", "link"]

STEPS = (
    Step(
        (
            "known", "income_windows", "benefit_ends", "covered_residents", "resident_benefits",
            "resident_statuses", "resident_facts", "household_coverage",
        ),
        ("resident_profile",),
        ("benefit_ends", "covered_residents", "resident_benefits", "resident_statuses"),
    ),
    Step(("household_sums",), (), ("resident_facts",)),
    Step(
        (
            "household_places", "household_assets", "household_events", "visited_numbers", "last_visits",
            "repaired_evidence", "carried_evidence",
        ),
        ("household_profile",),
    ),
)  # fmt: skip

# Of who lives with whom; the first two are part of the profiles as well.
_HOUSEHOLDS = ("members", "household_links", "placed", "household_deaths", "household_conflicts")


def link(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> dict[str, int]:
    """Writes the lake table `profiles` of the month; returns the counts of residents and households.

    Raises HardshipError when a required extract (the residents' register) may not be used.
    """
    deliveries = delivery.deliveries(contracts, month, lake)
    _require(contracts, deliveries)
    folded = {"state": fold_window(contracts, month, lake), "fold": fold_month(contracts, month, lake)}
    households = place_households(contracts, deliveries, month, lake, folded)
    inputs = inputs_of(contracts, deliveries, month, lake) | folded | {"households": households}
    if not lake.is_current("profiles", month, inputs):
        with Database() as database, lake.write("profiles", month, inputs) as folder:
            lay_out_sources(database, contracts, deliveries, month, lake)
            lay_out_asked(database, month, lake)
            lay_out_repaired_rows(database, contracts)
            placed = lake.resolve("households", month)
            for name in _HOUSEHOLDS:
                database.view(name, placed / f"{name}.parquet")
            for name in _HOUSEHOLDS[:2]:
                _same_file(placed / f"{name}.parquet", folder / f"{name}.parquet")
            take(STEPS, database, folder)
            database.register("delivered", _deliveries_table(deliveries))
            database.write("select * from delivered order by extract", folder / "deliveries.parquet")
            _check_numbers(database, folder)
    with Database() as database:
        folder = lake.resolve("profiles", month)
        database.view("members", folder / "members.parquet")
        database.view("household_profile", folder / "household_profile.parquet")
        return {
            "residents": database.value("select count(*) from members where is_alive"),
            "households": database.value("select count(*) from household_profile"),
        }


def _same_file(source: Path, target: Path) -> None:
    """Under a second name, or copied where the file system knows none (some shares of offices)."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _require(contracts: Mapping[str, Contract], deliveries: list[Delivery]) -> None:
    for item in deliveries:
        if contracts[item.extract].is_required and item.as_of != item.month:
            reasons = " ".join(reason["en"] for reason in item.reasons)
            raise HardshipError(
                f"{item.extract} is {item.status} for {item.month} and no earlier delivery may stand in for "
                f"it: without it nobody knows who lives here. {reasons} "
                "Ask the department to deliver it again, then run the month again."
            )


def _deliveries_table(deliveries: list[Delivery]) -> pa.Table:
    schema = pa.schema(
        [
            ("extract", pa.string()),
            ("department", pa.string()),
            ("month", pa.date32()),
            ("status", pa.string()),
            ("as_of_month", pa.date32()),
            ("rows_in", pa.int64()),
            ("accepted", pa.int64()),
            ("rejected", pa.int64()),
            ("reason_zh", pa.string()),
            ("reason_en", pa.string()),
            ("towns_missing", pa.list_(pa.string())),
            (
                "towns_carried",
                pa.list_(pa.struct([("town_code", pa.string()), ("as_of_month", pa.date32())])),
            ),
        ]
    )
    rows = [
        {
            "extract": item.extract,
            "department": item.department,
            "month": item.month.start,
            "status": item.status,
            "as_of_month": item.as_of.start if item.as_of else None,
            "rows_in": item.rows_in,
            "accepted": item.accepted,
            "rejected": item.rejected,
            "reason_zh": "；".join(reason["zh"] for reason in item.reasons),
            "reason_en": "; ".join(reason["en"] for reason in item.reasons),
            "towns_missing": list(item.towns_missing),
            "towns_carried": [
                {"town_code": town, "as_of_month": m.start} for town, m in item.towns_carried.items()
            ],
        }
        for item in deliveries
    ]
    return pa.Table.from_pylist(rows, schema=schema)


def _check_numbers(database: Database, folder: Path) -> None:
    """Every resident is described once, and every household number is given once."""
    database.view("described", folder / "resident_profile.parquet")
    residents = database.value("select count(*) from placed")
    described = database.value("select count(*) from described")
    if residents != described:
        raise broken_grain(f"{residents} residents but {described} of them described")
    database.view("written", folder / "household_profile.parquet")
    numbers = database.value("select count(*) from household_sums")  # grouped by the number
    households = database.value("select count(*) from written")
    if households != numbers:
        raise broken_grain(f"{households} households but {numbers} household numbers")
