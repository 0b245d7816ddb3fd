"""The command `hardship`: the stages of `pipelines.monthly` and what people ask about them, in a terminal."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import given
from pipelines.cli.conflicts import conflicts
from pipelines.cli.dictionary import dictionary
from pipelines.cli.feedback import feedback
from pipelines.cli.given import MonthOption
from pipelines.cli.rules import rules_app
from pipelines.cli.sql import sql
from pipelines.cli.tidy import tidy
from pipelines.cli.visits import visits_app

# Nothing that reads or joins data is imported here: help answers at once.

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # its tracebacks show the values of variables
    rich_markup_mode=None,
    help="""Finds households in hardship by comparing monthly extracts of city departments.

    The departments' files lie in <landing>/<YYYY-MM>/<department>/, all tables and lists go to the lake.
    Both lie in HARDSHIP_HOME (else the project's data/ folder) unless --landing or --lake say otherwise.

    Exit codes: 0 done (for `run`: published), 1 failed, 2 something given was wrong.""",
)
app.add_typer(rules_app, name="rules")
app.add_typer(visits_app, name="visits")
app.command()(conflicts)
app.command()(dictionary)
app.command()(feedback)
app.command()(tidy)
app.command()(sql)


@app.callback()
def _folders(
    context: typer.Context,
    landing: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the departments' files lie.")
    ] = None,
    lake: Annotated[Path | None, typer.Option(metavar="DIR", help="Where tables and lists go.")] = None,
) -> None:
    context.obj = {"landing": landing, "lake": lake}


@app.command()
def run(
    context: typer.Context,
    month: MonthOption,
    first: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM", help="Begin with this earlier month.")
    ] = None,
) -> None:
    """Run one month from the departments' files to the towns' lists, or several with --from.

    Earlier months that the windows need must have been run or ingested before. A month that was run
    again makes those after it out of date: --from brings all of them up, in their order.
    """
    from pipelines import monthly

    last = given.month(month)
    if first is None:
        monthly.run(last, given.place(context))
        return
    begin = given.month(first)
    if begin > last:
        raise typer.BadParameter(f"--from {begin} lies after --month {last}.")
    monthly.run_from(begin, last, given.place(context))


@app.command()
def ingest(
    context: typer.Context,
    months: Annotated[
        str | None, typer.Option(metavar="FIRST[..LAST]", help="For example 2021-07..2022-05.")
    ] = None,
    before: Annotated[
        str | None, typer.Option(metavar="YYYY-MM", help="The eleven months before this one.")
    ] = None,
) -> None:
    """Read and check the files of earlier months without publishing lists: the history of the windows."""
    from pipelines import monthly

    given.one_of("--months", months, "--before", before)
    chosen = given.months(months) if months else given.month(before).window(monthly.HISTORY_MONTHS + 1)[:-1]
    monthly.ingest_history(chosen, given.place(context), progress=typer.echo)


@app.command()
def status(context: typer.Context, month: MonthOption) -> None:
    """Show who delivered what, what was held and why, and what each town received."""
    from pipelines.contract import load_extracts
    from pipelines.outdated import bring_up_command, outdated_months
    from pipelines.publish import rendered, summary

    lake = given.place(context).lake
    typer.echo(rendered(summary(load_extracts(), given.month(month), lake)))
    outdated = outdated_months(lake)
    if outdated:
        typer.echo(f"\nOut of date: {', '.join(map(str, outdated))}. Bring up: {bring_up_command(outdated)}")


@app.command()
def explain(
    context: typer.Context,
    month: MonthOption,
    household: Annotated[
        str, typer.Option(metavar="KEY", help="Household key, as on the lists: H and 16 digits.")
    ],
) -> None:
    """Show every rule's answer for one household with values, sources and limits."""
    from pipelines.detect import explain, in_words

    typer.echo(in_words(explain(given.month(month), given.place(context).lake, household)))


@app.command()
def synthesize(
    context: typer.Context,
    months: Annotated[
        str | None, typer.Option(metavar="FIRST[..LAST]", help="For example 2021-01..2022-06.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="YYYY-MM", help="This month and the eleven before it.")
    ] = None,
    residents: Annotated[
        int | None, typer.Option(min=2000, max=4_500_000, help="Size of the city; 20,000 if not said.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same files; 1 if not said.")
    ] = None,
    dirt: Annotated[
        float | None,
        typer.Option(min=0, help="How dirty the files are: 0 clean, 1 as in life (if not said)."),
    ] = None,
    truth: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to write who really is in hardship (for tests).")
    ] = None,
    visits: Annotated[
        str | None,
        typer.Option(
            metavar="YYYY-MM",
            help="Only what the towns find in this month, on the lists published before it.",
        ),
    ] = None,
    missing: Annotated[
        bool,
        typer.Option(
            "--missing",
            help="Only months that lie not there yet, and none where somebody else's files lie.",
        ),
    ] = False,
) -> None:
    """Write what the departments of an invented city would deliver.

    All people are invented: their IDs carry a prefix that no place in China has.
    """
    from pipelines import monthly
    from pipelines.city import answers, laying, synthesize

    landing = given.place(context).landing
    if visits:
        when, chance = given.month(visits), laying.SEED if seed is None else seed
        count = answers.lay_answers(landing, given.place(context).lake, when, chance)
        typer.echo(f"{count:,} visits of {when}")
        return
    given.one_of("--months", months, "--until", until)
    chosen = given.months(months) if months else given.month(until).window(monthly.HISTORY_MONTHS + 1)
    if missing:
        if truth:
            raise typer.BadParameter("--truth goes with a whole city, not with --missing.")
        laying.lay_missing(landing, chosen, residents, seed, dirt, progress=typer.echo)
        return
    synthesize(
        residents or laying.RESIDENTS,
        chosen,
        laying.SEED if seed is None else seed,
        landing,
        laying.DIRT if dirt is None else dirt,
        truth,
        progress=typer.echo,
    )


def main() -> None:
    """Entry point of the console script."""
    from pipelines.problem import HardshipError, Problems, masked

    try:
        app()
    except Problems as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except HardshipError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except Exception:
        # An error nobody foresaw may quote what it stumbled over.
        print(masked(traceback.format_exc()), file=sys.stderr)
        sys.exit(1)
