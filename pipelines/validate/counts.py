"""Counts: the numbers of a table that our expectations wait for, all computed by one statement.

A column expectation of Great Expectations waits for some twenty metrics, whose identities are computed
anew at every step: for most extracts that took longer than reading their rows. Ours wait for two or
three aggregates each, which Great Expectations bundles into one statement per table.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import parse_result_format
from great_expectations.expectations.metrics.metric_provider import metric_partial
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies


def waits_for(batch_id: str | None, **numbers: tuple) -> ValidationDependencies:
    """Numbers by name, each as (what is counted, in which column, by which argument): see `_COUNTED`."""
    found = {}
    for name, (what, column, given) in numbers.items():
        if isinstance(given, list) and all(isinstance(value, str) for value in given):
            given = json.dumps(given)  # one text has an identity at once, a list of 300 codes has not
        values = {"what": what, "column": column, "given": given}
        found[name] = MetricConfiguration(CountMetric.metric_name, {"batch_id": batch_id}, values)
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
        column = metric_value_kwargs["column"]
        count = _COUNTED[metric_value_kwargs["what"]]
        return (
            count(sa.column(column) if column else None, metric_value_kwargs["given"]),
            {"batch_id": metric_domain_kwargs["batch_id"]},
            {},
        )


class _Codes(sa.types.UserDefinedType):
    cache_ok = True

    def __init__(self, codes: tuple[str, ...]):
        self.codes = codes

    def get_col_spec(self, **_: object) -> str:
        return "enum (" + ", ".join("'" + code.replace("'", "''") + "'" for code in self.codes) + ")"


def _rows(column, given):
    return sa.func.count()


def _missing(column, given):
    return sa.func.count() - sa.func.count(column)


def _outside_codes(column, codes: str | list):
    if not isinstance(codes, str):
        return _where(column.not_in(codes))
    # DuckDB compares with one code of a list after the other, but looks an enum's up: 300 codes in 1/27.
    # A code that is not in the list becomes null.
    return sa.func.count(column) - sa.func.count(sa.try_cast(column, _Codes(tuple(json.loads(codes)))))


def _outside_bounds(column, bounds: list):
    low, high = bounds
    conditions = [column < low] if low is not None else []
    return _where(sa.or_(*conditions, *([column > high] if high is not None else [])))


def _of_another_pattern(column, pattern: str):
    # Great Expectations refuses patterns here.
    return _where(sa.not_(sa.func.regexp_full_match(column, pattern)))


def _repeated(column, columns: str | list):
    """Rows beyond the first of each key; rows without any key column count as one key."""
    columns = [sa.column(name) for name in json.loads(columns)]
    key = columns[0] if len(columns) == 1 else sa.func.row(*columns)
    # One distinct count costs half of what Great Expectations' own uniqueness expectations cost.
    return sa.func.count(key) - sa.func.count(sa.distinct(key))


def _median_amount(column, least_rows: int):
    """Median of the amounts that are not zero, without their sign; null where there are too few."""
    amount = sa.case((column != 0, sa.func.abs(column)))
    return sa.case((sa.func.count(amount) >= least_rows, sa.func.median(amount)))


def _where(condition):
    return sa.func.count(sa.case((condition, 1)))


_COUNTED: Mapping = {
    "rows": _rows,
    "missing": _missing,
    "outside_codes": _outside_codes,
    "outside_bounds": _outside_bounds,
    "of_another_pattern": _of_another_pattern,
    "repeated": _repeated,
    "median_amount": _median_amount,
}
