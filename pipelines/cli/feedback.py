"""The command `hardship feedback`: the files that go back to the departments."""

from __future__ import annotations

import typer

from pipelines.cli import given, terminal
from pipelines.cli.given import MonthOption
from pipelines.cli.terminal import JsonOption


def feedback(context: typer.Context, month: MonthOption, as_json: JsonOption = False) -> None:
    """Write for each department what was wrong in its files, row by row, with its scorecard.

    A month's run does it by itself. The workbooks (values masked) lie in <lake>/returns/month=<YYYY-MM>/.
    """
    from pipelines import monthly

    with terminal.alive():
        folder = monthly.feedback(given.month(month), given.place(context), lambda _: None)
    paths = sorted(folder.glob("*.xlsx"))
    if as_json:
        terminal.tell_json({"month": str(given.month(month)), "files": [str(path) for path in paths]})
        return
    for path in paths:
        typer.echo(path)
