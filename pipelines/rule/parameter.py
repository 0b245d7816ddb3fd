"""Dated parameters: a value is never edited in place, a new line with its first day is added."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import yaml

from pipelines.document import Document, read_document
from pipelines.month import Month
from pipelines.problem import HardshipError, Problem, Problems
from pipelines.rule.shape import shape_problems

PARAMETERS = Path(__file__).parent.parent.parent / "rules" / "parameters"

Value = int | Decimal | bool | str | dict


@dataclass(frozen=True)
class Parameter:
    """A value with the days from which each amount is in force.

    `by` names the profile column that a table of values is looked up with (household size, town);
    its values are then mappings; `other` in them stands for every key not listed, `each_more` is added
    to the last value for each whole number above it. Of a draft's parameter the latest value is in
    force in every month.
    """

    name: str
    description: str
    unit: str
    values: tuple[tuple[datetime.date, Value], ...]  # oldest first
    title_zh: str = ""
    title_en: str = ""
    by: str | None = None
    owner: str = ""
    review_by: datetime.date | None = None
    references: tuple[dict, ...] = ()
    confidence: Mapping[str, str] = field(default_factory=dict)
    is_draft: bool = False

    @property
    def begins_on(self) -> datetime.date:
        """First day any value is in force."""
        return datetime.date.min if self.is_draft else self.values[0][0]

    def since(self, month: Month) -> datetime.date | None:
        """First day of the value that is in force at the month's end, None before the first."""
        if self.is_draft:
            return self.values[-1][0]
        return max((day for day, _ in self.values if day <= month.end), default=None)

    def in_force(self, month: Month) -> Value | None:
        """The value at the month's end, None before the first."""
        since = self.since(month)
        return dict(self.values)[since] if since else None


def load_parameters(folder: Path = PARAMETERS) -> dict[str, Parameter]:
    """Shared statutory parameters by name; raises Problems with every error in every file."""
    parameters, problems = {}, []
    for path in sorted(folder.glob("*.yaml")):
        try:
            parameters[path.stem] = _load(path)
        except Problems as error:
            problems += error.problems
    if problems:
        raise Problems("Parameters with errors", problems)
    return parameters


def parameters_in_force(folder: Path = PARAMETERS, month: Month | None = None) -> dict[str, Value]:
    """Values of the shared parameters at the month's end, by name.

    `folder` is rules/parameters or the rules folder above it. Raises Problems for a parameter
    that has no value yet in the month.
    """
    if month is None:
        raise HardshipError("A month is needed to tell which values are in force.")
    parameters = load_parameters(folder / "parameters" if (folder / "parameters").is_dir() else folder)
    early = [p for p in parameters.values() if p.in_force(month) is None]
    if early:
        raise Problems(
            f"Parameters without a value in {month}",
            [
                Problem(
                    f"{p.name}.yaml", "key values", f"a first value on {p.begins_on}", f"one by {month.end}"
                )
                for p in early
            ],
        )
    return {name: p.in_force(month) for name, p in parameters.items()}


def _load(path: Path) -> Parameter:
    document = read_plain_document(path)
    problems = list(shape_problems(document, "parameter_file")) or [
        *_name_problems(document),
        *dated_problems(document, "values", document.data["values"]),
    ]
    if problems:
        raise Problems("Parameter with errors", problems)
    return build_parameter(path.stem, document.data)


def _name_problems(document: Document):
    if document.data["id"] != document.path.stem:
        yield document.problem("id", document.data["id"], f"the file's name, {document.path.stem}")


def build_parameter(name: str, data: dict) -> Parameter:
    """A parameter from the mapping of a YAML file whose shape was checked."""
    title = data.get("title") or {}
    values = sorted((_day(day), exact(value)) for day, value in data["values"].items())
    review_by = data.get("review_by")
    return Parameter(
        name=name,
        description=" ".join(data["description"].split()),
        unit=data["unit"],
        values=tuple(values),
        title_zh=title.get("zh", ""),
        title_en=title.get("en", ""),
        by=data.get("by"),
        owner=data.get("owner", ""),
        review_by=_day(review_by) if review_by else None,
        references=tuple(data.get("references") or ()),
        confidence={str(day): text for day, text in (data.get("confidence") or {}).items()},
    )


def dated_problems(document: Document, key: str, values: dict):
    """Problems of a mapping from first days to values: bad days, days out of order, unlike types."""
    days = []
    for day, value in values.items():
        try:
            days.append(_day(day))
        except ValueError:
            yield document.problem(f"{key}.{day}", day, "a day written 2022-01-01")
        if isinstance(value, dict) != isinstance(next(iter(values.values())), dict):
            yield document.problem(f"{key}.{day}", "a table beside single values", "values of one kind")
        elif isinstance(value, dict):
            yield from _table_problems(document, f"{key}.{day}", value)
        elif _kind(value) != _kind(next(iter(values.values()))):
            yield document.problem(f"{key}.{day}", f"{value!r}", "values of one kind on every day")
    if days != sorted(days):
        yield document.problem(key, "days out of order", "oldest first: a new value is a new last line")


def _table_problems(document: Document, key: str, table: dict):
    numbers = [name for name in table if name != "each_more"]
    if "each_more" in table and not (numbers and all(isinstance(name, int) for name in numbers)):
        yield document.problem(
            key, "each_more beside keys that are no numbers", "whole numbers as other keys"
        )


def exact(value):
    """A YAML value as rules use it: decimals exact, never binary floats; tables likewise."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, dict):
        return {key: exact(item) for key, item in value.items()}
    return value


def _kind(value) -> str:
    if isinstance(value, bool):
        return "switch"
    return "number" if isinstance(value, (int, float, Decimal)) else type(value).__name__


def _day(value: object) -> datetime.date:
    return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(str(value))


def read_plain_document(path: Path) -> Document:
    """A YAML mapping without anchors and aliases (a few of them can stand for gigabytes)."""
    refused = (yaml.AnchorToken, yaml.AliasToken)
    text = path.read_text(encoding="utf-8")
    # A name follows both signs at once: where none does, no token needs to be looked at.
    if re.search(r"[&*]\S", text):
        try:
            for token in yaml.scan(text, Loader=yaml.CSafeLoader):
                if isinstance(token, refused):
                    where = f"line {token.start_mark.line + 1}"
                    problem = Problem(path.name, where, "an anchor (&) or alias (*)", "plain values")
                    raise Problems("Anchors and aliases", [problem])
        except yaml.YAMLError:
            pass  # read_document says where
    return read_document(path)
