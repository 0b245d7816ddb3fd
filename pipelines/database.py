"""DuckDB: runs `sql/<name>.sql` as the relation it is named after; the only module that imports duckdb."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.problem import HardshipError, masked

SQL = Path(__file__).parent.parent / "sql"

# Of a city of millions the process then stays below 4 GiB; a smaller city never comes near.
_MEMORY = "3GB"

# Row groups of 120k rows let both cores read one file. Version 2 encodings leave zstd half the bytes to
# compress: a wide table is written in half the time of version 1. Numbers of more than a thousand
# different values make no dictionary worth its hashing.
_PARQUET = (
    "format parquet, parquet_version v2, compression zstd, compression_level 1, row_group_size 122880, "
    "dictionary_size_limit 1000"
)

# Money is counted in whole cents: integers add and divide exactly, and several times faster than
# DuckDB's decimals, which it divides as floats. Half a cent is rounded away from zero.
_FUNCTIONS = (
    """create or replace temp macro mean_cents(cents, n) as
    case when n > 0 then
        cast((2 * cents + case when cents < 0 then -n else n end) // (2 * n) as bigint)
    end""",
    "create or replace temp macro yuan(cents) as cast(cents as decimal(16, 0)) * cast(0.01 as decimal(2, 2))",
    # Stands for a long text where only sameness matters: integers are joined and kept at a fraction of
    # its cost. 63 bits: among the addresses of a city two different ones meet less than once in a million.
    """create or replace temp macro text_key(text) as
    case when text is not null then cast(hash(text) >> 1 as bigint) end""",
)


class DatabaseError(HardshipError):
    """A statement failed; the text carries the relation's name and the whole SQL."""

    def __init__(self, relation: str, sql: str, cause: Exception):
        super().__init__(masked(f"Relation {relation} failed: {cause}\n--- {relation}.sql\n{sql}"))


class Database:
    """One in-memory DuckDB whose relations are views over Parquet and tables made from sql/ files."""

    def __init__(self, memory_limit: str | None = None, threads: int | None = None):
        self._connection = duckdb.connect(":memory:")
        memory_limit = memory_limit or os.environ.get("HARDSHIP_MEMORY_LIMIT") or _MEMORY
        # What does not fit is laid aside on disk, readable by its owner alone, and goes when this goes.
        self._aside = tempfile.TemporaryDirectory(prefix="hardship-")
        self.execute(f"set temp_directory = '{self._aside.name}'")
        threads = threads or int(os.environ.get("HARDSHIP_THREADS", 0)) or None
        # Order is stated where it matters (order by); keeping insertion order costs memory.
        self.execute("set preserve_insertion_order = false")
        # No statement may read from the network or load code.
        self.execute("set autoinstall_known_extensions = false")
        self.execute("set autoload_known_extensions = false")
        self.execute("set enable_progress_bar = false")
        for function in _FUNCTIONS:
            self.execute(function)
        self.execute(f"set memory_limit = '{memory_limit}'")
        if threads:
            self.execute(f"set threads = {int(threads)}")

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._aside.cleanup()

    def execute(self, sql: str, parameters: Mapping | None = None, relation: str = "statement"):
        """Runs one statement with bound parameters; raises DatabaseError."""
        try:
            return self._connection.execute(sql, dict(parameters) if parameters else None)
        except duckdb.Error as error:
            raise DatabaseError(relation, sql, error) from None

    def view(self, name: str, files: Iterable[Path] | Path) -> None:
        """Makes Parquet files of one shape readable as a relation; a `month=` folder becomes no column."""
        paths = [files] if isinstance(files, Path) else list(files)
        listed = ", ".join(_literal(str(path)) for path in paths)
        self.execute(
            f"create or replace view {quoted(name)} as select * from "
            f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)",
            relation=name,
        )

    def view_or_nothing(self, name: str, files: Iterable[Path], shape: pa.Schema) -> None:
        """The same where there are files, else a relation of that shape without rows."""
        if paths := list(files):
            self.view(name, paths)
        else:
            self.register(name, pa.Table.from_batches([], schema=shape))

    def words(self, name: str, texts: Iterable[str]) -> None:
        """Makes an enum of some texts, which sorts as they do; null is of every enum.

        Columns of few different texts cost a quarter to keep in a table and a tenth to write.
        """
        listed = ", ".join(_literal(text) for text in sorted(set(texts)))
        self.execute(f"create or replace type {quoted(name)} as enum ({listed})", relation=name)

    def table(self, name: str, parameters: Mapping | None = None) -> None:
        """Computes sql/<name>.sql into a temporary table of that name."""
        self._create("table", name, parameters)

    def drop(self, name: str) -> None:
        """Gives the memory of a computed table back."""
        self.execute(f"drop table {quoted(name)}", relation=name)

    def lazy(self, name: str) -> None:
        """Names sql/<name>.sql as a view: computed where it is read. DuckDB's views take no parameters."""
        self._create("view", name, None)

    def _create(self, kind: str, name: str, parameters: Mapping | None) -> None:
        sql = (SQL / f"{name}.sql").read_text(encoding="utf-8")
        used = {key: value for key, value in (parameters or {}).items() if f"${key}" in sql}
        self.execute(f"create or replace temp {kind} {quoted(name)} as\n{sql}", used, relation=name)

    def rows(self, sql: str, parameters: Mapping | None = None) -> list[dict]:
        """All rows of a small result as dictionaries."""
        cursor = self.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def values(self, sql: str, parameters: Mapping | None = None) -> tuple | None:
        """The first row."""
        return self.execute(sql, parameters).fetchone()

    def value(self, sql: str, parameters: Mapping | None = None):
        """The first column of the first row."""
        row = self.values(sql, parameters)
        return row[0] if row else None

    def arrow(self, sql: str, parameters: Mapping | None = None):
        """A result as a pyarrow table."""
        return self.execute(sql, parameters).to_arrow_table()

    def register(self, name: str, table) -> None:
        """Makes a pyarrow table readable as a relation."""
        self._connection.register(name, table)

    def write(self, sql: str, path: Path, parameters: Mapping | None = None) -> int:
        """Writes a result to one Parquet file and returns its row count.

        Order it by a unique key: then bytes do not depend on the number of threads.
        """
        self.execute("set preserve_insertion_order = true")
        try:
            cursor = self.execute(f"copy ({sql}) to '{path}' ({_PARQUET})", parameters, relation=path.stem)
            return cursor.fetchone()[0]
        finally:
            self.execute("set preserve_insertion_order = false")


