"""The same answers by one DuckDB statement, reference.sql, over views of the accepted Parquet."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.month import Month
from tests.bench.inputs import COMMUNITIES, Files, hmac_keys

STATEMENT = Path(__file__).with_name("reference.sql")


def write_answers(files: Files, month: Month, secret: bytes, target: Path) -> None:
    """One row per household: members, every answer, outcome, priority, rank, key, to a Parquet file."""
    if month.year != 2022:
        raise LookupError(f"{STATEMENT.name} holds the values in force in 2022, not those of {month}")
    connection = duckdb.connect()
    try:
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"set temp_directory = '{target.parent}/spilled'")
        if not files["identity_conflicts"]:
            connection.execute(
                "create table identity_conflicts (resident_key bigint, kind varchar, is_open boolean)"
            )
        for name, paths in files.items():
            if not paths:
                continue
            listed = [str(path) for path in paths]
            connection.execute(
                f"create view {name} as select * from read_parquet({listed}, hive_partitioning = false)"
            )
        connection.execute(
            f"create view communities as select * from read_csv('{COMMUNITIES}', all_varchar = true)"
        )
        values = {"month_start": month.start, **hmac_keys(secret)}
        connection.execute(f"copy ({STATEMENT.read_text()}) to '{target}' (compression zstd)", values)
    finally:
        connection.close()
