"""Columns of IDs that went through floating point as a whole: recognised and never trusted."""

from __future__ import annotations

import polars as pl

from pipelines.ingest.columns import Reading
from pipelines.ingest.recognise import Unreadable

# By chance one ID in 64 is a multiple of 64, and one in eleven ends in X.
_FEWEST, _SHARE = 5, 0.9


def refuse_lost_digits(raw: pl.DataFrame, readings: list[Reading]) -> None:
    """Raises Unreadable when a column of IDs has no X at all and nearly all numbers are multiples of
    64 or end in 000: each ID may then look valid and still be another person's.
    """
    for r in readings:
        if r.property.identity != "resident":
            continue
        ids = raw.select(pl.col(r.raw).str.strip_chars().alias("id")).filter(
            pl.col("id").str.contains(r"^[0-9]{17}[0-9Xx]$")
        )
        if ids.height < _FEWEST or ids.select(pl.col("id").str.contains("[Xx]$").any()).item():
            continue
        # 10^6 is a multiple of 64, so the last six digits decide.
        last = ids.select(pl.col("id").str.slice(12).cast(pl.Int64, strict=False).alias("n"))
        shares = last.select(
            float=(pl.col("n") % 64 == 0).mean(), zeros=(pl.col("n") % 1000 == 0).mean()
        ).row(0)
        if max(shares) > _SHARE:
            raise Unreadable(
                f"列“{r.column.header}”的证件号码被当作数字处理过 / the IDs in column {r.column.header} went "
                "through a spreadsheet or program as numbers and lost their last digits; none can be "
                "trusted. Ask for the export again with this column as text."
            )
