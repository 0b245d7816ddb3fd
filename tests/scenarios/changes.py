"""Changes: what a department delivers otherwise than the families' facts say, as functions of its rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

Change = Callable[[pl.DataFrame], pl.DataFrame]


def with_row(**values: object) -> Change:
    """One row more; columns not named are empty."""
    return lambda rows: pl.concat([rows, pl.DataFrame([values], schema=rows.schema)])


def without(*people: str) -> Change:
    """No row of these people."""
    return lambda rows: rows.filter(~pl.col("resident_id").is_in(people))


def rewritten(*people: str, **values: object) -> Change:
    """Columns of these people's rows with other values."""
    return lambda rows: rows.with_columns(
        pl.when(pl.col("resident_id").is_in(people))
        .then(pl.lit(value, dtype=rows.schema[column]))
        .otherwise(pl.col(column))
        .alias(column)
        for column, value in values.items()
    )


def all_of(*changes: Change) -> Change:
    """Several changes, one after another."""

    def change(rows: pl.DataFrame) -> pl.DataFrame:
        for each in changes:
            rows = each(rows)
        return rows

    return change


def visited(household_key: str, on: date, outcome: str) -> Change:
    """What a town found on a visit."""
    return with_row(household_key=household_key, visited_on=on, outcome=outcome)
