"""Pieces: the rows of one table on their way to Parquet, which are kept until it is known which repeat."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyarrow as pa

from pipelines.contract import Contract
from pipelines.ingest.ahead import ahead
from pipelines.ingest.duplicates import key_hashes
from pipelines.ingest.rows import Batch
from pipelines.ingest.table import Table

KINDS = ("rows", "rejected", "repairs")
_GROUP = 122_880  # rows; as the engine reads them, and small enough that two cores read one file
_IN_MEMORY = 1 << 30  # bytes of rows that wait; five million settlements take 400 MB
_PROVENANCE = [("extract", pa.string()), ("month", pa.date32()), ("file", pa.string()), ("line", pa.int32())]
_REJECTED = ("column", "reason", "found", "allowed", "also", "raw")
_REPAIRS = ("column", "action", "confidence", "raw_value", "repaired_value")

Kept = Callable[[], pl.DataFrame]


def schema(kind: str, contract: Contract) -> pa.Schema:
    """Columns of rows.parquet, rejected.parquet and repairs.parquet."""
    if kind == "rows":
        return contract.rows_schema
    names = _REJECTED if kind == "rejected" else _REPAIRS
    return pa.schema([*_PROVENANCE, *((name, pa.string()) for name in names)])


class Aside:
    """Keeps rows until all files of an extract are read: in memory while they fit, else on disk.

    Written at once, they would have to be written again without those that turn out to repeat, which
    costs more than all the reading.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._room = _IN_MEMORY
        self._files = 0

    def keep(self, rows: pl.DataFrame) -> Kept:
        """What gives the rows back."""
        self._room -= rows.estimated_size()
        if self._room >= 0:
            return lambda: rows
        self._files += 1
        path = self._folder / f"{self._files:05d}.arrow"
        rows.write_ipc(path)
        return functools.partial(pl.read_ipc, path)


@dataclass
class Piece:
    """What was read of one table: its rows of three kinds by batches, and what finds those that repeat."""

    table: Table
    kept: dict[str, list[Kept]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    lines: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.Int32))
    hashes: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.UInt64))
    rows_in: int = 0
    accepted: int = 0  # repeated rows that were dropped later are not counted
    rejected: int = 0
    correction: int = 0  # as of its file
    left_out: Counter = field(default_factory=Counter)  # by kind
    dropped: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.UInt32))  # row numbers, ascending


def read_piece(
    table: Table,
    batches: Iterator[Batch],
    aside: Aside,
    constants: dict,
    contract: Contract,
    correction: int = 0,
) -> Piece:
    """Keeps a table's batches aside; `constants` are the extract's id and the month's first day."""
    piece = Piece(table, correction=correction)
    lines, hashes = [piece.lines], [piece.hashes]
    same = [pl.lit(value).alias(name) for name, value in {**constants, "file": table.source}.items()]
    for batch in ahead(batches):
        for kind, rows in (("rejected", batch.rejected), ("repairs", batch.repairs)):
            if rows.height:
                piece.kept[kind].append(aside.keep(rows.with_columns(same)))
        lines.append(batch.accepted["line"])
        hashes.append(key_hashes(batch.accepted, contract))
        if batch.accepted.height:
            piece.kept["rows"].append(aside.keep(batch.accepted.drop("line").with_columns(same[1])))
        piece.rows_in += batch.rows_in
        piece.accepted += batch.accepted.height
        piece.rejected += batch.rejected.height
        piece.left_out += batch.left_out
    piece.lines, piece.hashes = pl.concat(lines), pl.concat(hashes)
    return piece


def picked(piece: Piece, numbers: pl.Series) -> pl.DataFrame:
    """Accepted rows of a piece by their numbers (ascending), with `source`, `line` and `number`."""
    found = []
    for start, rows in _numbered(piece):
        inside = numbers.filter((numbers >= start) & (numbers < start + rows.height))
        if len(inside):
            found.append(
                rows[inside - start].with_columns(
                    piece.lines.gather(inside).alias("line"),
                    inside.alias("number"),
                    source=pl.lit(piece.table.source),
                )
            )
    return pl.concat(found)


def write_extract(pieces: list[Piece], repeated: pl.DataFrame, folder: Path, contract: Contract) -> None:
    """Writes the pieces into rows.parquet, rejected.parquet and repairs.parquet.

    Dropped rows of the pieces go, and `repeated` (their entries for rejected.parquet) come in.
    """
    for kind in KINDS:
        remaining = (rows for piece in pieces for rows in _remaining(piece, kind))
        if kind == "rejected":
            remaining = itertools.chain(remaining, [repeated])
        _write(remaining, folder / f"{kind}.parquet", kind, contract)


def _write(frames: Iterable[pl.DataFrame], path: Path, kind: str, contract: Contract) -> None:
    """One Parquet file; it has its schema even when no row comes."""
    empty = pl.DataFrame(schema=pl.Schema(schema(kind, contract)))
    ordered = (rows.select(empty.columns).cast(empty.schema) for rows in frames if rows.height)
    # Its bytes depend neither on the number of threads nor on how the rows lie in frames.
    whole = pl.concat([empty, *ordered], rechunk=False)
    try:
        whole.write_parquet(path, compression="lz4", row_group_size=_GROUP)
    except pl.exceptions.ComputeError as error:
        raise OSError(str(error)) from None  # a full disk, which the lake explains


def _remaining(piece: Piece, kind: str) -> Iterator[pl.DataFrame]:
    """The rows of a kind without those that were dropped."""
    if kind == "rejected" or not len(piece.dropped):
        yield from (rows() for rows in piece.kept[kind])
    elif kind == "repairs":
        lines = piece.lines.gather(piece.dropped).implode()
        yield from (rows().filter(~pl.col("line").is_in(lines)) for rows in piece.kept[kind])
    else:
        for start, rows in _numbered(piece):
            dropped = piece.dropped.filter(piece.dropped.is_between(start, start + rows.height - 1))
            stays = pl.repeat(True, rows.height, eager=True)
            yield rows.filter(stays.scatter(dropped - start, False)) if len(dropped) else rows


def _numbered(piece: Piece) -> Iterator[tuple[int, pl.DataFrame]]:
    """(number of the first row, accepted rows) of each batch."""
    start = 0
    for kept in piece.kept["rows"]:
        rows = kept()
        yield start, rows
        start += rows.height
