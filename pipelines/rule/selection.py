"""Selection: who is listed and in which order; dated like everything else that decides."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from pipelines.document import Document
from pipelines.problem import Problems
from pipelines.rule.parameter import Parameter, Value, build_parameter, dated_problems, read_plain_document
from pipelines.rule.shape import shape_problems

GUARDS = ("none", "net_income")


def load_selection(path: Path) -> dict[str, Parameter]:
    """The parameters of selection.yaml by name; raises Problems with every error in it."""
    document = read_plain_document(path)
    problems = list(shape_problems(document, "selection_file"))
    if not problems:
        items = document.data["parameters"]
        for name, item in items.items():
            problems += dated_problems(document, f"parameters.{name}.values", item["values"])
        for day, value in items["guard"]["values"].items():
            if value not in GUARDS:
                problems.append(document.problem(f"parameters.guard.values.{day}", value, ", ".join(GUARDS)))
        for name in ("severity_points", "cooling_off_months", "visits_of_town"):
            for day, value in items[name]["values"].items():
                if not isinstance(value, dict):
                    key = f"parameters.{name}.values.{day}"
                    problems.append(document.problem(key, value, "a table"))
        problems += _whole_number_problems(document, items)
        first = {name: min(map(str, item["values"])) for name, item in items.items()}
        for name, day in first.items():
            if day != min(first.values()):
                key = f"parameters.{name}.values"
                problems.append(
                    document.problem(key, f"a first value on {day}", f"one on {min(first.values())}")
                )
    if problems:
        raise Problems("Selection with errors", problems)
    return {name: build_parameter(name, item) for name, item in document.data["parameters"].items()}


def _whole_number_problems(document: Document, items: dict):
    """Points, months and visits are whole numbers; points of severity go from 0 to 10."""
    for name, item in items.items():
        if item["unit"] not in ("points", "months", "visits", "count"):
            continue
        for day, value in item["values"].items():
            for entry in value.values() if isinstance(value, dict) else [value]:
                most = 10 if name == "severity_points" else 1_000_000
                if not isinstance(entry, int) or isinstance(entry, bool) or not 0 <= entry <= most:
                    key = f"parameters.{name}.values.{day}"
                    yield document.problem(key, f"{entry!r}", f"whole numbers from 0 to {most}")


def points_of_ratio(table: Value) -> list[tuple[Decimal, int]]:
    """The severity table as steps, lowest first: from this many times the limit, so many points."""
    return sorted((Decimal(str(ratio)), int(points)) for ratio, points in table.items())
