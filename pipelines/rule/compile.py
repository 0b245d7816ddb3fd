"""Rules as SQL: each one three-valued expression over a profile row, its sentences and its severity."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from pipelines.contract import Contract
from pipelines.month import Month
from pipelines.rule.expression import Expression, to_sql
from pipelines.rule.model import Remark, Rule
from pipelines.rule.parameter import Parameter, Value
from pipelines.rule.selection import points_of_ratio
from pipelines.rule.sentence import sentence_sql

# People on dibao by themselves stay in the household, but their own troubles are met already.
COUNTS = "not coalesce(is_covered_alone, false)"


@dataclass(frozen=True)
class Compiled:
    """One rule as it stands in a month; all SQL is over one row of its profile.

    `values` are the bound parameters, named `<rule>__<parameter>` so that many rules share a statement.
    """

    rule: Rule
    month: Month
    profile: Contract
    values: dict[str, Value]

    @functools.cached_property
    def answer(self) -> str:
        """SQL: true, false or null (unknown)."""
        return self.sql(self.rule.with_clauses(self.rule.condition))

    @property
    def clauses(self) -> dict[str, str]:
        """SQL of each clause."""
        return {name: self.sql(self.rule.with_figures(e)) for name, e in self.rule.clauses.items()}

    def explanation(self, language: str) -> str:
        """SQL text: the explanation with the remarks that hold."""
        template = self.rule.explanation[language]
        if language == "en":
            template = template[:1].upper() + template[1:]
        pieces = [self._sentence(template, language)]
        for remark in self.rule.remarks:
            pieces.append(self._remark(remark, language))
        whole = f"concat({', '.join(pieces)})"
        # A sentence may begin with who it speaks of; only then is it written twice into the statement.
        is_told_first = language == "en" and template.startswith("{")
        return f"concat(upper(left({whole}, 1)), substr({whole}, 2))" if is_told_first else whole

    def severity(self, steps: Value) -> str:
        """SQL number from 0 to 10, by the severity table of selection.yaml where the rule gives a ratio."""
        if self.rule.severity is None or not steps:
            return "0"
        kind, expression = self.rule.severity
        sql = self.sql(self.rule.with_figures(expression))
        if kind == "points":
            return f"cast(coalesce(least(10, {sql}), 0) as integer)"
        whens = [f"when {sql} >= {ratio} then {points}" for ratio, points in reversed(points_of_ratio(steps))]
        return f"(case {' '.join(whens)} else 0 end)"

    @property
    def imputed(self) -> str:
        """SQL: whether the match rests on an imputed value."""
        marks = [remark for remark in self.rule.remarks if remark.name == "imputed"]
        return f"coalesce({self.sql(self.rule.with_figures(marks[0].when))}, false)" if marks else "false"

    def to_verify(self, language: str) -> str | None:
        """SQL text of what a visitor should verify although the rule does not match; null where nothing."""
        remark = self.rule.verify
        if remark is None:
            return None
        when = self.sql(self.rule.with_figures(remark.when))
        text = self._sentence(getattr(remark, language), language)
        return f"(case when {when} and not coalesce({self.answer}, false) then {text} end)"

    @property
    def columns(self) -> list[str]:
        """Profile columns that decide the answer with the values in force."""
        return sorted(self.columns_of(self.rule.with_clauses(self.rule.condition)))

    def columns_of(self, expression: Expression) -> set[str]:
        """Columns an expression reads with the values in force: of two windows the chosen one's."""
        return self.rule.read_by(chosen(expression, self.rule.values(self.month)))

    def sql(self, expression: Expression) -> str:
        """SQL of an expression over columns, tables of values looked up, parameters named for this rule."""
        looked_up = chosen(expression, self.rule.values(self.month)).replaced(self._lookup)
        return to_sql(looked_up, {name: f"{self.rule.id}__{name}" for name in _flat(self.rule, self.month)})

    def _lookup(self, node: Expression) -> Expression | None:
        parameter = self.rule.parameters.get(node.name) if node.kind == "parameter" else None
        return table_lookup(parameter, self.month) if parameter and parameter.by else None

    def _remark(self, remark: Remark, language: str) -> str:
        when = self.sql(self.rule.with_figures(remark.when))
        return f"(case when {when} then {self._sentence(getattr(remark, language), language)} else '' end)"

    def _sentence(self, template: str, language: str) -> str:
        return sentence_sql(template, language, self.month, self.rule.parameters, self._value)

    def _value(self, name: str) -> tuple[str, str | None]:
        if name in self.rule.figures:
            unit = "yuan" if name.endswith("_yuan") else "count"
            return self.sql(self.rule.with_figures(self.rule.figures[name])), unit
        prop = next((p for p in self.profile.properties if p.column == name), None)
        if prop is None:
            raise KeyError(name)
        is_number = prop.logical_type in ("number", "integer")
        return to_sql(Expression("column", name)), (prop.unit or "count") if is_number else "text"


