"""`hardship sql`: the published tables of all months, asked in SQL."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from pipelines.cli import given, terminal

SHOWN_ROWS = 50


def sql(
    context: typer.Context,
    query: Annotated[
        str | None,
        typer.Argument(
            metavar="QUERY", help="For example: select status, count(*) from candidates group by all"
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="All rows as JSON, one object a row.")] = False,
) -> None:
    """Ask the published tables of all months; without a query, say which tables there are.

    \b
    For example:
      hardship sql "select month, status, count(*) from candidates group by all order by all"
      hardship sql "describe candidates"

    The file <lake>/hardship.duckdb opens in any DuckDB or BI client as well. Nothing can be changed.
    """
    from pipelines.database import DatabaseError, read_views
    from pipelines.plain import table
    from pipelines.problem import HardshipError

    path = given.place(context).lake.root / "hardship.duckdb"
    if not path.exists():
        raise HardshipError(
            f"No published tables in {path.parent}. Run a month first: hardship run --month ..."
        )
    tables = "select view_name as name, comment from duckdb_views() where not internal order by view_name"
    try:
        names, rows = read_views(path, query or tables)
    except DatabaseError as error:
        raise HardshipError(
            f'{error}\nThe tables: hardship sql; their columns: hardship sql "describe candidates"; '
            "questions to begin with: docs/queries.md"
        ) from None
    if as_json:
        for row in rows:
            typer.echo(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, default=str))
        return
    shown = [[_cell(value) for value in row] for row in rows[:SHOWN_ROWS]]
    for line in table(names, shown, terminal.width()):
        typer.echo(line)
    if len(rows) > SHOWN_ROWS:
        typer.echo(f"... {len(rows) - SHOWN_ROWS:,} more rows; --json gives all.")


def _cell(value: object) -> object:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else value
