"""Packed answers: what many rules say of a household in a few whole numbers, two bits to an answer.

A city has as many answers as households times rules, and nearly all are no. A column of each costs 7 ns a
household to keep and 2 to count; packed, an answer costs one or two altogether, and households of whom all
rules say the same are counted together.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pipelines.rule.compile import COUNTS, Compiled
from pipelines.rule.expression import Expression, to_sql

MATCH, UNKNOWN = 1, 2  # no match is 0
_ANSWERS = 30  # in a column: two bits each of the 63 that a whole number has beside its sign


class Place(NamedTuple):
    """Where a rule's answer stands: a column, and how many bits of others stand below it."""

    column: str
    shift: int

    @property
    def answer(self) -> str:
        """SQL: true, false or null (unknown)."""
        bits = f"({self.column} >> {self.shift}) & {MATCH | UNKNOWN}"
        return f"(case {bits} when {MATCH} then true when {UNKNOWN} then null else false end)"


def places_of(compiled: Iterable[Compiled]) -> dict[str, Place]:
    """By rule the place of its answer; rules that concern the same households stand side by side."""
    found = {}
    for unit, rules in itertools.groupby(sorted(compiled, key=_order), key=lambda c: c.rule.unit):
        for number, c in enumerate(rules):
            found[c.rule.id] = Place(f"{unit}_answers_{number // _ANSWERS}", 2 * (number % _ANSWERS))
    return found


def any_of(places: Iterable[Place], answers: int) -> str:
    """SQL: whether any rule there is answered so (MATCH, UNKNOWN or either)."""
    masks = _masks(places, answers)
    return " or ".join(f"({column} & {mask}) <> 0" for column, mask in masks.items()) or "false"


def packed_households_sql(compiled: list[Compiled], profile: str, beside: Iterable[str] = ()) -> str:
    """One row per household: its number, the columns `beside` and the answers of rules about households."""
    columns = [f"{sql} as {column}" for column, sql in _columns(compiled, places_of(compiled))]
    return f"select {', '.join(['household_no', *beside, *columns])} from {profile}"


def packed_residents_sql(compiled: list[Compiled], profile: str) -> str:
    """One row per household with its answers of rules about residents; none where all of them are no.

    A rule matches if it is true of any resident, else is unknown if it is unknown of any, else no match.
    """
    places = places_of(compiled)
    columns = _columns(compiled, places)
    of_each = [f"(case when {COUNTS} then {sql} else 0 end) as {column}" for column, sql in columns]
    matches = _masks(places.values(), MATCH)
    # One resident who matches settles it, whatever is not known of the others.
    of_all = [f"bit_or({c}) & ~((bit_or({c}) & {mask}) << 1) as {c}" for c, mask in matches.items()]
    return (
        f"select {', '.join(['household_no', *of_all])} from "
        f"(select {', '.join(['household_no', *of_each])} from {profile}) as answering "
        f"where {' or '.join(f'{column} <> 0' for column in matches)} group by household_no"
    )


def households_sql(compiled: list[Compiled], profile: str = "household_profile") -> str:
    """One row per household with one three-valued column per rule about households."""
    columns = ["household_no", *_named(places_of(compiled))]
    return f"select {', '.join(columns)} from ({packed_households_sql(compiled, profile)}) as packed"


def residents_sql(compiled: list[Compiled], profile: str = "resident_profile") -> str:
    """One row per household with one three-valued column per rule about residents."""
    places = places_of(compiled)
    packed = ", ".join(f"coalesce({column}, 0) as {column}" for column in _masks(places.values(), MATCH))
    return (
        f"select {', '.join(['household_no', *_named(places)])} from "
        f"(select household_no, {packed} from (select distinct household_no from {profile}) as households "
        f"left join ({packed_residents_sql(compiled, profile)}) as answered using (household_no)) as packed"
    )


def _named(places: Mapping[str, Place]) -> list[str]:
    return [f'{place.answer} as "{rule_id}"' for rule_id, place in sorted(places.items())]


def _masks(places: Iterable[Place], answers: int) -> dict[str, int]:
    masks: dict[str, int] = {}
    for place in sorted(places):
        masks[place.column] = masks.get(place.column, 0) | answers << place.shift
    return masks


def _columns(compiled: list[Compiled], places: Mapping[str, Place]) -> Iterator[tuple[str, str]]:
    """Each column's SQL over a row of the profile.

    DuckDB asks every part of a condition of every row, but what follows `else` only of the rows that are
    left: rules that concern few households are asked together, of those alone.
    """
    in_order = sorted(compiled, key=_order)
    for column, rules in itertools.groupby(in_order, key=lambda c: places[c.rule.id].column):
        sums = []
        for _, alike in itertools.groupby(rules, key=_concerned):
            asked = list(alike)
            packed = " + ".join(_packed(c, places[c.rule.id].shift) for c in asked)
            narrow = _narrow(asked[0])
            sums.append(
                f"(case when not {asked[0].sql(narrow)} then 0 else {packed} end)" if narrow else packed
            )
        yield column, " + ".join(sums)


def _packed(compiled: Compiled, shift: int) -> str:
    code = f"coalesce(cast({compiled.answer} as bigint), {UNKNOWN})"
    return f"({code} << {shift})" if shift else code


def _order(compiled: Compiled) -> tuple[str, str, str]:
    return compiled.rule.unit, _concerned(compiled), compiled.rule.id


def _concerned(compiled: Compiled) -> str:
    """The narrow clause of a rule with its values: equal for rules that concern the same households."""
    narrow, values = _narrow(compiled), compiled.rule.values(compiled.month)

    def value(node: Expression) -> Expression | None:
        return Expression("constant", values[node.name]) if node.kind == "parameter" else None

    return to_sql(narrow.replaced(value)) if narrow else ""


def _narrow(compiled: Compiled) -> Expression | None:
    """A part of the condition that a column must be equal to one value for: no for most households."""
    condition = compiled.rule.with_clauses(compiled.rule.condition)
    for part in _conjuncts(condition):
        if part.kind == "compare" and part.name == "=":
            kinds = sorted(side.kind for side in part.parts)
            values = compiled.rule.values(compiled.month)
            tables = [name for name in part.names("parameter") if isinstance(values[name], dict)]
            if kinds in (["column", "constant"], ["column", "parameter"]) and not tables:
                return part
    return None


def _conjuncts(expression: Expression) -> Iterator[Expression]:
    if expression.kind != "and":
        yield expression
    else:
        for part in expression.parts:
            yield from _conjuncts(part)
