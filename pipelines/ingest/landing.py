"""Delivered files: which files of a month belong to which contract, and which to none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.confirmations import confirmation_problems, is_confirmation
from pipelines.contract import Contract
from pipelines.emptied import emptied_problems, is_emptied
from pipelines.ingest.places import town_in_name
from pipelines.lake import Lake, file_digest
from pipelines.month import Month
from pipelines.problem import Problem

# Left behind by spreadsheets, file managers and transfers; nobody delivered them.
_PASSING = ("~$", ".", "Thumbs.db", "desktop.ini")
# A correction amends: its rows replace those of the same keys. One of the whole stands for all before it.
_CORRECTION = re.compile(r"更正|补正|订正|correct(?:ion|ed)", re.I)
_WHOLE = re.compile(r"全量|整体|整表|full|whole|replace", re.I)


@dataclass(frozen=True)
class Delivered:
    """One delivered file; `name` is how messages and tables call it."""

    path: Path
    name: str
    sha256: str
    bytes: int
    correction: int = 0  # 1 for the first correction, 2 for the next; its rows replace those of their keys
    replaces_all: bool = (
        False  # a correction that stands for all files before it (of its town, if it names one)
    )
    town: str | None = None  # code of the town that the name tells


def delivered_files(contract: Contract, month: Month, landing: Path) -> list[Delivered]:
    """The files the contract claims for the month, in order of their names; empty when nothing arrived."""
    root = landing / str(month)
    files = []
    for path in sorted(_claimed(contract, month, root)):
        name = path.relative_to(root).as_posix().removeprefix(f"{contract.department}/")
        files.append(
            Delivered(path, name, file_digest(path), path.stat().st_size, town=town_in_name(path.name))
        )
    corrections = sorted((f for f in files if _CORRECTION.search(f.name)), key=_correction_order)
    return [
        replace(
            file,
            correction=corrections.index(file) + 1,
            replaces_all=bool(_WHOLE.search(file.name)),
        )
        if file in corrections
        else file
        for file in files
    ]


def delivered_bytes(contract: Contract, month: Month, landing: Path) -> int:
    """How large the files are that the contract claims for the month, without a look into them."""
    return sum(path.stat().st_size for path in _claimed(contract, month, landing / str(month)))


def replaced_by(file: Delivered, files: Sequence[Delivered]) -> Delivered | None:
    """The latest correction that stands for the file as a whole."""
    later = [
        other
        for other in files
        if other.replaces_all and other.correction > file.correction and other.town in (None, file.town)
    ]
    return max(later, key=lambda other: other.correction, default=None)


def _correction_order(file: Delivered) -> tuple[int, str]:
    number = re.search(r"\d+", file.name[_CORRECTION.search(file.name).end() :])
    return int(number[0]) if number else 0, file.name


def unclaimed_files(
    contracts: Mapping[str, Contract] | Iterable[Contract], month: Month, landing: Path
) -> list[Problem]:
    """One problem for each file of the month that no contract claims."""
    root = landing / str(month)
    known = list(contracts.values() if isinstance(contracts, Mapping) else contracts)
    claimed = {path for contract in known for path in _claimed(contract, month, root)}
    problems = []
    for path in sorted(root.rglob("*")):
        if is_confirmation(path, root) or is_emptied(path, root):
            continue
        if path.is_file() and path not in claimed and not path.name.startswith(_PASSING):
            folder = path.relative_to(root).parts[0]
            expected = [
                _filled(pattern, month) for c in known if c.department == folder for pattern in c.files
            ]
            problems.append(
                Problem(
                    path.relative_to(landing).as_posix(),
                    "",
                    "a file that no contract claims",
                    ", ".join(sorted(expected)) or "files in a department's folder",
                    "Name it as its contract says, or write a contract for it.",
                )
            )
    return problems


def input_problems(
    contracts: Mapping[str, Contract], month: Month, landing: Path, lake: Lake
) -> list[Problem]:
    """One problem for each file of the month that no contract claims or that could not be read."""
    problems = [
        *unclaimed_files(contracts, month, landing),
        *confirmation_problems(landing, month),
        *emptied_problems(contracts, landing, month),
    ]
    for contract in contracts.values():
        folder = lake.resolve(f"parquet/{contract.id}", month)
        report = json.loads((folder / "report.json").read_text(encoding="utf-8")) if folder else {"files": []}
        for file in report["files"]:
            if file["problem"]:
                name = f"{month}/{contract.department}/{file['name']}"
                problems.append(Problem(name, "", file["problem"], f"a readable file of {contract.title_en}"))
    return problems


def _claimed(contract: Contract, month: Month, root: Path) -> set[Path]:
    found = set()
    for pattern in contract.files:
        for path in root.glob(_filled(pattern, month)):
            # A link could point at any file of the machine.
            if path.is_file() and not path.is_symlink() and not path.name.startswith(_PASSING):
                found.add(path)
    return found


def _filled(pattern: str, month: Month) -> str:
    return pattern.replace("{month}", str(month)).replace("{yyyymm}", f"{month.year:04d}{month.number:02d}")
