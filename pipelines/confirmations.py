"""Confirmations: what people found out about conflicting identities, as they hand it back.

The queue of conflicts of a month (`conflicts/month=.../身份冲突_202206.csv`) comes back with its last two
columns filled in, as `<landing>/<month>/confirmations/身份确认_202206*.csv`, and counts from that month on.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.identity import is_resident_id
from pipelines.month import Month
from pipelines.problem import Problem

FOLDER = "confirmations"
NAME = "身份确认_"
# Headers of the queue; the last two are for the person who looks.
HEADERS = {
    "conflict_id": "冲突编号", "kind": "类型", "first_id": "号码1", "first_name": "姓名1",
    "first_source": "来源1", "second_id": "号码2", "second_name": "姓名2", "second_source": "来源2",
    "detail": "说明", "answer": "结论", "right_id": "正确号码",
}  # fmt: skip
KINDS = {
    "two_names": "一号两名",
    "two_numbers": "一人两号（仅供核对）",
    "death_and_life": "死亡后仍有记录",
    "damaged_id": "残缺号码（仅供核对）",
}
_ANSWERS = {
    "same": ("同一人", "是", "same", "yes"),
    "different": ("不是同一人", "不同人", "否", "different", "no"),
    "alive": ("健在", "在世", "alive"),
    "dead": ("已故", "死亡", "dead"),
}
# What settles a conflict of each kind.
_SETTLING = {
    "two_names": ("same", "different"),
    "two_numbers": ("same", "different"),
    "death_and_life": ("alive", "dead"),
    "damaged_id": ("same", "different"),
}


@dataclass(frozen=True)
class Confirmation:
    """One answered conflict; `ids` are the numbers as the queue showed them, `month` that it came with."""

    conflict_id: str
    kind: str
    answer: str
    ids: tuple[str, str]
    right_id: str | None
    month: Month


def confirmations(landing: Path, month: Month) -> dict[str, Confirmation]:
    """Answers up to the month by conflict; a later one replaces an earlier one. Faulty rows are left out."""
    found: dict[str, Confirmation] = {}
    for path in files_up_to(landing, month, NAME):
        given = [answer for _, answer in _read(path) if isinstance(answer, Confirmation)]
        found |= {answer.conflict_id: answer for answer in given}
    return found


def answers_given(landing: Path, month: Month) -> dict[str, list[str]]:
    """Conflict -> its answer and the month that it came with, of the answers up to the month."""
    return {a.conflict_id: [a.answer, str(a.month)] for a in confirmations(landing, month).values()}


def confirmation_problems(landing: Path, month: Month) -> list[Problem]:
    """What is wrong in the confirmations that came with the month, by file and line."""
    problems = []
    for path in files_of(landing, month, NAME):
        name = path.relative_to(landing).as_posix()
        for line, answer in _read(path):
            if isinstance(answer, tuple):
                problems.append(Problem(name, f"line {line}", *answer))
    return problems


def is_confirmation(path: Path, root: Path, name: str = NAME) -> bool:
    """Whether a file of a month's landing folder `root` holds answers; `name` is how its name begins."""
    return path.parent == root / FOLDER and path.name.startswith(name) and path.suffix == ".csv"


def aliases(found: dict[str, Confirmation]) -> dict[str, str]:
    """Number as departments write it (without blanks, capital X) -> the person's right number."""
    known = {}
    for answer in found.values():
        if answer.kind in ("two_numbers", "damaged_id") and answer.answer == "same" and answer.right_id:
            known |= {written: answer.right_id for written in answer.ids if written != answer.right_id}
    known.pop("", None)
    return dict(sorted(known.items()))


def compact_id(text: str | None) -> str:
    """A number as it is compared: half-width, without blanks and signs, capital X."""
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text or "").upper())


def files_up_to(landing: Path, month: Month, name: str) -> Iterator[Path]:
    """Files of answers that came with the month or before it, oldest first."""
    folders = [p for p in landing.glob("[0-9]*-[0-9]*") if re.fullmatch(r"\d{4}-\d\d", p.name)]
    for folder in sorted(p for p in folders if p.name <= str(month)):
        yield from files_of(landing, Month.parse(folder.name), name)


def files_of(landing: Path, month: Month, name: str) -> list[Path]:
    """Files of answers that came with the month."""
    root = landing / str(month)
    found = (root / FOLDER).glob("*.csv") if (root / FOLDER).is_dir() else ()
    return sorted(p for p in found if is_confirmation(p, root, name) and not p.is_symlink())


def month_of(path: Path) -> Month:
    """The month that a file of answers came with."""
    return Month.parse(path.parent.parent.name)


def answered_rows(
    path: Path, headers: Mapping[str, str], optional: Collection[str] = ()
) -> Iterator[tuple[int, dict[str, str] | tuple[str, str]]]:
    """(line, cells by key or (found, allowed)) of each row of a file of answers that was answered."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")  # as spreadsheets save it
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [h for k, h in headers.items() if k not in optional and h not in (reader.fieldnames or ())]
    if missing:
        yield 1, ("columns missing: " + "、".join(missing), "the columns of the queue")
        return
    for row in reader:
        cell = {key: (row.get(header) or "").strip() for key, header in headers.items()}
        if cell["answer"]:
            yield reader.line_num, cell


def _read(path: Path) -> Iterator[tuple[int, Confirmation | tuple[str, str]]]:
    """(line, answer or (found, allowed)) of each row that was answered."""
    for line, cell in answered_rows(path, HEADERS, optional=("detail",)):
        yield line, cell if isinstance(cell, tuple) else _answer(cell, month_of(path))


def _answer(cell: dict[str, str], month: Month) -> Confirmation | tuple[str, str]:
    kind = next((kind for kind, zh in KINDS.items() if zh == cell["kind"]), "")
    answer = next((a for a, words in _ANSWERS.items() if cell["answer"].lower() in words), "")
    if not re.fullmatch(r"C[0-9A-F]{12}", cell["conflict_id"]) or not kind:
        return "an unknown conflict", "number and kind as in the queue"
    if answer not in _SETTLING[kind]:
        words = "、".join(_ANSWERS[a][0] for a in _SETTLING[kind])
        return "an unknown answer", words
    ids = (compact_id(cell["first_id"]), compact_id(cell["second_id"]))
    right = compact_id(cell["right_id"]) or (ids[1] if kind == "damaged_id" else "")
    is_right = is_resident_id(right) and right in ids
    if answer == "same" and kind in ("two_numbers", "damaged_id") and not is_right:
        return "no right number", "one of the two numbers in 正确号码, with a right check character"
    return Confirmation(cell["conflict_id"], kind, answer, ids, right or None, month)
