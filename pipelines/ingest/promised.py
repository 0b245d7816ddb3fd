"""Rows of which every cell is written as promised, read at once; the others are looked at more closely."""

from __future__ import annotations

from collections import Counter

import polars as pl

from pipelines.contract import Contract
from pipelines.identity import key_of_number_expr
from pipelines.ingest.columns import Reading
from pipelines.ingest.rows import Batch, checks, polars_type
from pipelines.ingest.table import BROKEN


def as_promised(
    raw: pl.DataFrame, readings: list[Reading], contract: Contract, secret: bytes
) -> tuple[Batch, pl.DataFrame]:
    """The rows that `read_batch` would accept without a repair and without parsing a cell by itself, read;
    and the raw rows of the others. Both keep their order.
    """
    typed = raw.with_columns(_value(r) for r in readings)
    stands_out = pl.any_horizontal(_stands_out(raw, readings, contract))
    is_other = typed.select(stands_out.fill_null(False)).to_series()
    typed = typed.select(*(name for r in readings for name in _needed(r, contract)), "line")
    if is_other.any():
        raw, typed = raw.filter(is_other), typed.filter(~is_other)
    else:
        raw = raw.clear()
    accepted = typed.select(*_columns(readings, contract, secret), pl.lit(False).alias("is_repaired"), "line")
    nothing = pl.DataFrame()
    return Batch(accepted.height, accepted, nothing, nothing, Counter(), nothing), raw


def _needed(r: Reading, contract: Contract) -> list[str]:
    keeps_text = r.number is not None and contract.keeps_identity
    return [r.property.name, r.raw] if keeps_text else [r.property.name]


def _value(r: Reading) -> pl.Expr:
    value = r.value if r.number is None else r.number
    return value.alias(r.property.name)


def _stands_out(raw: pl.DataFrame, readings: list[Reading], contract: Contract) -> list[pl.Expr]:
    """Expressions one of which holds for every row that is not wholly as promised."""
    if contract.form.get("prefilled") or any(r.column.factor != r.column.promised for r in readings):
        return [pl.lit(True)]  # rows that nobody filled in; amounts that are converted, each with its entry
    found = [pl.col(BROKEN).is_not_null()] if raw[BROKEN].null_count() < raw.height else []
    for r in readings:
        is_unread = pl.col(r.property.name).is_null()
        found.append(is_unread if r.property.required else is_unread & (pl.col(r.raw) != ""))
        found += [is_broken for reason, is_broken, _ in checks(r) if reason != "missing"]
    return found or [pl.lit(False)]


def _columns(readings: list[Reading], contract: Contract, secret: bytes) -> list[pl.Expr]:
    """As in the contract's Arrow schema."""
    columns, by_name = [], {r.property.name: r for r in readings}
    for prop in contract.properties:
        r = by_name.get(prop.name)
        value = pl.col(prop.name) if r else pl.lit(None, polars_type(prop))
        if prop.identity:
            is_number = r is not None and r.number is not None
            key = key_of_number_expr(value, secret) if is_number else pl.lit(None, pl.Int64)
            columns.append(key.alias(prop.column))
            if contract.keeps_identity:
                if is_number:
                    value = pl.when(value.is_not_null()).then(pl.col(r.raw).str.strip_chars())
                columns.append(value.alias(prop.name))
        else:
            columns.append(value.alias(prop.name))
    return columns
