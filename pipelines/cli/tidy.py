"""The command `hardship tidy`: what crashes and reruns left behind goes."""

from __future__ import annotations

import typer

from pipelines.cli import given


def tidy(context: typer.Context) -> None:
    """Remove what crashes left behind and old revisions that nothing rests on; lists and tables stay."""
    lake = given.place(context).lake
    removed = lake.tidy()
    for folder in removed:
        typer.echo(folder.relative_to(lake.root))
    typer.echo(f"{len(removed)} folders removed")
