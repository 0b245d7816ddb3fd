"""Reference: the lists of towns and communities that the project brings itself."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from pathlib import Path

REFERENCE = Path(__file__).parent.parent / "data" / "reference"


@dataclass(frozen=True)
class Town:
    """One of the city's towns and streets."""

    code: str
    name_zh: str
    name_en: str

    @property
    def folder(self) -> str:
        """Name of its folder below towns/."""
        return f"{self.code}_{self.name_zh}"


@functools.cache
def towns() -> tuple[Town, ...]:
    """All towns in order of their codes."""
    rows = sorted(reference_rows(REFERENCE / "towns.csv"), key=lambda row: row["code"])
    return tuple(Town(row["code"], row["name_zh"], row["name_en"] or row["name_zh"]) for row in rows)


def town_names() -> dict[str, tuple[str, str]]:
    """Town code -> its names, Chinese and English."""
    return {town.code: (town.name_zh, town.name_en) for town in towns()}


def reference_rows(path: Path) -> list[dict[str, str]]:
    """The rows of one of the lists, or of another that is written like it."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
