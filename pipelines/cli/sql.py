"""`hardship sql`: the published tables of all months, asked in SQL."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from pipelines.cli import given

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

    The file <lake>/hardship.duckdb opens in any DuckDB or BI client as well. Nothing can be changed.
    """
    from pipelines.database import read_views
    from pipelines.plain import table
    from pipelines.problem import HardshipError

    path = given.place(context).lake.root / "hardship.duckdb"
    if not path.exists():
        raise HardshipError(
            f"No published tables in {path.parent}. Run a month first: hardship run --month ..."
        )
    tables = "select view_name as name, comment from duckdb_views() where not internal order by view_name"
    names, rows = read_views(path, query or tables)
    if as_json:
        for row in rows:
            typer.echo(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, default=str))
        return
    for line in table(names, [[_cell(value) for value in row] for row in rows[:SHOWN_ROWS]]):
        typer.echo(line)
    if len(rows) > SHOWN_ROWS:
        typer.echo(f"... {len(rows) - SHOWN_ROWS:,} more rows; --json gives all.")


def _cell(value: object) -> object:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else value
