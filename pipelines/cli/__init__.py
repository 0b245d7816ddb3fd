"""The command `hardship`: the stages of `pipelines.monthly` and what people ask about them, in a terminal."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import given, terminal
from pipelines.cli.conflicts import conflicts
from pipelines.cli.dictionary import dictionary
from pipelines.cli.feedback import feedback
from pipelines.cli.given import MonthOption
from pipelines.cli.report import report
from pipelines.cli.rules import rules_app
from pipelines.cli.sql import sql
from pipelines.cli.terminal import JsonOption
from pipelines.cli.tidy import tidy
from pipelines.cli.visits import visits_app
from pipelines.month import WINDOW

# Nothing that reads or joins data is imported here: help answers at once.

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks show the values of variables
    rich_markup_mode=None,
    help="""Finds households in hardship by comparing monthly extracts of city departments.

    The departments' files lie in <landing>/<YYYY-MM>/<department>/, all tables and lists go to the lake.
    Both lie in HARDSHIP_HOME (else the project's data/ folder) unless --landing or --lake say otherwise.

    \b
    To begin with an invented city:
      hardship synthesize --until 2022-06   what its departments would deliver
      hardship ingest --before 2022-06      the eleven months before
      hardship run --month 2022-06          from files to lists
      hardship status --month 2022-06       what came of it

    Exit codes: 0 done (for `run`: published), 1 failed, 2 something given was wrong.""",
)
app.add_typer(rules_app, name="rules")
app.add_typer(visits_app, name="visits")

# Of a department's line; the word beside it says the same.
_COLOURS = {"held": "red", "missing": "yellow", "warned": "yellow"}


@app.callback()
def _folders(
    context: typer.Context,
    landing: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the departments' files lie.")
    ] = None,
    lake: Annotated[Path | None, typer.Option(metavar="DIR", help="Where tables and lists go.")] = None,
) -> None:
    context.obj = {"landing": landing, "lake": lake}


@app.command(short_help="One month from files to lists; several with --from.")
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

    last, begin = given.month(month), given.month(first) if first else None
    if begin and begin > last:
        raise typer.BadParameter(f"--from {begin} lies after --month {last}.")
    with terminal.alive() as say:
        if begin:
            monthly.run_from(begin, last, given.place(context), say)
        else:
            monthly.run(last, given.place(context), say)
    typer.echo(f"What came of it: hardship status --month {last}")


@app.command(short_help="Read earlier months' files without publishing lists.")
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
    chosen = given.months(months) if months else given.month(before).window(WINDOW)[:-1]
    with terminal.alive() as say:
        monthly.ingest_history(chosen, given.place(context), progress=say)
    typer.echo(f"Next: hardship run --month {chosen[-1].plus(1)}")


@app.command(short_help="Who delivered what, and what each town received.")
def status(context: typer.Context, month: MonthOption, as_json: JsonOption = False) -> None:
    """Show who delivered what, what was held and why, and what each town received.

    Also names months that are out of date and the command that brings them up.
    """
    from pipelines.contract import load_extracts
    from pipelines.outdated import bring_up_command, outdated_months
    from pipelines.publish import rendered, summary

    place = given.place(context)
    lake = place.lake
    found = summary(load_extracts(), given.month(month), lake)
    outdated = outdated_months(lake, place.landing)
    if as_json:
        terminal.tell_json({**found, "out_of_date": [str(m) for m in outdated]})
        return
    typer.echo(rendered(found, terminal.width(), lambda line, s: terminal.painted(line, _COLOURS.get(s))))
    if not found["is_published"]:
        there = ", ".join(map(str, lake.months("published"))) or "none"
        typer.echo(f"Published: {there}. Publish it: hardship run --month {month}")
    if lake.resolve("report", given.month(month)):
        typer.echo(f"Report  {lake.partition('report', given.month(month)) / 'report.html'}")
    if lake.resolve("returns", given.month(month)):
        typer.echo(f"Back to the departments  {lake.partition('returns', given.month(month))}")
    if outdated:
        typer.echo(f"\nOut of date: {', '.join(map(str, outdated))}. Bring up: {bring_up_command(outdated)}")


@app.command(short_help="Why a household is, or is not, on a list.")
def explain(
    context: typer.Context,
    month: MonthOption,
    household: Annotated[
        str,
        typer.Option(
            metavar="KEY", help="Household key, H and 16 characters, or its end as lists show it: …69DF."
        ),
    ],
    as_json: JsonOption = False,
) -> None:
    """Show a household's case, why it is (not) listed, and every rule's answer with values and limits.

    For somebody who asks why. Names and restricted values are not shown.
    """
    from pipelines.detect import explain, in_words, told_key

    chosen, lake = given.month(month), given.place(context).lake
    found = explain(chosen, lake, told_key(chosen, lake, household))
    if as_json:
        terminal.tell_json(found)
    else:
        typer.echo(in_words(found))


app.command(short_help="Ask the published tables in SQL.")(sql)
app.command(short_help="What every table and column means, as pages.")(dictionary)
app.command(short_help="A file back to each department: what was wrong.")(feedback)
app.command(short_help="The month as pages: one for the bureau, one for each town.")(report)
app.command(short_help="Identities that a person must look at.")(conflicts)
app.command(short_help="Remove what crashes and reruns left behind.")(tidy)


@app.command(short_help="What an invented city's departments would deliver.")
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
    from pipelines.city import answers, laying, synthesize

    landing = given.place(context).landing
    if visits:
        when, chance = given.month(visits), laying.SEED if seed is None else seed
        count = answers.lay_answers(landing, given.place(context).lake, when, chance)
        typer.echo(f"{count:,} visits of {when}")
        return
    given.one_of("--months", months, "--until", until)
    chosen = given.months(months) if months else given.month(until).window(WINDOW)
    if missing:
        if truth:
            raise typer.BadParameter("--truth goes with a whole city, not with --missing.")
        laying.lay_missing(landing, chosen, residents, seed, dirt, progress=typer.echo)
        return
    with terminal.alive() as say:
        synthesize(
            residents or laying.RESIDENTS,
            chosen,
            laying.SEED if seed is None else seed,
            landing,
            laying.DIRT if dirt is None else dirt,
            truth,
            progress=say,
        )


def main() -> None:
    """Entry point of the console script."""
    from pipelines.problem import HardshipError, Problems, masked

    try:
        app(prog_name="hardship")
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
