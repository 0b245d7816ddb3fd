"""Raw rows: what was read from a file, still as text, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import polars as pl

from pipelines.ingest.header import Header

# A row that cannot be laid against the header carries its reason here, else null.
BROKEN = "broken"


@dataclass(frozen=True)
class Table:
    """One table of a delivered file.

    `batches()` yields frames of text columns `c0`, `c1` ... by their place in the file, `line`
    (Int32, counted from 1) and `broken` (reason why the row does not fit the header, or null).
    It can be called again. `rows_at(lines)` gives the rows of some lines (ascending) alone.
    `source` names the file (and sheet) in messages and tables.
    """

    source: str
    header: Header
    batches: Callable[[], Iterator[pl.DataFrame]]
    rows_at: Callable[[list[int]], pl.DataFrame]
    form: dict = field(default_factory=dict)  # what the report says of it: encoding, separator or sheet
    epoch: int = 1900  # the year its day numbers count from


def picked_rows(batches: Iterator[pl.DataFrame], lines: list[int]) -> pl.DataFrame:
    """The rows of some lines out of all batches."""
    wanted = pl.Series(lines, dtype=pl.Int32).implode()
    return pl.concat(batch.filter(pl.col("line").is_in(wanted)) for batch in batches)
