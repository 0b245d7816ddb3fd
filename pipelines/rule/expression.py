"""Clauses of rules: parsed by DuckDB, reduced to a small allow-list, written back as SQL with bound values.

Whatever is not on the list (subqueries, casts, windows, lambdas, functions that read files or the
clock) has no way into the tree that SQL is written from.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pipelines.database import Database, quoted

COMPARISONS = {
    "COMPARE_EQUAL": "=",
    "COMPARE_NOTEQUAL": "<>",
    "COMPARE_LESSTHAN": "<",
    "COMPARE_LESSTHANOREQUALTO": "<=",
    "COMPARE_GREATERTHAN": ">",
    "COMPARE_GREATERTHANOREQUALTO": ">=",
}
ARITHMETIC = ("+", "-", "*", "/")
FUNCTIONS = ("abs", "round", "greatest", "least")

# These turn "not known" into a value: allowed where only words and order depend on it, never in a clause.
NULL_HIDING = {
    "OPERATOR_COALESCE": "coalesce",
    "OPERATOR_IS_NULL": "is null",
    "OPERATOR_IS_NOT_NULL": "is not null",
}

_REFUSED = {"SUBQUERY": "a subquery", "STAR": "*", "WINDOW": "a window function", "CAST": "a cast"}

# Written twice in SQL, since it must be asked first whether both values are known.
TWICE = ("greatest", "least")

LARGEST = 2000  # parts of an expression with all its figures; a condition of that size is no rule any more
LONGEST = 2000  # characters; deeper nesting than that is no clause a person can check

ALLOWED = (
    "columns, $parameters, numbers, texts, comparisons, in, between, and, or, not, + - * /, "
    "abs, round, greatest and least of two, case"
)


class Refused(Exception):
    """An expression that is not allowed: what was found and what is allowed."""

    def __init__(self, found: str, allowed: str = ALLOWED):
        super().__init__(found)
        self.found, self.allowed = found, allowed


@dataclass(frozen=True)
class Expression:
    """A node: `kind` is column, parameter, constant, compare, and, or, not, in, between, call or case."""

    kind: str
    name: object = None  # column, parameter, operator or function; the value of a constant
    parts: tuple[Expression, ...] = ()

    def walk(self) -> Iterator[Expression]:
        """This node and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def names(self, kind: str) -> set[str]:
        """Names of all nodes of a kind (`column`, `parameter`)."""
        return {node.name for node in self.walk() if node.kind == kind}

    def replaced(self, change: Callable[[Expression], Expression | None]) -> Expression:
        """The tree with every node for which `change` returns another replaced by it."""
        new = change(self)
        if new is not None:
            return new
        return Expression(self.kind, self.name, tuple(part.replaced(change) for part in self.parts))


@functools.cache
def parse(sql: str, *, may_hide_nulls: bool = False) -> Expression:
    """One expression; raises Refused.

    Without `may_hide_nulls` an expression can only become true or false by what is known: null-hiding
    functions are refused, and `case` may choose by parameters alone.
    """
    if len(sql) > LONGEST:
        raise Refused(f"{len(sql)} characters", f"at most {LONGEST} characters; split it into clauses")
    answer = json.loads(_parser().value("select json_serialize_sql($sql)", {"sql": "select " + sql}))
    if answer["error"]:
        if "Only SELECT" in answer["error_message"]:
            raise Refused("a statement other than one expression", "one expression")
        raise Refused(
            f"SQL that cannot be read ({answer['error_message'].splitlines()[0]})", "one SQL expression"
        )
    if len(answer["statements"]) != 1:
        raise Refused(f"{len(answer['statements'])} statements", "one expression")
    node = answer["statements"][0]["node"]
    if node["type"] != "SELECT_NODE" or len(node["select_list"]) != 1:
        raise Refused("more than one expression", "one expression")
    extras = ("where_clause", "group_expressions", "group_sets", "having", "sample", "qualify", "modifiers")
    if node["from_table"]["type"] != "EMPTY" or node["cte_map"]["map"] or any(node[key] for key in extras):
        raise Refused("more than an expression (from, where, distinct, order ...)", "one expression")
    expression = _tree(node["select_list"][0])
    if not may_hide_nulls:
        _check_proof(expression)
    return expression


@functools.cache
def _parser() -> Database:
    # Only the parser is used; should anything ever be run here, it could reach nothing.
    database = Database(threads=1)
    database.execute("set enable_external_access = false")
    database.execute("set lock_configuration = true")
    return database


def _tree(node: dict) -> Expression:
    if node.get("alias"):
        raise Refused(f"a name for a result (as {node['alias']})", "one expression without a name")
    kind, what = node["class"], node["type"]
    if kind == "COLUMN_REF":
        if len(node["column_names"]) != 1:
            raise Refused(f"{'.'.join(node['column_names'])}", "plain column names")
        return Expression("column", node["column_names"][0])
    if kind == "PARAMETER":
        if node["identifier"].isdigit():
            raise Refused("a parameter without a name", "$parameter_name")
        return Expression("parameter", node["identifier"])
    if kind == "CONSTANT":
        return Expression("constant", _constant(node["value"]))
    if kind == "CAST" and node["child"]["class"] == "CONSTANT" and node["cast_type"]["id"] == "BOOLEAN":
        return Expression("constant", node["child"]["value"]["value"] == "t")
    if kind == "COMPARISON" and what in COMPARISONS:
        return Expression("compare", COMPARISONS[what], (_tree(node["left"]), _tree(node["right"])))
    if kind == "CONJUNCTION":
        parts = tuple(_tree(child) for child in node["children"])
        return Expression("and" if what == "CONJUNCTION_AND" else "or", None, parts)
    if kind == "BETWEEN":
        return Expression("between", None, tuple(_tree(node[key]) for key in ("input", "lower", "upper")))
    if kind == "OPERATOR":
        return _operator(what, node)
    if kind == "FUNCTION":
        return _function(node)
    if kind == "CASE":
        parts = []
        for check in node["case_checks"]:
            parts += [_tree(check["when_expr"]), _tree(check["then_expr"])]
        return Expression("case", None, (*parts, _tree(node["else_expr"])))
    raise Refused(_REFUSED.get(kind, kind.lower().replace("_", " ")))


