"""Small tables drawn with pipes: what a relation is given and what it should answer."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

import pyarrow as pa

from pipelines.database import Database


def drawn(text: str) -> list[dict]:
    """Rows of a table drawn with pipes: the header, then a line a row; a blank cell is null."""
    lines = [line.strip()[1:-1] for line in text.strip().splitlines()]
    header, *body = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [dict(zip(header, map(_value, cells), strict=True)) for cells in body]


def answers(
    relation: str,
    given: dict[str, str],
    columns: str,
    types: dict[str, pa.DataType] | None = None,
    through: tuple[str, ...] = (),
) -> list[tuple]:
    """The rows of sql/<relation>.sql over the given tables, only the named columns, sorted.

    `through` names relations that are computed on the way, in order.
    """
    with Database() as database:
        for name, text in given.items():
            database.register(name, _arrow(drawn(text), types or {}))
        for name in (*through, relation):
            database.table(name)
        rows = database.rows(f"select {columns} from {relation}")
    return sorted((tuple(row.values()) for row in rows), key=repr)


def expected(text: str) -> list[tuple]:
    """A drawn table as `answers` returns it."""
    return sorted((tuple(row.values()) for row in drawn(text)), key=repr)


def _arrow(rows: list[dict], types: dict[str, pa.DataType]) -> pa.Table:
    names = list(rows[0])
    fields = [pa.field(n, types.get(n) or _type(n, [row[n] for row in rows])) for n in names]
    # a row of only blanks draws an empty table
    rows = [row for row in rows if any(value is not None for value in row.values())]
    texts = {field.name for field in fields if field.type == pa.string()}
    rows = [{n: str(v) if n in texts and v is not None else v for n, v in row.items()} for row in rows]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))


def _type(name: str, values: list) -> pa.DataType:
    if name.endswith("_yuan"):
        return pa.decimal128(18, 2)
    if name.endswith("_on") or name in ("month", "month_end"):
        return pa.date32()
    if name.startswith(("is_", "has_", "covers_")):
        return pa.bool_()
    known = [value for value in values if value is not None]
    if name.endswith(("_key", "_no", "_years", "label", "_count", "_cap", "_cents")) and all(
        isinstance(v, int) for v in known
    ):
        return pa.int64()
    return pa.infer_type(known) if known else pa.string()


def _value(cell: str):
    if cell == "":
        return None
    if cell in ("true", "false"):
        return cell == "true"
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
        return datetime.date.fromisoformat(cell)
    if re.fullmatch(r"-?\d+", cell):
        return int(cell)
    if re.fullmatch(r"-?\d+\.\d+", cell):
        return Decimal(cell)
    return cell
