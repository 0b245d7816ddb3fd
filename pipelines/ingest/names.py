"""Columns of names that hold IDs: an ID is moved to its own column where that is beyond doubt."""

from __future__ import annotations

import re

import polars as pl

from pipelines.ingest.documents import parse_resident_id
from pipelines.ingest.header import Header
from pipelines.ingest.values import Value, folded, from_name, is_null, trimmed

# As in the words of people, not in their papers.
_LONG_NUMBER = r"[0-9０-９]{15}"
_AROUND = " ,，;；:：/、()（）[]【】-—_'\""
_NUMBER = re.compile(r"\d{15,17}[\dXx]?")


def settled_names(raw: pl.DataFrame, header: Header) -> pl.DataFrame:
    """The rows with IDs taken out of the column of names, both cells marked.

    Where the ID's own cell is empty or holds the name, or holds the same ID; where it holds another
    number, nobody knows which is right, and the row stays as it is.
    """
    by_name = {column.property.name: f"c{column.index}" for column in header.columns}
    if not {"name", "resident_id"} <= by_name.keys():
        return raw
    name, number = by_name["name"], by_name["resident_id"]
    rows = raw[name].str.contains(_LONG_NUMBER).arg_true()
    if not len(rows):
        return raw
    settled = [_settled(*cells) for cells in raw[rows].select(name, number).iter_rows()]
    return raw.with_columns(
        raw[name].scatter(rows, [pair[0] for pair in settled]),
        raw[number].scatter(rows, [pair[1] for pair in settled]),
    )


def _settled(name: str, number: str) -> tuple[str, str]:
    plain = folded(name)
    found = _NUMBER.findall(plain)
    inside = parse_resident_id(found[0], documents=False) if len(found) == 1 else None
    if not isinstance(inside, Value):
        return name, number
    rest = _NUMBER.sub("", plain).strip(_AROUND)
    own = parse_resident_id(number, documents=False)
    if isinstance(own, Value) and own.value == inside.value:
        return from_name(rest), number
    if is_null(number):
        return from_name(rest), from_name(found[0])
    if not rest and not re.search(r"\d", folded(number)):  # the two cells were exchanged
        return from_name(trimmed(number)), from_name(found[0])
    return name, number
