"""Explanations: templates with {names} in Chinese and English, rendered by SQL beside the match.

`{name}` is a column, a figure or a parameter; `{parameter.since}` the day its value came into force;
`{period}` the months of the rule's window and `{period_6m}`, `{period_12m}` fixed windows; `{who}` the
resident ("成员（女，44岁）", "a woman of 44"). An amount whose exact value is not known is written
with its bound: "至少8,600元", "at least 8,600 yuan".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from pipelines.month import Month
from pipelines.rule.expression import literal
from pipelines.rule.parameter import Parameter

PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)(\.since)?\}")
PERIODS = {"period": None, "period_6m": 6, "period_12m": 12}
BOUNDS = {
    "at_least": {"zh": "至少", "en": "at least "},
    "at_most": {"zh": "至多", "en": "at most "},
}
UNKNOWN = {"zh": "未知", "en": "unknown"}

# Ages and sexes say whom to ask for; anything more would name the person.
WHO = {
    "zh": """'成员（' || case sex when 'M' then '男，' when 'F' then '女，' else '' end
        || coalesce(age_years || '岁', '年龄不详') || '）'""",
    "en": """case
        when age_years is null then 'a member'
        when age_years < 18 then case sex when 'M' then 'a boy of ' when 'F' then 'a girl of '
            else 'a child of ' end || age_years
        else case sex when 'M' then 'a man of ' when 'F' then 'a woman of ' else 'a member of ' end
            || age_years
    end""",
}


def placeholders(template: str) -> list[tuple[str, bool]]:
    """Names in a template and whether each asks for the day its value came into force."""
    return [(match[1], bool(match[2])) for match in PLACEHOLDER.finditer(template)]


def stray_braces(template: str) -> bool:
    """Whether anything in curly brackets is no placeholder."""
    return bool(re.search(r"[{}]", PLACEHOLDER.sub("", template)))


def sentence_sql(
    template: str,
    language: str,
    month: Month,
    parameters: dict[str, Parameter],
    value_sql: Callable[[str], tuple[str, str | None]],
) -> str:
    """SQL text expression for a template over one profile row.

    `value_sql` gives, for a column or figure, its SQL and its unit.
    """
    pieces, end = [], 0
    for match in PLACEHOLDER.finditer(template):
        pieces.append(literal(template[end : match.start()]))
        pieces.append(_piece(match[1], bool(match[2]), language, month, parameters, value_sql))
        end = match.end()
    pieces.append(literal(template[end:]))
    return "concat(" + ", ".join(piece for piece in pieces if piece != "''") + ")"


def _piece(name, since, language, month, parameters, value_sql) -> str:
    if since:
        return literal(str(parameters[name].since(month)))
    if name == "who":
        return f"({WHO[language]})"
    if name in PERIODS:
        months = PERIODS[name] or parameters["window_months"].in_force(month)
        return literal(period(month, int(months), language))
    if name in parameters:
        return literal(written(parameters[name].in_force(month), parameters[name].unit))
    sql, unit = value_sql(name)
    cases = [f"when {sql} is not null then {_formatted(sql, unit)}"]
    for word, texts in BOUNDS.items():
        bound = bound_of(name, word)
        try:
            bound_sql, _ = value_sql(bound) if bound else (None, None)
        except KeyError:
            continue
        if bound_sql:
            prefix = literal(texts[language])
            cases.append(f"when {bound_sql} is not null then {prefix} || {_formatted(bound_sql, unit)}")
    return f"(case {' '.join(cases)} else {literal(UNKNOWN[language])} end)"


def bound_of(name: str, word: str) -> str | None:
    """Name of the column that holds the bound of an amount: `x_at_least_yuan` of `x_yuan`."""
    return f"{name.removesuffix('_yuan')}_{word}_yuan" if name.endswith("_yuan") else None


def _formatted(sql: str, unit: str | None) -> str:
    if unit in (None, "text"):
        return f"cast({sql} as varchar)"
    if unit == "share":
        return f"format('{{:.1f}}%', cast({sql} as double) * 100)"
    # Whole amounts without, others with two decimals; both with thousands separators.
    rounded = f"round({sql}, 2)"
    return (
        f"(case when {rounded} = floor({rounded}) then format('{{:,}}', cast({rounded} as bigint)) "
        f"else format('{{:,.2f}}', cast({rounded} as double)) end)"
    )


def written(value: object, unit: str) -> str:
    """A parameter's value in words: 8,000; 1.5; 60%."""
    if unit == "share":
        return written(Decimal(str(value)) * 100, "points") + "%"
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return str(value)
    text = f"{value:,}" if isinstance(value, int) else f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def period(month: Month, months: int, language: str) -> str:
    """The window in words: 2021-06至2022-05, 2021-06 to 2022-05."""
    first = month.plus(1 - months)
    if months == 1:
        return str(month)
    return f"{first}至{month}" if language == "zh" else f"{first} to {month}"
