"""Counts: the numbers of a table that our expectations wait for, all computed by one statement.

A column expectation of Great Expectations waits for some twenty metrics, whose identities are computed
anew at every step: for most extracts that took longer than reading their rows. Ours wait for two or
three numbers each, which Great Expectations bundles into one statement per table.

Measured on 4 million rows: looking at each value of a code list once instead of at each row costs a
fifth, and sorting hashes of keys a quarter of counting the distinct ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import parse_result_format
from great_expectations.expectations.metrics.metric_provider import metric_partial, metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies


def waits_for(batch_id: str | None, **numbers: tuple) -> ValidationDependencies:
    """Numbers by name, each as (what is counted, in which column, by which argument): see `_COUNTED`;
    `repeated` rows are counted by a metric of their own.
    """
    found = {}
    for name, (what, column, given) in numbers.items():
        if isinstance(given, list) and all(isinstance(value, str) for value in given):
            given = json.dumps(given)  # one text has an identity at once, a list of 300 codes has not
        values = {"what": what, "column": column, "given": given}
        metric = RepeatedMetric if what == "repeated" else CountMetric
        found[name] = MetricConfiguration(metric.metric_name, {"batch_id": batch_id}, values)
    return ValidationDependencies(found, parse_result_format("BASIC"))


class CountMetric(TableMetricProvider):
    """One aggregate over all rows of a table."""

    metric_name = "table.counted"
    domain_keys = ("batch_id",)
    value_keys = ("what", "column", "given")

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(cls, execution_engine, metric_domain_kwargs, metric_value_kwargs, **kwargs):
        column, what = metric_value_kwargs["column"], metric_value_kwargs["what"]
        counted = _COUNTED[what](sa.column(column) if column else None, metric_value_kwargs["given"])
        if what in _BY_VALUE:
            rows, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, MetricDomainTypes.TABLE)
            counted = _rows_with(sa.column(column), counted, rows)
        return counted, {"batch_id": metric_domain_kwargs["batch_id"]}, {}


class RepeatedMetric(TableMetricProvider):
    """Rows beyond the first of each key; rows without any key column count as one key."""

    metric_name = "table.repeated"
    domain_keys = ("batch_id",)
    value_keys = ("what", "column", "given")

    @metric_value(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, execution_engine, metric_domain_kwargs, metric_value_kwargs, **kwargs):
        columns = json.loads(metric_value_kwargs["given"])
        if not _may_repeat(execution_engine.file, columns):
            return 0
        names = [sa.column(name) for name in columns]
        key = names[0] if len(names) == 1 else sa.func.row(*names)
        rows, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, MetricDomainTypes.TABLE)
        query = sa.select(sa.func.count(key) - sa.func.count(sa.distinct(key))).select_from(rows)
        return execution_engine.execute_query(query).scalar()


def _may_repeat(file: Path, columns: list[str]) -> bool:
    """False where all hashes of keys differ, for then no key stands twice."""
    key = pl.col(columns[0]) if len(columns) == 1 else pl.struct(columns)
    hashes = pl.scan_parquet(file).select(key.hash()).collect().to_series().sort()
    return (hashes == hashes.shift()).any()


def _rows_with(column: sa.ColumnElement, condition: sa.ColumnElement, rows: sa.Selectable):
    """Rows whose value in a column meets a condition, which is asked once of each value."""
    values = sa.select(column, sa.func.count().label("rows_of_value")).select_from(rows).group_by(column)
    found = sa.cast(sa.func.coalesce(sa.func.sum(sa.column("rows_of_value")), 0), sa.BigInteger)
    return sa.select(found).select_from(values.subquery()).where(condition).scalar_subquery()


def _rows(column, given):
    return sa.func.count()


def _missing(column, given):
    return sa.func.count() - sa.func.count(column)


def _outside_codes(column, codes: str | list):
    return column.not_in(json.loads(codes) if isinstance(codes, str) else codes)


def _outside_bounds(column, bounds: list):
    low, high = bounds
    conditions = [column < low] if low is not None else []
    return _where(sa.or_(*conditions, *([column > high] if high is not None else [])))


def _of_another_pattern(column, pattern: str):
    # Great Expectations refuses patterns here.
    return sa.not_(sa.func.regexp_full_match(column, pattern))


def _median_amount(column, least_rows: int):
    """Median of the amounts that are not zero, without their sign; null where there are too few."""
    amount = sa.case((column != 0, sa.func.abs(column)))
    # Great Expectations looks through all modules and files of the process when a number is a decimal.
    return sa.case((sa.func.count(amount) >= least_rows, sa.cast(sa.func.median(amount), sa.Double)))


def _where(condition):
    return sa.func.count(sa.case((condition, 1)))


_COUNTED: Mapping = {
    "rows": _rows,
    "missing": _missing,
    "outside_codes": _outside_codes,
    "outside_bounds": _outside_bounds,
    "of_another_pattern": _of_another_pattern,
    "median_amount": _median_amount,
}
_BY_VALUE = ("outside_codes", "of_another_pattern")
