"""Expectations that count and never fetch: results carry numbers, so no value of a person can leak.

Great Expectations' own column expectations also select failing values, one query each. Those below
ask for counts alone, which are computed in the one scan that all checks of a table share.
"""

from __future__ import annotations

from typing import ClassVar

import great_expectations.expectations as gxe
import sqlalchemy as sa
from great_expectations.compatibility.pydantic import PrivateAttr
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import (
    BatchExpectation,
    ColumnAggregateExpectation,
    ColumnMapExpectation,
)
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

from pipelines.validate.counts import waits_for

ROWS = ("rows", None, None)


class _Fixed(BatchExpectation):
    """An expectation that is never changed once it is made, so that it need not describe itself anew.

    Great Expectations asks for the description some seventy times per check; that was a third of the
    time of validating a small extract.
    """

    _described = PrivateAttr(None)

    @property
    def configuration(self):
        """Type and arguments."""
        if self._described is None:
            self._described = super().configuration
        return self._described


class _Counted(_Fixed):
    """An expectation that waits for numbers of `counts` and nothing else."""

    def numbers(self) -> dict[str, tuple]:
        """What is counted, in which column, by which argument, under the names that `_validate` reads."""
        raise NotImplementedError

    def get_validation_dependencies(self, execution_engine=None, runtime_configuration=None, **kwargs):
        return waits_for(self.batch_id, **self.numbers())


class _OfColumn(_Counted):
    """Rows of a column that break something, judged as Great Expectations judges its own."""

    def broken(self) -> tuple:
        """What is counted, in which column, by which argument."""
        raise NotImplementedError

    def numbers(self) -> dict[str, tuple]:
        return {
            "table.row_count": ROWS,
            "column_values.nonnull.unexpected_count": ("missing", self.column, None),
            f"{self.map_metric}.unexpected_count": self.broken(),
        }


class ExpectColumnAlwaysGiven(_OfColumn, gxe.ExpectColumnValuesToNotBeNull):
    """A column has a value in every row, or in at least the share `mostly`."""

    def broken(self) -> tuple:
        return "missing", self.column, None


class ExpectColumnWithinSet(_OfColumn, gxe.ExpectColumnValuesToBeInSet):
    """A column's values come from a code list; nulls are not counted."""

    def broken(self) -> tuple:
        return "outside_codes", self.column, list(self.value_set)


class ExpectColumnWithinBounds(_OfColumn, gxe.ExpectColumnValuesToBeBetween):
    """A column's numbers or dates lie between two bounds; nulls are not counted."""

    def broken(self) -> tuple:
        return "outside_bounds", self.column, [self.min_value, self.max_value]


class ExpectColumnOfPattern(_OfColumn, ColumnMapExpectation):
    """A column's texts match a pattern from end to end; nulls are not counted."""

    pattern: str
    map_metric: ClassVar[str] = "column_values.of_pattern"
    success_keys: ClassVar[tuple] = ("pattern", "mostly")
    args_keys: ClassVar[tuple] = ("column", "pattern")

    def broken(self) -> tuple:
        return "of_another_pattern", self.column, self.pattern


class ExpectKeyToBeUnique(_Counted):
    """No two rows share the values of these columns, or at most the share 1 - `mostly` repeats others."""

    column_list: list[str]
    mostly: float = 1.0
    success_keys: ClassVar[tuple] = ("column_list", "mostly")
    args_keys: ClassVar[tuple] = ("column_list",)

    def numbers(self) -> dict[str, tuple]:
        return {"rows": ROWS, "repeated": ("repeated", None, self.column_list)}

    def _validate(self, metrics, runtime_configuration=None, execution_engine=None):
        repeated, rows = metrics["repeated"], metrics["rows"]
        share = 100 * repeated / rows if rows else 0.0
        result = {"element_count": rows, "unexpected_count": repeated, "unexpected_percent": share}
        return {"success": repeated <= rows * (1 - self.mostly), "result": result}


class ExpectTableColumnTypes(_Fixed):
    """Columns have the types of the contract, by DuckDB's names of them."""

    types: dict[str, str]
    metric_dependencies: ClassVar[tuple] = ("table.column_types",)
    success_keys: ClassVar[tuple] = ("types",)
    args_keys: ClassVar[tuple] = ("types",)

    def _validate(self, metrics, runtime_configuration=None, execution_engine=None):
        found = {c["name"]: str(c["type"]) for c in metrics["table.column_types"]}
        wrong = [f"{name}: {found.get(name)}" for name in self.types if found.get(name) != self.types[name]]
        return {"success": not wrong, "result": {"observed_value": wrong}}


class RowsByTownMetric(TableMetricProvider):
    """Number of rows per value of a column, as a dictionary in order of the values."""

    metric_name = "column.rows_by_town"
    domain_keys = ("batch_id", "table", "column", "row_condition", "condition_parser")

    @metric_value(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, execution_engine, metric_domain_kwargs, **kwargs):
        selectable, _, accessor = execution_engine.get_compute_domain(
            metric_domain_kwargs, MetricDomainTypes.COLUMN
        )
        column = sa.column(accessor["column"])
        query = sa.select(column, sa.func.count()).select_from(selectable).group_by(column)
        rows = execution_engine.execute_query(query).fetchall()
        return {str(town): count for town, count in sorted(rows, key=str) if town is not None}


class ExpectRowsByTownWithinBands(_Fixed, ColumnAggregateExpectation):
    """Each town has as many rows as its band [least, most] says; towns without a band are only counted."""

    bands: dict[str, list]
    metric_dependencies: ClassVar[tuple] = ("column.rows_by_town",)
    success_keys: ClassVar[tuple] = ("bands",)
    args_keys: ClassVar[tuple] = ("column", "bands")

    def _validate(self, metrics, runtime_configuration=None, execution_engine=None):
        counts = metrics["column.rows_by_town"]
        outside = {
            town: counts.get(town, 0)
            for town, (least, most) in self.bands.items()
            if counts.get(town, 0) < least or (most is not None and counts.get(town, 0) > most)
        }
        return {"success": not outside, "result": {"observed_value": counts, "outside": outside}}


class ExpectMedianAmountToBeBetween(_Counted, ColumnAggregateExpectation):
    """The median amount lies between two bounds; with too few amounts or no bounds it is only computed."""

    least_rows: int
    min_value: float | None = None
    max_value: float | None = None
    metric_dependencies: ClassVar[tuple] = ("table.counted",)
    success_keys: ClassVar[tuple] = ("least_rows", "min_value", "max_value")
    args_keys: ClassVar[tuple] = ("column", "min_value", "max_value")

    def numbers(self) -> dict[str, tuple]:
        return {"median": ("median_amount", self.column, self.least_rows)}

    def _validate(self, metrics, runtime_configuration=None, execution_engine=None):
        median = metrics["median"]
        median = None if median is None else float(median)
        is_low = median is not None and self.min_value is not None and median < self.min_value
        is_high = median is not None and self.max_value is not None and median > self.max_value
        return {"success": not (is_low or is_high), "result": {"observed_value": median}}
