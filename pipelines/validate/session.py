"""Runs checks by Great Expectations on DuckDB: one context per process, views over Parquet, no copies."""

from __future__ import annotations

import contextlib
import functools
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import great_expectations as gx
import sqlalchemy as sa
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.validator.v1_validator import Validator

from pipelines.validate import expectations  # noqa: F401  registers them by their names
from pipelines.validate.checks import Check

# Numbers, names of columns and town codes; never a value that stands in a row of a person.
_SHOWN = {"element_count", "unexpected_count", "unexpected_percent", "observed_value", "outside"}
# One name for every extract's rows: each asset more would be written down with all those before it.
_TABLE = "accepted_rows"
_SEVERITIES = {"error": "critical", "warning": "warning"}


class DuckDBEngine(SqlAlchemyExecutionEngine):
    """Keeps its connection: Great Expectations closes others before it has fetched the result."""

    @contextlib.contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        if self._connection is None:
            self._connection = self.engine.connect()
            self._connection.exec_driver_sql("set enable_progress_bar = false")
        yield self._connection

    def show(self, table: str, path: Path) -> None:
        """Makes a Parquet file readable as a table of that name, in place of an earlier one."""
        name, file = table.replace('"', '""'), str(path).replace("'", "''")
        statement = (
            f'create or replace view "{name}" as select * from '
            f"read_parquet('{file}', hive_partitioning = false)"
        )
        self.file = path
        with self.get_connection() as connection:
            connection.exec_driver_sql(statement)


class LakeDatasource(SQLDatasource):
    """Parquet files of a lake, read by DuckDB in memory."""

    type: Literal["hardship_lake"] = "hardship_lake"

    @property
    def execution_engine_type(self) -> type[DuckDBEngine]:
        """The engine above."""
        return DuckDBEngine

    def get_engine(self) -> sa.Engine:
        """The execution engine's own, so that assets are looked up where the views are."""
        return self.get_execution_engine().engine


def run_checks(table: str, path: Path, checks: Sequence[Check]) -> dict:
    """Great Expectations' validation result as JSON, with counts and no value of any row.

    `results` are in the order of the checks; each carries its check's id in `meta`.
    """
    return _session(os.getpid()).run(table, path, checks)


@functools.lru_cache(maxsize=1)
def _session(process: int) -> _Session:
    # By process: an in-memory database does not survive a fork.
    return _Session()


class _Session:
    def __init__(self) -> None:
        self.context = gx.get_context(mode="ephemeral")
        self.context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        settings = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        if os.environ.get("HARDSHIP_MEMORY_LIMIT"):
            settings["memory_limit"] = os.environ["HARDSHIP_MEMORY_LIMIT"]
        if os.environ.get("HARDSHIP_THREADS"):
            settings["threads"] = os.environ["HARDSHIP_THREADS"]
        self.datasource = self.context.data_sources.add_hardship_lake(
            name="lake",
            connection_string="duckdb:///:memory:",
            kwargs={
                "poolclass": sa.pool.StaticPool,
                "isolation_level": "AUTOCOMMIT",
                "connect_args": {"config": settings},
            },
        )
        self.batch = None

    def run(self, table: str, path: Path, checks: Sequence[Check]) -> dict:
        self.datasource.get_execution_engine().show(_TABLE, path)
        if self.batch is None:
            self.batch = self.datasource.add_table_asset(_TABLE).add_batch_definition_whole_table("all")
        suite = gx.ExpectationSuite(name=table, expectations=[_configuration(check) for check in checks])
        validator = Validator(self.batch, result_format="BASIC")
        found = validator.validate_expectation_suite(suite)
        by_id = {result.expectation_config.meta["check"]: result for result in found.results}
        return {
            "success": found.success,
            "suite_name": table,
            "statistics": found.statistics,
            "meta": {"great_expectations_version": gx.__version__},
            "results": [_plain(check, by_id[check.id]) for check in checks],
        }


def _configuration(check: Check) -> ExpectationConfiguration:
    return ExpectationConfiguration(
        type=check.expectation,
        kwargs=check.arguments,
        meta={"check": check.id},
        description=_words(check),
        severity=_SEVERITIES[check.severity],
    )


def _words(check: Check) -> str:
    # A dollar sign would begin a placeholder of the documentation's templates.
    return f"{check.zh} / {check.en}".replace("$", "$$")


def _plain(check: Check, found: ExpectationValidationResult) -> dict:
    """A result with its counts; what a failing statement said is dropped, it may quote a row."""
    return {
        "success": bool(found.success),
        "expectation_config": {
            "type": check.expectation,
            "kwargs": check.arguments,
            "meta": {"check": check.id},
            "description": _words(check),
            "severity": _SEVERITIES[check.severity],
        },
        "result": {key: value for key, value in found.result.items() if key in _SHOWN},
        "error": None if found.result else _error(found.exception_info),
    }


def _error(exception_info: dict | None) -> str:
    name = re.search(r"_duckdb\.(\w+)|(\w+(?:Error|Exception))", str(exception_info))
    return name[1] or name[2] if name else "no result"
