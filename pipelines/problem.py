"""Problems a person can act on: what is wrong, where, what is allowed, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# A run of 15 or more digits may be a resident ID; messages never carry one.
_ID_LIKE = re.compile(r"\d{15,17}[\dXx]?")


def masked(text: object) -> str:
    """Text fit for a log: anything that looks like a resident ID keeps its first six characters only."""
    return _ID_LIKE.sub(lambda m: m.group()[:6] + "*" * (len(m.group()) - 6), str(text))


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, addressed to the person who can mend it.

    `where` is a line of a text file, a key of a YAML file or a cell of a sheet.
    """

    file: str
    where: str
    found: str
    allowed: str
    advice: str = ""

    def __str__(self) -> str:
        place = f"{self.file}, {self.where}" if self.where else self.file
        advice = f" {self.advice}" if self.advice else ""
        return masked(f"{place}: found {self.found}; allowed: {self.allowed}.{advice}")


class HardshipError(Exception):
    """Base of all errors this project raises on purpose; its text is fit for a terminal."""


class Problems(HardshipError):
    """All problems of one kind, reported together."""

    def __init__(self, title: str, problems: Iterable[Problem]):
        self.title = title
        self.problems = sorted(set(problems), key=_in_reading_order)
        super().__init__(title)

    def __str__(self) -> str:
        lines = [f"{self.title} ({len(self.problems)})"]
        lines += [f"  - {problem}" for problem in self.problems]
        return "\n".join(lines)


def _in_reading_order(problem: Problem) -> tuple:
    numbers = [int(digits) for digits in re.findall(r"\d+", problem.where)[:1]]
    return (problem.file, numbers, problem)


def shown(path: Path, root: Path) -> str:
    """A path as messages show it: relative to `root` where it lies below it."""
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
