"""The command `hardship`: the stages of `pipelines.monthly` and what people ask about them, in a terminal."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

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
rules_app = typer.Typer(no_args_is_help=True, help="List the rules, run their own tests, check their files.")
app.add_typer(rules_app, name="rules")

_MONTH = "The month, for example 2022-06."
MonthOption = Annotated[str, typer.Option("--month", metavar="YYYY-MM", help=_MONTH)]


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
def run(context: typer.Context, month: MonthOption) -> None:
    """Run one month from the departments' files to the towns' lists.

    Earlier months that the windows need must have been run or ingested before.
    """
    from pipelines import monthly

    monthly.run(_month(month), _place(context))


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

    _one_of("--months", months, "--before", before)
    chosen = _months(months) if months else _month(before).window(monthly.HISTORY_MONTHS + 1)[:-1]
    monthly.ingest_history(chosen, _place(context), progress=typer.echo)


@app.command()
def status(context: typer.Context, month: MonthOption) -> None:
    """Show who delivered what, what was held and why, and what each town received."""
    from pipelines.contract import load_extracts
    from pipelines.publish import rendered, summary

    typer.echo(rendered(summary(load_extracts(), _month(month), _place(context).lake)))


@app.command()
def explain(
    context: typer.Context,
    month: MonthOption,
    household: Annotated[
        str, typer.Option(metavar="KEY", help="Household key, as on the lists: H and 16 digits.")
    ],
) -> None:
    """Show every rule's answer for one household with values, sources and limits."""
    from pipelines.detect import explain

    typer.echo(explain(_month(month), household, _place(context).lake))


@app.command()
def synthesize(
    context: typer.Context,
    residents: Annotated[int, typer.Option(min=2000, max=4_500_000, help="Size of the city.")] = 20_000,
    months: Annotated[
        str | None, typer.Option(metavar="FIRST[..LAST]", help="For example 2021-01..2022-06.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="YYYY-MM", help="This month and the eleven before it.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 1,
    dirt: Annotated[float, typer.Option(min=0, help="How dirty the files are: 0 clean, 1 as in life.")] = 1.0,
    if_empty: Annotated[
        bool, typer.Option("--if-empty", help="Do nothing when the landing folder holds files already.")
    ] = False,
) -> None:
    """Write what the departments of an invented city would deliver.

    All people are invented: their IDs carry a prefix that no place in China has.
    """
    from pipelines import monthly
    from pipelines.city import synthesize

    _one_of("--months", months, "--until", until)
    chosen = _months(months) if months else _month(until).window(monthly.HISTORY_MONTHS + 1)
    landing = _place(context).landing
    if if_empty and landing.is_dir() and any(landing.iterdir()):
        return
    synthesize(residents, chosen, seed, landing, dirt, progress=typer.echo)


@rules_app.command("list")
def rules_list() -> None:
    """List all rules with status, dimension and effect."""


@rules_app.command("test")
def rules_test() -> None:
    """Run the tests that stand in the rules' own files."""


@rules_app.command("lint")
def rules_lint() -> None:
    """Check the rules' files without running them."""


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


def _place(context: typer.Context):
    from pipelines import monthly

    return monthly.workplace(**context.find_root().obj)


def _month(text: str):
    from pipelines.month import Month

    return _given(Month.parse, text)


def _months(text: str) -> list:
    from pipelines.month import parse_months

    return _given(parse_months, text)


def _given(parse, text: str):
    from pipelines.problem import HardshipError

    try:
        return parse(text)
    except HardshipError as error:
        raise typer.BadParameter(str(error)) from None


def _one_of(first: str, given: object, second: str, other: object) -> None:
    if (given is None) == (other is None):
        raise typer.BadParameter(f"Say either {first} or {second}.")


if __name__ == "__main__":
    main()
