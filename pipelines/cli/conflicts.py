"""The command `hardship conflicts`: identities that a person must look at."""

from __future__ import annotations

import typer

from pipelines.cli import given, terminal
from pipelines.cli.given import MonthOption
from pipelines.cli.terminal import JsonOption


def conflicts(context: typer.Context, month: MonthOption, as_json: JsonOption = False) -> None:
    """Queue the month's contradicting identities and apply the answers that came back.

    The queue is a CSV in <lake>/conflicts/month=<YYYY-MM>/. Filled in, it is put back as
    <landing>/<YYYY-MM>/confirmations/身份确认_<yyyymm>.csv and counts from that month on.
    Beside it lies 缺数镇街_<yyyymm>.csv when an extract has no rows of a town: filled in, it is put back
    there as 镇街确认_<yyyymm>.csv. 确无记录 says that nobody is left in the town, so that it counts as known.
    """
    from pipelines.confirmations import KINDS
    from pipelines.conflicts import TABLE, conflicts
    from pipelines.contract import load_extracts

    chosen, place = given.month(month), given.place(context)
    with terminal.alive():
        found = conflicts(load_extracts(), chosen, place.landing, place.lake)
    folder = place.lake.partition(TABLE, chosen)
    if as_json:
        terminal.tell_json({"month": str(chosen), "open": found, "folder": str(folder)})
        return
    for kind, count in found.items():
        zh = KINDS.get(kind, "缺数镇街")
        typer.echo(f"{zh} / {kind.replace('_', ' ')}: {count:,} open")
    if not sum(found.values()):
        typer.echo("None to be answered.")
    typer.echo(folder)
