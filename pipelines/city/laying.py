"""Laying: keeps one invented city in a landing folder, and never mixes it with anybody else's files."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from pipelines.city.synthesis import synthesize
from pipelines.month import Month
from pipelines.problem import HardshipError, Problem, Problems

RESIDENTS, SEED, DIRT = 20_000, 1, 1.0

_MARK = ".invented.json"  # which city the folder holds


def lay_missing(
    landing: Path,
    months: Sequence[Month],
    residents: int | None = None,
    seed: int | None = None,
    dirt: float | None = None,
    progress: Callable[[str], None] = print,
) -> list[Month]:
    """Lays those of the months that a folder of one invented city lacks; returns them.

    What is not given is as the city that lies there, else as by default. A folder with files that
    this function did not lay is left as it is. Raises Problems when another city lies there.
    """
    mark = landing / _MARK
    given = {"residents": residents, "seed": seed, "dirt": dirt}
    city = {"residents": RESIDENTS, "seed": SEED, "dirt": DIRT}
    if mark.is_file():
        city = json.loads(mark.read_text())
        advice = "Remove that city and its tables first (make clean-landing), or choose another folder."
        differing = [
            Problem(str(landing), name, str(value), str(city[name]), advice)
            for name, value in given.items()
            if value is not None and value != city[name]
        ]
        if differing:
            raise Problems("Another invented city lies in the landing folder", differing)
    elif landing.is_dir() and any(landing.iterdir()):
        progress(f"{landing} holds files already: they are used, no city is invented.")
        return []
    else:
        city |= {name: value for name, value in given.items() if value is not None}
    missing = [month for month in months if not (landing / str(month)).is_dir()]
    if missing:
        # Laid aside first: a month is there whole or not at all, also after a crash.
        aside = landing / ".laying"
        aside.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark.write_text(json.dumps(city) + "\n")
        synthesize(city["residents"], missing, city["seed"], aside, city["dirt"], progress=progress)
        for month in missing:
            if not (aside / str(month)).is_dir():
                raise HardshipError(f"The invented city delivered nothing for {month}.")
            (aside / str(month)).rename(landing / str(month))
        aside.rmdir()
    return missing
