"""The command `hardship feedback`: the files that go back to the departments."""

from __future__ import annotations

import typer

from pipelines.cli import given, terminal
from pipelines.cli.given import MonthOption
from pipelines.cli.terminal import JsonOption


def feedback(context: typer.Context, month: MonthOption, as_json: JsonOption = False) -> None:
    """Write for each department what was wrong in its files, row by row, with its scorecard.

    The workbooks (values masked) go to <lake>/returns/month=<YYYY-MM>/.
    """
    from pipelines.contract import load_extracts
    from pipelines.feedback import feedback

    with terminal.alive():
        folder = feedback(load_extracts(), given.month(month), given.place(context).lake)
    paths = sorted(folder.glob("*.xlsx"))
    if as_json:
        terminal.tell_json({"month": str(given.month(month)), "files": [str(path) for path in paths]})
        return
    for path in paths:
        typer.echo(path)