def _operator(what: str, node: dict) -> Expression:
    names = {"OPERATOR_NOT": "not", "COMPARE_IN": "in", "COMPARE_NOT_IN": "not in"}
    if what not in names and what not in NULL_HIDING:
        raise Refused(what.removeprefix("OPERATOR_").lower().replace("_", " "))
    parts = tuple(_tree(child) for child in node["children"])
    if what == "COMPARE_NOT_IN":
        return Expression("not", None, (Expression("in", None, parts),))
    if what in NULL_HIDING:
        return Expression("call", NULL_HIDING[what], parts)
    return Expression(names[what], None, parts)


def _function(node: dict) -> Expression:
    name = node["function_name"].lower()
    allowed = ARITHMETIC if node["is_operator"] else FUNCTIONS
    plain = not (
        node["filter"] or node["distinct"] or node["order_bys"]["orders"] or node["schema"] or node["catalog"]
    )
    if name not in allowed or not plain:
        raise Refused(f"the function {name}")
    if name in TWICE and len(node["children"]) != 2:
        raise Refused(f"{name} of {len(node['children'])}", f"{name} of two values")
    return Expression("call", name, tuple(_tree(child) for child in node["children"]))


def _constant(value: dict):
    if value["is_null"]:
        return None
    kind = value["type"]["id"]
    if kind == "DECIMAL":
        return Decimal(value["value"]).scaleb(-value["type"]["type_info"]["scale"])
    if kind in ("INTEGER", "BIGINT", "VARCHAR"):
        return value["value"]
    raise Refused(f"a constant of type {kind.lower()}", "whole or decimal numbers, texts, true, false")


def _check_proof(expression: Expression) -> None:
    for node in expression.walk():
        if node.kind == "call" and node.name in NULL_HIDING.values():
            raise Refused(f"{node.name}, which turns 'not known' into an answer", ALLOWED)
        if node.kind == "constant" and node.name is None:
            raise Refused("null", "a value: null means not known")
        if node.kind == "case":
            chosen_by = [node.parts[i] for i in range(0, len(node.parts) - 1, 2)]
            if any(part.names("column") for part in chosen_by):
                raise Refused("a case that chooses by a column", "a case that chooses by $parameters alone")


def check_size(expression: Expression) -> None:
    """Refuses products of more than two columns: exact decimals of any size fit two, not three."""
    columns = _factors(expression)
    if columns > 2:
        raise Refused(f"a product of {columns} columns", "products of at most two columns")


def written_size(expression: Expression, figures: Mapping[str, int]) -> int:
    """Parts of an expression as SQL, with the sizes of the figures it names."""
    if expression.kind == "column":
        return figures.get(expression.name, 1)
    parts = sum(written_size(part, figures) for part in expression.parts)
    return 1 + (2 * parts if expression.kind == "call" and expression.name in TWICE else parts)


def _factors(node: Expression) -> int:
    """How many columns are multiplied with each other; those of a sum are not."""
    if node.kind == "column":
        return 1
    below = [_factors(part) for part in node.parts]
    multiplies = node.kind == "call" and node.name in ("*", "/")
    return sum(below) if multiplies else max(below, default=0)


def to_sql(expression: Expression, names: Mapping[str, str] | None = None) -> str:
    """SQL in brackets throughout; `names` renames parameters so that many rules share one statement."""

    def text(node: Expression) -> str:
        parts = [text(part) for part in node.parts]
        match node.kind:
            case "column":
                return quoted(node.name)
            case "parameter":
                return "$" + (names or {}).get(node.name, node.name)
            case "constant":
                return literal(node.name)
            case "compare":
                return f"({parts[0]} {node.name} {parts[1]})"
            case "and" | "or":
                return "(" + f" {node.kind} ".join(parts) + ")"
            case "not":
                return f"(not {parts[0]})"
            case "in":
                return f"({parts[0]} in ({', '.join(parts[1:])}))"
            case "between":
                return f"({parts[0]} between {parts[1]} and {parts[2]})"
            case "case":
                checks = [f"when {w} then {t}" for w, t in zip(parts[:-1:2], parts[1:-1:2], strict=True)]
                return f"(case {' '.join(checks)} else {parts[-1]} end)"
            case "call" if node.name in ("is null", "is not null"):
                return f"({parts[0]} {node.name})"
            case "call" if node.name in ARITHMETIC:
                return f"(- {parts[0]})" if len(parts) == 1 else f"({parts[0]} {node.name} {parts[1]})"
            case "call" if node.name in TWICE:
                # DuckDB's own pass over what is not known; here the answer is not known then.
                known = f"{parts[0]} is not null and {parts[1]} is not null"
                return f"(case when {known} then {node.name}({parts[0]}, {parts[1]}) end)"
            case "call":
                return f"{node.name}({', '.join(parts)})"
        raise ValueError(node.kind)

    return text(expression)


def literal(value: object) -> str:
    """A constant as SQL."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, Decimal)) else "'" + str(value).replace("'", "''") + "'"
