"""What is known before a file is read: numbers that people confirmed, households on earlier lists."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.confirmations import aliases, confirmations
from pipelines.contract import Contract
from pipelines.lake import Lake
from pipelines.month import Month

# Where a household that a town was asked to visit may stand: on its list or its waiting list, or drawn
# for the audit. The cases hold the first two.
_ASKED_OF_TOWNS = ("cases", "audit_sample")


@dataclass(frozen=True)
class Known:
    """`aliases`: numbers that stand for others; `households`: keys that a list of an earlier month may
    carry, None where no month was published and nothing can be compared."""

    aliases: Mapping[str, str] = field(default_factory=dict)
    households: frozenset[str] | None = None

    def inputs(self) -> dict:
        """Their digests, by name; nothing where nothing is known."""
        told = {
            "aliases": self.aliases or None,
            "households": None if self.households is None else sorted(self.households),
        }
        return {
            name: hashlib.sha256(json.dumps(value).encode()).hexdigest()
            for name, value in told.items()
            if value is not None
        }


def known_before(contract: Contract, month: Month, landing: Path, lake: Lake) -> Known:
    """What is known when the contract's files of a month are read."""
    asked = any(prop.reference == "households" for prop in contract.properties)
    return Known(
        aliases=aliases(confirmations(landing, month)),
        households=listed_households(lake, before=month) if asked else None,
    )


def listed_households(lake: Lake, before: Month | None = None) -> frozenset[str] | None:
    """Keys of the households that towns were asked to visit, by the months published `before` one."""
    folders = [
        lake.resolve("published", month)
        for month in lake.months("published")
        if before is None or month < before
    ]
    files = [folder / f"{name}.parquet" for folder in folders for name in _ASKED_OF_TOWNS]
    files = [path for path in files if path.exists()]
    if not files:
        return None
    keys = pl.concat([pl.scan_parquet(path).select("household_key") for path in files])
    return frozenset(keys.unique().collect()["household_key"])
