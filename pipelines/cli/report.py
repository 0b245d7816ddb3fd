"""The command `hardship report`: the month's pages, and the way to see them."""

from __future__ import annotations

import os
import sys
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import given
from pipelines.cli.given import MonthOption


def report(
    context: typer.Context,
    month: MonthOption,
    show: Annotated[bool, typer.Option("--open", help="Open the city's page in a browser.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the pages there instead of into the lake.")
    ] = None,
    withhold_below: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="Goes with --out: households from which on a count is shown; 5 if not said.",
        ),
    ] = None,
) -> None:
    """Make the report of a published month: a page for the bureau, one for the staff of each town.

    A month's run makes it by itself. Without --out it lies in <lake>/report/month=<YYYY-MM>/. The
    bureau's page withholds small counts, for many people see it; --out DIR --withhold-below 0 writes
    one with exact counts for those who may see them.
    """
    from pipelines import monthly
    from pipelines.report import report_elsewhere

    chosen, place = given.month(month), given.place(context)
    if out is None and withhold_below is not None:
        raise typer.BadParameter("--withhold-below goes with --out: the lake holds the page meant for many.")
    if out is None:
        page = monthly.report(chosen, place, lambda _: None)
    else:
        page = report_elsewhere(chosen, place.lake, out, withhold_below)
    typer.echo(page)
    if show and not _open(page):
        typer.echo("There is no browser on a screen here: open the page above in one.", err=True)


def _open(page: Path) -> bool:
    """Whether a browser took the page; without a screen none is asked, for it would only complain."""
    has_screen = sys.platform in ("darwin", "win32") or {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
    return bool(has_screen) and webbrowser.open(page.resolve().as_uri())
