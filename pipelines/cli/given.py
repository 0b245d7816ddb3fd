"""What people give the command: months, folders; whatever is wrong is said with the right way to say it."""

from __future__ import annotations

from typing import Annotated

import typer

_MONTH = "The month, for example 2022-06."
MonthOption = Annotated[str, typer.Option("--month", metavar="YYYY-MM", help=_MONTH)]


def place(context: typer.Context):
    """Where files lie and tables go, by --landing, --lake or HARDSHIP_HOME."""
    from pipelines import monthly

    return monthly.workplace(**context.find_root().obj)


def month(text: str):
    """A month, refused with the way to write it."""
    from pipelines.month import Month

    return _given(Month.parse, text)


def months(text: str) -> list:
    """A month or a range of months."""
    from pipelines.month import parse_months

    return _given(parse_months, text)


def one_of(first: str, given: object, second: str, other: object) -> None:
    """Refuses both or neither of two options."""
    if (given is None) == (other is None):
        raise typer.BadParameter(f"Say either {first} or {second}.")


def _given(parse, text: str):
    from pipelines.problem import HardshipError

    try:
        return parse(text)
    except HardshipError as error:
        raise typer.BadParameter(str(error)) from None