def quoted(name: str) -> str:
    """An identifier safe to place in a statement; only plain words are names of relations here."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError(f"{name!r} is not a relation name")
    return f'"{name}"'


def read_by(relations: Iterable[str]) -> set[str]:
    """Names of all that the sql/ files of some relations read, and what those read in turn."""
    found: set[str] = set()
    waiting = set(relations)
    while waiting:
        file = SQL / f"{waiting.pop()}.sql"
        if file.is_file():
            names = set(re.findall(r"\b(?:from|join)\s+(\w+)", file.read_text(encoding="utf-8"))) - found
            found |= names
            waiting |= names
    return found


@dataclass(frozen=True)
class DocumentedView:
    """A view over Parquet files (a glob) with a comment on itself and on each of its columns."""

    name: str
    files: str
    comment: str
    columns: Mapping[str, str]


def write_views(path: Path, views: Iterable[DocumentedView], tables: Mapping[str, object]) -> None:
    """Writes a DuckDB file of views and a few small pyarrow tables; replaces it in one step."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    connection = duckdb.connect(str(fresh))
    try:
        # In one transaction: hundreds of comments are flushed to disk together.
        connection.begin()
        for name, table in tables.items():
            connection.register("given", table)
            connection.execute(f"create table {quoted(name)} as select * from given")
            connection.unregister("given")
        for view in views:
            columns = ", ".join(quoted(column) for column in view.columns)
            connection.execute(
                f"create view {quoted(view.name)} as select {columns} from "
                f"read_parquet({_literal(view.files)}, union_by_name = true, hive_partitioning = false)"
            )
            connection.execute(f"comment on view {quoted(view.name)} is {_literal(view.comment)}")
            for column, comment in view.columns.items():
                target = f"{quoted(view.name)}.{quoted(column)}"
                connection.execute(f"comment on column {target} is {_literal(comment)}")
        connection.commit()
    except duckdb.Error as error:
        fresh.unlink(missing_ok=True)
        raise DatabaseError(path.name, "", error) from None
    finally:
        connection.close()
    fresh.chmod(0o600)
    os.replace(fresh, path)


def read_views(path: Path, sql: str) -> tuple[list[str], list[tuple]]:
    """Column names and all rows of a query on a file of views, opened read-only; raises DatabaseError."""
    connection = duckdb.connect(str(path), read_only=True)
    try:
        cursor = connection.execute(sql)
        return [column[0] for column in cursor.description or []], cursor.fetchall()
    except duckdb.Error as error:
        raise DatabaseError("query", sql, error) from None
    finally:
        connection.close()


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
