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

from pipelines.validate.people import sorted_keys


def waits_for(batch_id: str | None, **numbers: tuple) -> ValidationDependencies:
    """Numbers by name, each as (what is counted, in which column, by which argument): `rows`, see `_COUNTED`,
    and `repeated`, which is a metric of its own.
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
    """One number over all rows of a table."""

    metric_name = "table.counted"
    domain_keys = ("batch_id",)
    value_keys = ("what", "column", "given")

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(cls, execution_engine, metric_domain_kwargs, metric_value_kwargs, **kwargs):
        what, column = metric_value_kwargs["what"], metric_value_kwargs["column"]
        counted = sa.func.count()
        if what != "rows":
            rows, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, MetricDomainTypes.TABLE)
            query = _COUNTED[what](rows, sa.column(column), metric_value_kwargs["given"])
            counted = query.scalar_subquery()
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
    """False where no two hashes of keys are equal, for then no key stands twice."""
    if len(columns) == 1 and columns[0].endswith("_key"):
        ordered = sorted_keys(file, columns[0])  # are asked for again, see `people`
    else:
        key = pl.col(columns[0]) if len(columns) == 1 else pl.struct(columns)
        ordered = pl.scan_parquet(file).select(key.hash()).collect().to_series().sort()
    return (ordered == ordered.shift()).any()


# Each number is a query of its own within the statement: what Parquet's statistics of a column answer,
# that nothing is missing or beyond a bound, is then answered without reading the column.


def _missing(rows, column, given):
    return sa.select(sa.func.count() - sa.func.count(column)).select_from(rows)


def _outside_codes(rows, column, codes: str | list):
    return _of_values(rows, column, column.not_in(json.loads(codes) if isinstance(codes, str) else codes))


def _of_another_pattern(rows, column, pattern: str):
    # Great Expectations refuses patterns here.
    return _of_values(rows, column, sa.not_(sa.func.regexp_full_match(column, pattern)))


def _of_values(rows, column, condition):
    """Rows whose value meets a condition, which is asked once of each value."""
    values = sa.select(column, sa.func.count().label("rows_of_value")).select_from(rows).group_by(column)
    found = sa.func.coalesce(sa.func.sum(sa.column("rows_of_value")), 0)
    return sa.select(sa.cast(found, sa.BigInteger)).select_from(values.subquery()).where(condition)


def _outside_bounds(rows, column, bounds: list):
    low, high = bounds
    conditions = [column < low] if low is not None else []
    conditions += [column > high] if high is not None else []
    return sa.select(sa.func.count()).select_from(rows).where(sa.or_(*conditions))


def _median_amount(rows, column, least_rows: int):
    """Median of the amounts that are not zero, without their sign; null where there are too few."""
    # Great Expectations looks through all modules and files of the process when a number is a decimal.
    median = sa.cast(sa.func.median(sa.func.abs(column)), sa.Double)
    found = sa.case((sa.func.count() >= least_rows, median))
    return sa.select(found).select_from(rows).where(column != 0)


_COUNTED: Mapping = {
    "missing": _missing,
    "outside_codes": _outside_codes,
    "outside_bounds": _outside_bounds,
    "of_another_pattern": _of_another_pattern,
    "median_amount": _median_amount,
}
