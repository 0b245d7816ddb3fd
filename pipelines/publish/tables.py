"""The analysts' tables: what detect wrote, brought to its contract and refused when it breaks it."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.contract import SCHEMAS, Contract, Property, load_contract
from pipelines.problem import Problem

ANALYSTS = (
    "candidates", "matches", "exclusions", "cases", "coverage", "answers", "metrics", "town_loads",
    "review_matches", "audit_sample", "population", "visit_results",
)  # fmt: skip

# Columns that hold the stages together inside the lake and leave it in no table.
INTERNAL = frozenset({"household_no"})

# An ID as residents carry it; no cell of an analysts' table may look like one.
_RESIDENT_ID = r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"


def published_contracts(folder: Path = SCHEMAS) -> dict[str, Contract]:
    """Contracts of what leaves the lake: the analysts' tables and the towns' list."""
    return {name: load_contract(folder / f"{name}.yaml") for name in (*ANALYSTS, "town_list")}


def brought_to_contract(
    table: pa.Table, contract: Contract, towns: set[str]
) -> tuple[pa.Table, list[Problem]]:
    """The table with exactly the contract's columns and types in order of its key, and what is wrong.

    The table is only fit for publication when the list of problems is empty. Problems name columns
    and counts, never the content of a cell.
    """
    problems = [*_shape_problems(table, contract)]
    if problems:
        return table, problems
    columns = []
    for prop in contract.properties:
        try:
            columns.append(table[prop.column].cast(prop.arrow_type))
        except pa.ArrowInvalid:
            found = f"values of type {table[prop.column].type} that do not fit"
            problems.append(_problem(contract, prop, found, f"{prop.arrow_type} without loss"))
    if problems:
        return table, problems
    schema = pa.schema([pa.field(p.column, p.arrow_type) for p in contract.properties])
    shaped = pa.Table.from_arrays([c.combine_chunks() for c in columns], schema=schema)
    frame = pl.from_arrow(shaped)
    for prop in contract.properties:
        problems += _value_problems(frame[prop.column], contract, prop, towns)
    keys = list(contract.primary_key)
    repeated = int(frame.select(keys).is_duplicated().sum())
    if repeated:
        problems.append(
            Problem(contract.document.path.name, f"key {', '.join(keys)}",
                    f"{repeated} rows that share their key with another", "each key once")
        )  # fmt: skip
    places = pc.sort_indices(shaped, [(name, "ascending") for name in _order(contract)])
    # Detect has written most tables in this order already; wide rows are not moved for nothing.
    is_in_order = pl.from_arrow(places).is_sorted()
    return (shaped if is_in_order else shaped.take(places)), problems


def write_parquet(table: pa.Table, path: Path) -> None:
    """One Parquet file by one writer: the same rows in the same order give the same bytes."""
    pq.write_table(table, path, compression="zstd", compression_level=1, row_group_size=122_880)


def _order(contract: Contract) -> list[str]:
    names = {p.column for p in contract.properties}
    first = [name for name in ("town_code", "rank") if name in names]
    return list(dict.fromkeys([*first, *contract.primary_key]))


def _shape_problems(table: pa.Table, contract: Contract):
    file = contract.document.path.name
    if not contract.primary_key:
        yield Problem(file, "schema", "no primary key", "a key, so that rows have one order")
    open_to_all = contract.id in ANALYSTS
    for prop in contract.properties:
        if open_to_all and prop.classification in ("restricted", "secret"):
            found = f"a {prop.classification} column"
            yield _problem(contract, prop, found, "public or internal columns only")
        if prop.column in INTERNAL:
            yield _problem(contract, prop, "an internal number", "household_key in what leaves the lake")
        if prop.column not in table.column_names:
            yield _problem(contract, prop, "no such column in the table", "every column of the contract")
        elif _kind(table[prop.column].type) != _kind(prop.arrow_type):
            yield _problem(contract, prop, str(table[prop.column].type), str(prop.arrow_type))
    named = {p.column for p in contract.properties} | INTERNAL
    for name in sorted(set(table.column_names) - named):
        yield Problem(file, f"column {name}", "a column no contract names", "the contract's columns")


def _value_problems(values: pl.Series, contract: Contract, prop: Property, towns: set[str]):
    nulls = values.null_count()
    if prop.required and nulls:
        yield _problem(contract, prop, f"{nulls} rows without a value", "a value in every row")
    flat = values.explode().drop_nulls() if values.dtype == pl.List else values.drop_nulls()
    if flat.is_empty():
        return
    if prop.enum:
        strange = flat.cast(pl.String).filter(~flat.cast(pl.String).is_in(list(prop.enum)))
        if len(strange):
            codes = [code for code in strange.unique().sort() if re.fullmatch(r"[a-z][a-z_]{0,40}", code)]
            named = f" ({', '.join(codes[:5])})" if codes else ""
            yield _problem(contract, prop, f"{len(strange)} other values{named}", ", ".join(prop.enum))
    if prop.unique and flat.n_unique() < len(flat):
        yield _problem(contract, prop, f"{len(flat) - flat.n_unique()} repeated values", "each value once")
    if flat.dtype.is_numeric():
        yield from _bound_problems(flat, contract, prop)
    if flat.dtype != pl.String:
        return
    if prop.pattern:
        count = int((~flat.str.contains(f"^(?:{prop.pattern})$")).sum())
        if count:
            yield _problem(contract, prop, f"{count} values of another form", prop.pattern)
    if prop.reference == "towns":
        count = int((~flat.is_in(sorted(towns))).sum())
        if count:
            found = f"{count} values that are no town"
            yield _problem(contract, prop, found, "codes of data/reference/towns.csv")
    looks = int(flat.str.contains(_RESIDENT_ID).sum())
    if looks:
        yield _problem(contract, prop, f"{looks} values that look like a resident ID", "no ID of anybody")


def _bound_problems(values: pl.Series, contract: Contract, prop: Property):
    below = int((values < prop.minimum).sum()) if prop.minimum is not None else 0
    above = int((values > prop.maximum).sum()) if prop.maximum is not None else 0
    if below:
        yield _problem(contract, prop, f"{below} values too small", f"at least {prop.minimum}")
    if above:
        yield _problem(contract, prop, f"{above} values too large", f"at most {prop.maximum}")


def _kind(kind: pa.DataType) -> str:
    """What a type means, whatever its width or its way of storing."""
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return f"list of {_kind(kind.value_type)}"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "text"
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_decimal(kind):
        return "decimal"
    return str(kind)


def _problem(contract: Contract, prop: Property, found: str, allowed: str) -> Problem:
    return Problem(contract.document.path.name, f"column {prop.column}", found, allowed)
