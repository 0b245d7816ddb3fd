"""Inputs: the accepted Parquet files that every reference reads, by the names they read them under."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipelines import delivery
from pipelines.contract import SCHEMAS, load_extracts
from pipelines.lake import Lake
from pipelines.month import Month
from tests.bench.laying import READ_BACK

COMMUNITIES = SCHEMAS.parent / "data" / "reference" / "communities.csv"

WINDOW = 12


def accepted_files(lake: Lake, month: Month) -> dict[str, list[Path]]:
    """Files of accepted rows by name: `<extract>`, and `<extract>_window` for rolls read back.

    A flow is the window's months, a roll this month's. Raises LookupError when anything is missing: the
    references know no gaps. Visits are passed over, for the bench's month is the first.
    """
    files: dict[str, list[Path]] = {}
    for extract, contract in load_extracts().items():
        if extract == "towns__visits":
            continue
        window = [m for m in month.window(WINDOW) if m.number in contract.delivery_months]
        if contract.kind == "flow":
            files[extract] = _rows(lake, extract, window)
        else:
            files[extract] = _rows(lake, extract, [month])
        if extract in READ_BACK:
            files[f"{extract}_window"] = _rows(lake, extract, window)
    return files


def _rows(lake: Lake, extract: str, months: list[Month]) -> list[Path]:
    missing = [m for m in months if not delivery.is_usable(extract, m, lake)]
    if missing:
        raise LookupError(f"{extract} was not accepted for {', '.join(map(str, missing))}")
    return [delivery.accepted_rows(extract, m, lake) for m in months]


def hmac_keys(secret: bytes) -> Mapping[str, bytes]:
    """The two keys with which HMAC-SHA256 is two plain hashes (RFC 2104)."""
    if len(secret) > 64:
        raise ValueError("a secret of more than 64 bytes is hashed first")
    padded = secret.ljust(64, b"\0")
    return {
        "inner_key": bytes(byte ^ 0x36 for byte in padded),
        "outer_key": bytes(byte ^ 0x5C for byte in padded),
    }
