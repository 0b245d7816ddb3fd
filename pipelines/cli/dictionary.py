"""The command `hardship dictionary`: what every table and column means, as pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import given


def dictionary(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to write; <lake>/dictionary if not said.")
    ] = None,
) -> None:
    """Write the data dictionary: a page per table with every column, code and promise, Chinese and English.

    It is made from the contracts in schemas/ and holds no data. Begin with index.html.
    """
    from pipelines.contract import load_contracts
    from pipelines.dictionary import write_dictionary

    folder = out or given.place(context).lake.root / "dictionary"
    pages = write_dictionary(load_contracts(), folder)
    typer.echo(f"{len(pages)} pages: {folder / 'index.html'}")
