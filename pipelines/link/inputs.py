"""Inputs: what link's tables are made from, so that they are made again when any of it has changed."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines import rule
from pipelines.contract import Contract
from pipelines.delivery import Delivery
from pipelines.lake import Lake, code_digest
from pipelines.link.sources import left_out, minimum_wages, months_used, previous_profiles
from pipelines.month import WINDOW, Month


def inputs_of(
    contracts: Mapping[str, Contract], deliveries: list[Delivery], month: Month, lake: Lake
) -> dict:
    """Everything that link makes its tables from, of these extracts and beside them, by content hash."""
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
