"""How the command speaks: as wide as the terminal, coloured only there, with a sign of life in long work."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Annotated

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")]

_SILENT_SECONDS = 2  # what answers sooner needs no sign of life


def width() -> int | None:
    """Columns of the terminal (COLUMNS, where it is set); None where the output goes elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() or "COLUMNS" in os.environ else None


def painted(text: str, colour: str | None) -> str:
    """Coloured text on a terminal; NO_COLOR (see no-color.org) and files get it plain."""
    if colour is None or not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return typer.style(text, fg=colour)


def tell_json(content: object) -> None:
    """One JSON value; days and decimals as text."""
    typer.echo(json.dumps(content, ensure_ascii=False, indent=1, default=str))


@contextlib.contextmanager
def alive() -> Iterator[Callable[[str], None]]:
    """Yields a function that says one line of progress.

    On a terminal a last line tells, between them, for how long the work in hand has been going on.
    """
    if not sys.stderr.isatty():
        yield typer.echo
        return
    began, done, turn = [time.monotonic()], threading.Event(), threading.Lock()

    def clear() -> None:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()

    def say(text: str) -> None:
        with turn:
            clear()
            typer.echo(text)
            began[0] = time.monotonic()

    def tick() -> None:
        while not done.wait(1):
            seconds = int(time.monotonic() - began[0])
            if seconds >= _SILENT_SECONDS:
                with turn:
                    sys.stderr.write(f"\r\x1b[K... {seconds // 60}:{seconds % 60:02d}")
                    sys.stderr.flush()

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield say
    finally:
        done.set()
        ticker.join()
        clear()
