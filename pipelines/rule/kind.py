"""Kinds of values: what a clause may compare and add up, told before any household is looked at."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

from pipelines.rule.expression import Expression, Refused

_OF_LOGICAL_TYPE = {
    "number": "number",
    "integer": "number",
    "string": "text",
    "date": "day",
    "boolean": "truth",
}


def kind_of_column(logical_type: str) -> str:
    """`number`, `text`, `day`, `truth` or `list` of a contract's logical type."""
    return _OF_LOGICAL_TYPE.get(logical_type, "list")


def kind_of_value(value: object) -> str:
    """`number`, `text`, `day` or `truth` of a parameter's value."""
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, (int, Decimal)):
        return "number"
    return "day" if isinstance(value, datetime.date) else "text"


def kind_of(expression: Expression, columns: Mapping[str, str], parameters: Mapping[str, str]) -> str | None:
    """Kind of an expression's value (None for null); raises Refused for unlike kinds."""

    def of(node: Expression) -> str | None:
        kinds = [of(part) for part in node.parts]
        match node.kind:
            case "column":
                return columns[node.name]
            case "parameter":
                return parameters[node.name]
            case "constant":
                return None if node.name is None else kind_of_value(node.name)
            case "and" | "or" | "not":
                _all(kinds, "truth", node.kind)
                return "truth"
            case "compare" | "in" | "between":
                _alike(kinds, "a comparison")
                return "truth"
            case "case":
                _all(kinds[:-1:2], "truth", "case when")
                return _alike([*kinds[1:-1:2], kinds[-1]], "case")
            case "call" if node.name in ("is null", "is not null"):
                return "truth"
            case "call" if node.name == "coalesce":
                return _alike(kinds, "coalesce")
        _all(kinds, "number", str(node.name))
        return "number"

    return of(expression)


def _alike(kinds: list[str | None], what: str) -> str | None:
    found = sorted({kind for kind in kinds if kind})
    if len(found) > 1:
        raise Refused(f"{what} of {' with '.join(found)}", "values of one kind")
    return found[0] if found else None


def _all(kinds: list[str | None], kind: str, what: str) -> None:
    others = sorted({str(k) for k in kinds if k not in (kind, None)})
    if others:
        wanted = {"truth": "true-or-false values", "number": "numbers"}[kind]
        raise Refused(f"{what} of {' and '.join(others)}", wanted)
