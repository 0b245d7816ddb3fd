"""Checks: what a contract promises of an extract, each as one expectation with its severity and words.

Nothing here is written per extract: columns, keys, code lists, bounds and patterns come from the
contract's properties, the rest from its quality promises and from the defaults below.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pyarrow as pa

from pipelines.contract import SCHEMAS, Contract, Property
from pipelines.month import Month

_TYPES = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.date32(): "DATE",
    pa.bool_(): "BOOLEAN",
    pa.list_(pa.string()): "ARRAY",
}


@dataclass(frozen=True)
class Check:
    """One expectation. `zh` and `en` say what is expected, as a noun phrase that a reason continues.

    `shown` says how a failure is worded: `rows` that break it, a `count` of rows, the `month` of the
    latest date, `columns`, `towns` or a `median`.
    """

    id: str
    severity: str
    expectation: str
    arguments: dict = field(default_factory=dict)
    zh: str = ""
    en: str = ""
    shown: str = "rows"


def expected_columns(contract: Contract) -> list[pa.Field]:
    """Columns of an extract in Parquet, in order, with their provenance at the end."""
    return list(contract.rows_schema)


def column_checks(contract: Contract, found: Sequence[str], month: Month) -> Iterator[Check]:
    """Checks that follow from the contract's columns alone.

    A column that is not among those found is reported once, as missing, and not checked further.
    """
    columns = expected_columns(contract)
    yield Check(
        "columns",
        "error",
        "expect_table_columns_to_match_ordered_list",
        {"column_list": [c.name for c in columns]},
        "列的名称和顺序与约定一致",
        "the columns of the contract in their order",
        shown="columns",
    )
    types = {c.name: type_name(c.type) for c in columns if c.name in found}
    yield Check(
        "types",
        "error",
        "expect_table_column_types",
        {"types": types},
        "列的类型与约定一致",
        "the column types of the contract",
        shown="columns",
    )
    if "month" in found:
        yield Check(
            "month",
            "error",
            "expect_column_within_set",
            {"column": "month", "value_set": [month.start]},
            f"所有行都属于{month}",
            f"rows of {month} only",
        )
    key = [c for c in contract.primary_key if c in found]
    if key and len(key) == len(contract.primary_key):
        yield _unique("unique_key", key, _headers(contract, key))
    for prop in contract.properties:
        if prop.column in found:
            yield from _property_checks(contract, prop, found)


def type_name(arrow_type: pa.DataType) -> str:
    """SQLAlchemy's name of a DuckDB column type."""
    if pa.types.is_decimal(arrow_type):
        return f"NUMERIC({arrow_type.precision}, {arrow_type.scale})"
    return _TYPES[arrow_type]


def _property_checks(contract: Contract, prop: Property, found: Sequence[str]) -> Iterator[Check]:
    header, column = prop.header, prop.column
    stored = [column]
    if prop.identity and contract.keeps_identity and prop.name in found:
        stored.append(prop.name)
    for name in stored if prop.required else ():
        yield Check(
            f"required_{name}",
            "error",
            "expect_column_always_given",
            {"column": name},
            f"“{header}”每行都有值",
            f"a value of {name} in every row",
        )
    if prop.unique and contract.primary_key != (column,):
        yield _unique(f"unique_{column}", [column], header)
    if prop.identity or prop.logical_type in ("boolean", "array"):
        return
    allowed = _allowed(prop)
    if allowed:
        words = "、".join(map(str, allowed)) if len(allowed) <= 12 else f"{len(allowed)}个约定代码"
        yield Check(
            f"allowed_{column}",
            "error",
            "expect_column_within_set",
            {"column": column, "value_set": allowed},
            f"“{header}”只取约定的值（{words}）",
            f"only agreed values of {column}",
        )
    if prop.minimum is not None or prop.maximum is not None:
        low, high = _bound(prop, prop.minimum), _bound(prop, prop.maximum)
        yield Check(
            f"bounds_{column}",
            "error",
            "expect_column_within_bounds",
            {"column": column, "min_value": low, "max_value": high},
            f"“{header}”{_between_zh(low, high)}",
            f"{column} {_between_en(low, high)}",
        )
    if prop.pattern and prop.logical_type == "string":
        yield Check(
            f"pattern_{column}",
            "error",
            "expect_column_of_pattern",
            {"column": column, "pattern": prop.pattern},
            f"“{header}”符合约定的写法（{prop.pattern}）",
            f"{column} written as {prop.pattern}",
        )


def _unique(check_id: str, columns: Sequence[str], header: str) -> Check:
    return Check(
        check_id,
        "error",
        "expect_key_to_be_unique",
        {"column_list": list(columns)},
        f"“{header}”不重复",
        f"no two rows with the same {', '.join(columns)}",
    )


def _allowed(prop: Property) -> list:
    if prop.reference and prop.reference != "households":  # the lists said which, when the rows were read
        return _reference_codes(prop.reference)
    if prop.logical_type == "integer":
        return [int(value) for value in prop.enum]
    return list(prop.enum)


@functools.cache
def _reference_codes(name: str) -> list[str]:
    with open(SCHEMAS.parent / "data" / "reference" / f"{name}.csv", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return sorted({row[0] for row in rows})


def _bound(prop: Property, value: Decimal | str | None) -> int | float | date | None:
    if value is None:
        return None
    if prop.logical_type == "date":
        return date.fromisoformat(str(value))
    number = Decimal(str(value))
    return int(number) if number == number.to_integral_value() else float(number)


def _headers(contract: Contract, columns: Sequence[str]) -> str:
    return "+".join(p.header for p in contract.properties if p.column in columns)


def _between_zh(low: object, high: object) -> str:
    parts = [f"不小于{low}" if low is not None else "", f"不大于{high}" if high is not None else ""]
    return "、".join(filter(None, parts))


def _between_en(low: object, high: object) -> str:
    parts = [f"at least {low}" if low is not None else "", f"at most {high}" if high is not None else ""]
    return " and ".join(filter(None, parts))
