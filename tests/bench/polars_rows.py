"""Rows of accepted extracts as polars reads them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

Files = Mapping[str, list[Path]]


def scan(files: Files, name: str) -> pl.LazyFrame:
    """Accepted rows of an extract."""
    return pl.scan_parquet(files[name], hive_partitioning=False)


def fen(name: str) -> pl.Expr:
    """Yuan as whole fen."""
    return (pl.col(name) * 100).cast(pl.Int64)
