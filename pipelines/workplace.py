"""Workplace: the folders that a month is run between."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pipelines.contract import SCHEMAS
from pipelines.lake import Lake


@dataclass(frozen=True)
class Workplace:
    """Where the departments' files lie and where the tables go."""

    landing: Path
    lake: Lake


def home() -> Path:
    """HARDSHIP_HOME, else the project's data/ folder."""
    given = os.environ.get("HARDSHIP_HOME")
    return Path(given).expanduser().resolve() if given else SCHEMAS.parent / "data"


def workplace(landing: Path | None = None, lake: Path | None = None) -> Workplace:
    """The folders given, else those below `home()`."""
    return Workplace(landing=Path(landing or home() / "landing"), lake=Lake(Path(lake or home())))
