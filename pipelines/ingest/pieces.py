"""Pieces: the rows of one table on their way to Parquet, so that memory never holds a whole extract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contract import Contract
from pipelines.ingest.ahead import ahead
from pipelines.ingest.duplicates import key_hashes
from pipelines.ingest.rows import Batch
from pipelines.ingest.table import Table

KINDS = ("rows", "rejected", "repairs")
_GROUP = 122_880  # rows; small enough that two cores read one file
_PROVENANCE = [("extract", pa.string()), ("month", pa.date32()), ("file", pa.string()), ("line", pa.int32())]
_REJECTED = ("column", "reason", "found", "allowed", "also", "raw")
_REPAIRS = ("column", "action", "confidence", "raw_value", "repaired_value")


def schema(kind: str, contract: Contract) -> pa.Schema:
    """Columns of rows.parquet, rejected.parquet and repairs.parquet."""
    if kind == "rows":
        return contract.rows_schema
    names = _REJECTED if kind == "rejected" else _REPAIRS
    return pa.schema([*_PROVENANCE, *((name, pa.string()) for name in names)])


class Writer:
    """One Parquet file, written batch by batch; it has its schema even when no row comes."""

    def __init__(self, path: Path, kind: str, contract: Contract):
        self._schema = schema(kind, contract)
        # A dictionary is worth its time only for columns of few distinct values.
        few = [p.column for p in contract.properties if p.enum or p.reference or p.logical_type == "date"]
        few = (
            [*few, "month"]
            if kind == "rows"
            else ["extract", "file", "column", "reason", "action", "confidence"]
        )
        dictionary = [name for name in few if name in self._schema.names]
        self._writer = pq.ParquetWriter(
            path, self._schema, compression="zstd", compression_level=1, use_dictionary=dictionary
        )

    def write(self, rows: pl.DataFrame) -> None:
        """Appends rows that have the schema's columns."""
        if rows.height:
            table = rows.select(self._schema.names).to_arrow(compat_level=pl.CompatLevel.oldest())
            self._writer.write_table(table.cast(self._schema), row_group_size=_GROUP)

    def close(self) -> None:
        """Finishes the file."""
        self._writer.close()


@dataclass
class Piece:
    """What was read of one table: three Parquet files aside, and what finds rows that repeat."""

    table: Table
    paths: dict[str, Path]
    lines: pl.Series
    hashes: pl.Series
    rows_in: int = 0
    accepted: int = 0  # repeated rows that were dropped later are not counted
    rejected: int = 0
    correction: int = 0  # as of its file
    left_out: Counter = field(default_factory=Counter)  # by kind
    dropped: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.UInt32))  # row numbers, ascending


def write_piece(
    table: Table,
    batches: Iterator[Batch],
    folder: Path,
    number: int,
    constants: dict,
    contract: Contract,
    correction: int = 0,
) -> Piece:
    """Writes a table's batches aside; `constants` are the extract's id and the month's first day."""
    paths = {kind: folder / f"{kind}-{number:05d}.parquet" for kind in KINDS}
    writers = {kind: Writer(path, kind, contract) for kind, path in paths.items()}
    lines, hashes = [pl.Series(dtype=pl.Int32)], [pl.Series(dtype=pl.UInt64)]
    piece = Piece(table, paths, lines[0], hashes[0], correction=correction)
    same = [pl.lit(value).alias(name) for name, value in {**constants, "file": table.source}.items()]
    try:
        for batch in ahead(batches):
            writers["rows"].write(batch.accepted.with_columns(same[1]))
            writers["rejected"].write(batch.rejected.with_columns(same))
            writers["repairs"].write(batch.repairs.with_columns(same))
            lines.append(batch.accepted["line"])
            hashes.append(key_hashes(batch.accepted, contract))
            piece.rows_in += batch.rows_in
            piece.accepted += batch.accepted.height
            piece.rejected += batch.rejected.height
            piece.left_out += batch.left_out
    finally:
        for writer in writers.values():
            writer.close()
    piece.lines, piece.hashes = pl.concat(lines), pl.concat(hashes)
    return piece


def picked(piece: Piece, numbers: pl.Series) -> pl.DataFrame:
    """Accepted rows of a piece by their numbers (ascending), with `source`, `line` and `number`."""
    found = []
    for start, rows in _groups(piece.paths["rows"]):
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


def join_pieces(pieces: list[Piece], repeated: pl.DataFrame, folder: Path, contract: Contract) -> None:
    """Writes the pieces into rows.parquet, rejected.parquet and repairs.parquet.

    Dropped rows of the pieces go, and `repeated` (their entries for rejected.parquet) come in.
    """
    for kind in KINDS:
        path = folder / f"{kind}.parquet"
        if len(pieces) == 1 and not len(pieces[0].dropped):
            pieces[0].paths[kind].rename(path)
            continue
        writer = Writer(path, kind, contract)
        for piece in pieces:
            for start, rows in _groups(piece.paths[kind]):
                writer.write(_without_dropped(rows, start, kind, piece))
        if kind == "rejected":
            writer.write(repeated)
        writer.close()


def _without_dropped(rows: pl.DataFrame, start: int, kind: str, piece: Piece) -> pl.DataFrame:
    if not len(piece.dropped) or kind == "rejected":
        return rows
    if kind == "rows":
        numbers = pl.int_range(start, start + rows.height, dtype=pl.UInt32, eager=True)
        return rows.filter(~numbers.is_in(piece.dropped.implode()))
    return rows.filter(~pl.col("line").is_in(piece.lines.gather(piece.dropped).implode()))


def _groups(path: Path) -> Iterator[tuple[int, pl.DataFrame]]:
    """(number of the first row, rows) of each row group."""
    with pq.ParquetFile(path) as file:
        start = 0
        for number in range(file.num_row_groups):
            rows = pl.from_arrow(file.read_row_group(number))
            yield start, rows
            start += rows.height
