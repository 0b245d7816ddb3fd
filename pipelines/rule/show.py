"""One rule as it stands in a month, for a terminal: what it asks, with which values, as which SQL."""

from __future__ import annotations

from pipelines.month import Month
from pipelines.problem import HardshipError
from pipelines.rule.compile import Compiled, compile_rule, used_values
from pipelines.rule.model import Rule, RuleSet
from pipelines.rule.packed import households_sql, residents_sql
from pipelines.rule.words import (
    EFFECTS,
    STATUSES,
    next_change,
    references_in_words,
    references_of,
    value_in_words,
)


def show(rules: RuleSet, rule_id: str, month: Month) -> str:
    """The rule's values in force with since when and by what reference, its clauses and its compiled SQL.

    Raises KeyError for an unknown rule, HardshipError when its values had not begun in the month.
    """
    rule = rules.rules[rule_id]
    if rule.begins_on > month.end:
        raise HardshipError(
            f"{rule_id} begins on {rule.begins_on}: in {month} its parameters have no value yet. "
            "Ask for a later month."
        )
    compiled = compile_rule(rule, month, rules.profiles[rule.unit])
    words = [f"{word} {getattr(rule, word)}" for word in ("dimension", "cause", "trouble", "path")]
    return "\n".join(
        [
            f"{rule.id}: {rule.title_zh} / {rule.title_en}",
            ", ".join([STATUSES[rule.status][1], EFFECTS[rule.effect][1], f"asked of each {rule.unit}"]),
            ", ".join(text for text in words if not text.endswith(" None")),
            "" if rule.is_in_force(month) else f"not run in {month}",
            f"values in force on {month.end}",
            *_value_lines(compiled),
            "",
            "legal basis",
            *(f"  {text}" for text in references_in_words(rule.references)),
            "",
            "clauses as written",
            *(f"  {key}: {text}" for key, text in as_written(rule).items()),
            "",
            "reads",
            *_column_lines(compiled),
            "",
            "compiled SQL: true is match, false is no match, null is unknown",
            *_sql_lines(compiled),
        ]
    )


def as_written(rule: Rule) -> dict[str, str]:
    """Figures, clauses and condition as they stand in the file, by name."""
    data = rule.document.data
    return {**(data.get("figures") or {}), **data["detection"]}


def _value_lines(compiled: Compiled) -> list[str]:
    rule, month = compiled.rule, compiled.month
    lines = []
    for name, parameter in rule.parameters.items():
        value = value_in_words(parameter.in_force(month), parameter.unit)
        by = f" by {parameter.by}" if parameter.by else ""
        later = next_change(parameter, month)
        change = f"; another value from {later}" if later else ""
        lines.append(f"  {name}{by} = {value} ({parameter.unit}), since {parameter.since(month)}{change}")
        lines += [f"    {text}" for text in references_of(parameter, rule)]
        if parameter.owner:
            lines.append(f"    owner {parameter.owner}, to be reviewed by {parameter.review_by}")
        sure = parameter.confidence.get(str(parameter.since(month)))
        if sure:
            lines.append(f"    {' '.join(sure.split())}")
    return lines or ["  none"]


def _column_lines(compiled: Compiled) -> list[str]:
    columns = {p.column: p for p in compiled.profile.properties}
    return [
        f"  {name}: {columns[name].description} [{', '.join(columns[name].sources) or '-'}]"
        for name in compiled.columns
    ]


def _sql_lines(compiled: Compiled) -> list[str]:
    of_unit = residents_sql if compiled.rule.unit == "resident" else households_sql
    sql = of_unit([compiled])
    values = used_values(sql, compiled.values)
    return [f"  {sql}", *(f"  ${name} = {value}" for name, value in sorted(values.items()))]