def compile_rule(rule: Rule, month: Month, profile: Contract) -> Compiled:
    """The rule with the values in force at the month's end."""
    values = {f"{rule.id}__{name}": value for name, value in _flat(rule, month).items()}
    return Compiled(rule, month, profile, values)


def chosen(expression: Expression, values: dict[str, Value]) -> Expression:
    """The expression with every case that chooses by equal parameters alone replaced by what it chooses."""

    def choice(node: Expression) -> Expression | None:
        if node.kind != "case":
            return None
        for when, then in zip(node.parts[:-1:2], node.parts[1:-1:2], strict=True):
            if when.kind != "compare" or when.name != "=" or when.names("column"):
                return None
            left, right = (
                values.get(part.name) if part.kind == "parameter" else part.name for part in when.parts
            )
            if left == right:
                return chosen(then, values)
        return chosen(node.parts[-1], values)

    return expression.replaced(choice)


def table_lookup(parameter: Parameter, month: Month) -> Expression:
    """A table of values as a case over the column it is looked up with; unknown where that is unknown."""
    table = parameter.in_force(month)
    key = Expression("column", parameter.by)
    parts = [Expression("call", "is null", (key,)), Expression("constant", None)]
    listed = [value for value in table if value not in ("other", "each_more")]
    for value in listed:
        parts.append(Expression("compare", "=", (key, Expression("constant", value))))
        parts.append(_entry(parameter, value))
    if "each_more" in table:
        last = Expression("constant", max(listed))
        above = Expression("call", "-", (key, last))
        more = Expression("call", "*", (above, _entry(parameter, "each_more")))
        parts.append(Expression("compare", ">", (key, last)))
        parts.append(Expression("call", "+", (_entry(parameter, max(listed)), more)))
    other = _entry(parameter, "other") if "other" in table else Expression("constant", None)
    return Expression("case", None, (*parts, other))


def _entry(parameter: Parameter, key: object) -> Expression:
    return Expression("parameter", f"{parameter.name}__{_word(key)}")


def _flat(rule: Rule, month: Month) -> dict[str, Value]:
    """Values by name; of a table one per key."""
    flat: dict[str, Value] = {}
    for name, value in rule.values(month).items():
        if isinstance(value, dict):
            flat.update({f"{name}__{_word(key)}": item for key, item in value.items()})
        else:
            flat[name] = value
    return flat


@functools.cache
def _word(key: object) -> str:
    return "".join(c if c.isalnum() else "_" for c in str(key))


def used_values(sql: str, values: dict[str, Value]) -> dict[str, Value]:
    """The values a statement asks for; DuckDB refuses any other."""
    asked = set(re.findall(r"\$([a-z_][A-Za-z0-9_]*)", sql))
    return {name: value for name, value in values.items() if name in asked}


def matches_sql(compiled: Compiled, steps: Value, profile: str) -> str:
    """One row per household that matches: rule, sentences, severity, whether imputed.

    A household with several matching residents gets one sentence for each, eldest first.
    """
    rule_id, zh, en = compiled.rule.id, compiled.explanation("zh"), compiled.explanation("en")
    severity, imputed = compiled.severity(steps), compiled.imputed
    if compiled.rule.unit == "household":
        return (
            f"select household_no, '{rule_id}' as rule_id, {zh} as explanation_zh, {en} as explanation_en, "
            f"{severity} as severity, {imputed} as is_imputed from {profile} where {compiled.answer}"
        )
    matching = (
        f"select household_no, {zh} as zh, {en} as en, {severity} as severity, {imputed} as is_imputed, "
        f"{{'age': -coalesce(age_years, -1), 'key': resident_key}} as place "
        f"from {profile} where {COUNTS} and {compiled.answer}"
    )

    # Most households have one matching resident, and sorting within an aggregate costs several times as much.
    def joined(sentence: str, separator: str) -> str:
        in_order = f"list_select(list({sentence}), list_grade_up(list(place)))"
        return (
            f"case when count(*) = 1 then any_value({sentence}) "
            f"else array_to_string({in_order}, '{separator}') end"
        )

    return (
        f"select household_no, '{rule_id}' as rule_id, {joined('zh', '；')} as explanation_zh, "
        f"{joined('en', '; ')} as explanation_en, max(severity) as severity, "
        f"bool_or(is_imputed) as is_imputed from ({matching}) as matching group by household_no"
    )
