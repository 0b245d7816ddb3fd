"""Link: joins the accepted extracts on the resident into residents, households and their profiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipelines import delivery, rule
from pipelines.contract import Contract
from pipelines.database import Database
from pipelines.delivery import Delivery
from pipelines.lake import Lake, code_digest
from pipelines.link.fold import fold_month, fold_window, lay_out_state
from pipelines.link.sources import (
    lay_out_sources,
    left_out,
    minimum_wages,
    months_used,
    previous_profiles,
)
from pipelines.month import WINDOW, Month
from pipelines.problem import HardshipError

__all__ = ["fold_window", "link"]


@dataclass(frozen=True)
class Step:
    """Relations to compute, in order: each may read those above it; what is then written, and what nobody
    reads any more. A city of millions fits into memory only because nothing is kept for longer."""

    computed: tuple[str, ...]
    written: tuple[str, ...] = ()
    done_with: tuple[str, ...] = ()


STEPS = (
    Step(
        (
            "departures", "residents", "known", "people_before", "resident_money", "earners", "spouses",
            "guardianships", "parent_claims", "dependants", "co_parents", "register_groups", "joined_groups",
            "living_together", "household_numbers", "deceased", "members",
        ),
        ("household_links", "members"),
        (
            "people_before", "spouses", "guardianships", "parent_claims", "dependants", "co_parents",
            "register_groups", "joined_groups", "living_together", "household_numbers",
        ),
    ),
    Step(
        (
            "benefit_ends", "covered_residents", "resident_fees", "resident_facts", "household_coverage",
            "household_deaths",
        ),
        ("resident_profile",),
        ("resident_money", "earners", "benefit_ends", "covered_residents", "resident_fees"),
    ),
    Step(("household_sums", "household_places"), (), ("resident_facts",)),
    Step(
        (
            "household_assets", "household_events", "visited_numbers", "last_visits", "repaired_evidence",
            "carried_evidence", "household_conflicts",
        ),
        (),
        ("residents",),
    ),
    Step((), ("household_profile",)),
)  # fmt: skip

# Each ordered by a unique key so that bytes do not depend on threads.
ORDER = {
    "members": "household_no, resident_key",
    "household_links": "resident_key, linked_key, link_type, source",
    "resident_profile": "household_no, resident_key",
    "household_profile": "household_no",
}


def link(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> dict[str, int]:
    """Writes the lake table `profiles` of the month; returns the counts of residents and households.

    Raises HardshipError when a required extract (the residents' register) may not be used.
    """
    deliveries = delivery.deliveries(contracts, month, lake)
    _require(contracts, deliveries)
    inputs = _inputs(contracts, deliveries, month, lake)
    inputs |= {"state": fold_window(contracts, month, lake), "fold": fold_month(contracts, month, lake)}
    if not lake.is_current("profiles", month, inputs):
        with Database() as database, lake.write("profiles", month, inputs) as folder:
            lay_out_sources(database, contracts, deliveries, month, lake)
            lay_out_state(database, month, lake)
            for step in STEPS:
                _take(step, database, folder)
                if "members" in step.computed:
                    _check_everybody_is_placed(database)
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


def _take(step: Step, database: Database, folder: Path) -> None:
    for name in step.computed:
        database.table(name)
    for name in step.written:
        if name not in step.computed:
            database.lazy(name)
        database.write(f"select * from {name} order by {ORDER[name]}", folder / f"{name}.parquet")
    for name in step.done_with:
        database.drop(name)


def _require(contracts: Mapping[str, Contract], deliveries: list[Delivery]) -> None:
    for item in deliveries:
        if contracts[item.extract].is_required and item.as_of != item.month:
            reasons = " ".join(reason["en"] for reason in item.reasons)
            raise HardshipError(
                f"{item.extract} is {item.status} for {item.month} and no earlier delivery may stand in for "
                f"it: without it nobody knows who lives here. {reasons} "
                "Ask the department to deliver it again, then run the month again."
            )


def _inputs(contracts: Mapping[str, Contract], deliveries: list[Delivery], month: Month, lake: Lake) -> dict:
    """Everything the profiles are made from, by content hash."""
    used = months_used(contracts, deliveries, month, lake)
    return {
        "deliveries": {
            item.extract: [
                item.status,
                str(item.as_of),
                [r["en"] for r in item.reasons],
                [
                    [town, str(m), lake.digest(f"parquet/{item.extract}", m)]
                    for town, m in item.towns_carried.items()
                ],
                lake.digest(f"standing_in/{item.extract}", item.as_of) if item.towns_carried else None,
            ]
            for item in deliveries
        },
        "rows": {
            extract: {str(m): lake.digest(f"parquet/{extract.partition(' ')[0]}", m) for m in months}
            for extract, months in used.items()
        },
        "left_out": sorted(map(str, left_out(contracts, used, lake))),
        "previous": {str(m): lake.digest("profiles", m) for m in previous_profiles(lake, month)},
        "household_keys": {str(m): lake.digest("matches", m) for m in lake.months("matches") if m < month},
        "conflicts": lake.digest("conflicts", month),
        "parameters": rule.parameters_in_force(month=month),
        "minimum_wages": minimum_wages(month.window(WINDOW)),
        "code": code_digest("link"),
    }


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


def _check_everybody_is_placed(database: Database) -> None:
    """Every resident is in exactly one household."""
    # Keys are random: as many with the same sum are the same, which counting the distinct ones would say
    # at twenty times the cost.
    all_keys = "select count(*), sum(resident_key) from"
    residents = database.values(f"{all_keys} residents")
    placed = database.values(f"{all_keys} members where is_alive")
    if residents != placed:
        raise _broken_grain(f"{residents[0]} residents but {placed[0]} placed, or others")


def _check_numbers(database: Database, folder: Path) -> None:
    """Every resident is described once, and every household number is given once."""
    database.view("described", folder / "resident_profile.parquet")
    residents = database.value("select count(*) from members where is_alive")
    described = database.value("select count(*) from described")
    if residents != described:
        raise _broken_grain(f"{residents} residents but {described} of them described")
    database.view("written", folder / "household_profile.parquet")
    numbers = database.value("select count(*) from household_sums")  # grouped by the number
    households = database.value("select count(*) from written")
    if households != numbers:
        raise _broken_grain(f"{households} households but {numbers} household numbers")


def _broken_grain(found: str) -> HardshipError:
    return HardshipError(f"Linking broke its grain: {found}. This is a defect; nothing was written.")
