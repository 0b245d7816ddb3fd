"""The command `hardship feedback`: the files that go back to the departments."""

from __future__ import annotations

import typer

from pipelines.cli import given
from pipelines.cli.given import MonthOption


def feedback(context: typer.Context, month: MonthOption) -> None:
    """Write for each department what was wrong in its files, row by row, with its scorecard.

    The workbooks (values masked) go to <lake>/returns/month=<YYYY-MM>/.
    """
    from pipelines.contract import load_extracts
    from pipelines.feedback import feedback

    folder = feedback(load_extracts(), given.month(month), given.place(context).lake)
    for path in sorted(folder.glob("*.xlsx")):
        typer.echo(path)
