"""Resolved: of each extract the share of its people whom the registers of its month know, told once."""

from __future__ import annotations

import json
from collections.abc import Mapping

import polars as pl

from pipelines import delivery
from pipelines.contract import Contract
from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.resident_keys import count_known, each_once, in_order

SCORED_MONTHS = 12
TABLE = "resolved"
_FILE = "shares.json"


def resolved_shares(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> dict[str, float]:
    """Shares by extract, of those that name people and were accepted in a month with a register.

    Kept in the lake: a scorecard shows twelve months, of which eleven were told the month before. An extract
    is gone through again when its rows or the registers of its month are others.
    """
    registers = _registers(contracts, month, lake)
    asked = {i: lake.digest(f"parquet/{i}", month) for i in _naming_people(contracts, month, lake)}
    if not registers or not asked:
        return {}
    inputs = {
        "rows": asked,
        "registers": [lake.digest(f"parquet/{i}", as_of) for i, as_of in registers],
    }
    about = lake.about(TABLE, month)
    kept = _read(month, lake) if about else {}
    if about and about["inputs"] == inputs:
        return kept
    before = (
        about["inputs"] if about and about["inputs"]["registers"] == inputs["registers"] else {"rows": {}}
    )
    same = {i for i, digest in asked.items() if before["rows"].get(i) == digest and i in kept}
    fresh = [i for i in asked if i not in same]
    known = _known_people(registers, lake) if fresh else None
    shares = {i: kept[i] if i in same else _share(contracts[i], month, lake, known) for i in sorted(asked)}
    with lake.write(TABLE, month, inputs) as folder:
        told = {extract: share for extract, share in shares.items() if share is not None}
        (folder / _FILE).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return told


def tell_shares_before(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> None:
    """Tells the shares of the months that the month's scorecard shows beside it, where they are not told."""
    for past in month.plus(-1).window(SCORED_MONTHS - 1):
        resolved_shares(contracts, past, lake)


def _read(month: Month, lake: Lake) -> dict[str, float]:
    return json.loads((lake.resolve(TABLE, month) / _FILE).read_text(encoding="utf-8"))


def _registers(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> list[tuple[str, Month]]:
    found = [
        (extract, delivery.delivery(contracts[extract], month, lake))
        for extract in delivery.REGISTERS
        if extract in contracts
    ]
    return [(extract, used.as_of) for extract, used in found if used.rows(lake)]


def _naming_people(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> list[str]:
    return [
        contract.id
        for contract in contracts.values()
        if contract.id not in delivery.REGISTERS
        and delivery.person_column(contract)
        and delivery.accepted_rows(contract.id, month, lake)
    ]


def _known_people(registers: list[tuple[str, Month]], lake: Lake) -> pl.DataFrame:
    files = [delivery.accepted_rows(extract, as_of, lake) for extract, as_of in registers]
    keys = pl.concat([pl.read_parquet(path, columns=["resident_key"]).to_series() for path in files])
    return each_once(in_order(keys))


def _share(contract: Contract, month: Month, lake: Lake, known: pl.DataFrame) -> float | None:
    path = delivery.accepted_rows(contract.id, month, lake)
    keys = pl.read_parquet(path, columns=[delivery.person_column(contract)]).to_series()
    people = each_once(in_order(keys))
    return count_known(people, known) / people.height if people.height else None
