"""Frames: columns of days, money and words made from the city's arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa

from pipelines.city.chance import NEVER


def days(values: np.ndarray) -> pl.Series:
    """Dates from days since 1970; null where the day is NEVER or before the city's memory (-NEVER)."""
    values = np.asarray(values)
    series = pl.Series(values.astype(np.int32)).cast(pl.Date)
    known = np.abs(values.astype(np.int64)) < NEVER
    return series if known.all() else series.zip_with(pl.Series(known), pl.Series([None], dtype=pl.Date))


def yuan(cents: np.ndarray) -> pl.Series:
    """decimal(12,2) from whole cents."""
    wide = np.empty((len(cents), 2), dtype=np.int64)
    wide[:, 0] = cents
    wide[:, 1] = wide[:, 0] >> 63  # the sign fills the upper half of a 128-bit number
    array = pa.Array.from_buffers(pa.decimal128(12, 2), len(cents), [None, pa.py_buffer(wide)])
    return pl.from_arrow(array)


def amounts(values: np.ndarray, known: np.ndarray | None = None) -> pl.Series:
    """decimal(12,2) from yuan as floats, rounded to the cent; null where not known."""
    series = yuan(np.round(np.asarray(values, dtype=np.float64) * 100).astype(np.int64))
    if known is None or known.all():
        return series
    return series.zip_with(pl.Series(known), pl.Series([None], dtype=series.dtype))


def words(codes: np.ndarray, texts: Sequence[str]) -> pl.Series:
    """Text from indexes into a list."""
    return pl.Series(list(texts), dtype=pl.String).gather(np.asarray(codes))


def numbered(prefix: str, numbers: np.ndarray, digits: int) -> pl.Series:
    """`prefix` and a number with leading zeros."""
    return prefix + pl.Series(np.asarray(numbers)).cast(pl.String).str.zfill(digits)


def where(known: np.ndarray, series: pl.Series) -> pl.Series:
    """The series, null where not known."""
    return series.zip_with(pl.Series(known), pl.Series([None], dtype=series.dtype))
