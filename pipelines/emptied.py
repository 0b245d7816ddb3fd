"""Emptied towns: that an extract truly has no row of a town any more, as a person hands it back.

A town without rows is missing from an extract until somebody says otherwise. The list of such towns
(`conflicts/month=.../缺数镇街_202206.csv`) comes back with its last column filled in, as
`<landing>/<month>/confirmations/镇街确认_202206*.csv`, and counts from that month on until the town has
rows again.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipelines.confirmations import answered_rows, files_of, files_up_to, is_confirmation, month_of
from pipelines.contract import Contract
from pipelines.month import Month
from pipelines.problem import Problem
from pipelines.reference import town_names

NAME = "镇街确认_"
HEADERS = {
    "extract": "数据编号", "title": "数据名称", "town_code": "镇街代码", "town": "镇街", "detail": "说明",
    "answer": "结论",
}  # fmt: skip
_SHOWN = ("title", "town", "detail")
# The first word of each is the one that messages name.
_EMPTY = ("确无记录", "确无", "empty")
_LEFT_OUT = ("漏报", "left out")
_DETAIL = (
    "本月没有该镇街的记录。确实已无对象填“确无记录”；属漏报填“漏报”，请部门补报 / "
    "no rows this month: 确无记录 (empty) if nobody is left there, "
    "漏报 (left out) if the department owes them"
)


def emptied_towns(extract: str, month: Month, landing: Path) -> dict[str, Month]:
    """Town code -> the month from which on, by the latest answer up to `month`, nobody is left in it."""
    return emptied_by_extract(month, landing).get(extract, {})


def emptied_by_extract(month: Month, landing: Path) -> dict[str, dict[str, Month]]:
    """The same for every extract of which answers say so."""
    found: dict[tuple[str, str], Month] = {}
    for path in files_up_to(landing, month, NAME):
        for _, answer in _read(path):
            if len(answer) == 3:
                extract, town, is_empty = answer
                found.pop((extract, town), None)
                if is_empty:
                    found[extract, town] = month_of(path)
    by_extract: dict[str, dict[str, Month]] = {}
    for (extract, town), since in sorted(found.items()):
        by_extract.setdefault(extract, {})[town] = since
    return by_extract


def emptied_problems(contracts: Mapping[str, Contract], landing: Path, month: Month) -> list[Problem]:
    """What is wrong in the answers that came with the month, by file and line."""
    problems = []
    for path in files_of(landing, month, NAME):
        name = path.relative_to(landing).as_posix()
        for line, answer in _read(path):
            if len(answer) == 2:
                problems.append(Problem(name, f"line {line}", *answer))
            elif answer[0] not in contracts:
                problems.append(Problem(name, f"line {line}", "an unknown extract", "one as in the list"))
    return problems


def is_emptied(path: Path, root: Path) -> bool:
    """Whether a file of a month's landing folder `root` holds such answers."""
    return is_confirmation(path, root, NAME)


def write_towns_asked_about(
    missing: Mapping[str, tuple[str, ...]], contracts: Mapping[str, Contract], month: Month, folder: Path
) -> None:
    """The list of towns by extract for a person to answer; none where none is missing."""
    if not any(missing.values()):
        return
    names = town_names()
    path = folder / f"缺数镇街_{str(month).replace('-', '')}.csv"
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(HEADERS.values())
        for extract, towns in sorted(missing.items()):
            title = f"{contracts[extract].title_zh} / {contracts[extract].title_en}"
            for town in towns:
                name = " / ".join(names.get(town, (town,)))
                writer.writerow([extract, title, town, name, _DETAIL, ""])


def _read(path: Path) -> Iterator[tuple[int, tuple[str, str, bool] | tuple[str, str]]]:
    """(line, (extract, town, whether it is empty) or (found, allowed)) of each row that was answered."""
    for line, cell in answered_rows(path, HEADERS, optional=_SHOWN):
        yield line, cell if isinstance(cell, tuple) else _answer(cell)


def _answer(cell: dict[str, str]) -> tuple[str, str, bool] | tuple[str, str]:
    word = cell["answer"].lower()
    if cell["town_code"] not in town_names():
        return "an unknown town", "its code as in the list"
    if word not in (*_EMPTY, *_LEFT_OUT):
        return "an unknown answer", f"{_EMPTY[0]}、{_LEFT_OUT[0]}"
    return cell["extract"], cell["town_code"], word in _EMPTY
