"""What a rule says and proves: its sentences quote only what they may, its examples cover every answer."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.contract import Contract
from pipelines.problem import Problem
from pipelines.rule.expression import Expression
from pipelines.rule.model import Rule
from pipelines.rule.sentence import BOUNDS, PERIODS, bound_of, placeholders, stray_braces
from pipelines.rule.shape import suggestion

QUOTABLE = ("public", "internal")


def explanation_problems(rule: Rule, profile: Contract) -> Iterator[Problem]:
    """Sentences that quote what their clauses do not read or what may not be shown."""
    texts = [("explanation", rule.explanation, rule.columns)]
    for remark in [*rule.remarks, *([rule.verify] if rule.verify else [])]:
        key = "verify" if remark is rule.verify else f"remarks.{remark.name}"
        read = rule.with_figures(remark.when).names("column") | (
            rule.columns if remark is not rule.verify else set()
        )
        texts.append((key, {"zh": remark.zh, "en": remark.en}, read))
    for key, by_language, read in texts:
        for language, template in by_language.items():
            yield from _template_problems(rule, profile, f"{key}.{language}", template, read)
        names = [{name for name, _ in placeholders(template)} for template in by_language.values()]
        if names[0] != names[1]:
            odd = ", ".join(sorted(names[0] ^ names[1]))
            yield rule.document.problem(
                key, f"{odd} in one language only", "the same facts in both languages"
            )
    if rule.unit == "resident" and ("who", False) not in placeholders(rule.explanation["zh"]):
        yield rule.document.problem("explanation", "no {who}", "{who} in a rule about residents")


def _template_problems(
    rule: Rule, profile: Contract, key: str, template: str, read: set
) -> Iterator[Problem]:
    document = rule.document
    if stray_braces(template):
        yield document.problem(key, "a curly bracket that holds no name", "{name} or {parameter.since}")
    if "\n" in template.strip("\n"):
        yield document.problem(key, "a line break", "one line (`>-` folds lines of one indentation)")
    for name, since in placeholders(template):
        if name in rule.parameters:
            if rule.parameters[name].by and not since:
                yield document.problem(key, f"{{{name}}}, a table", "a figure that looks it up")
            continue
        if since:
            yield document.problem(key, f"{{{name}.since}}", "the name of a parameter before .since")
        elif name in PERIODS:
            if name == "period" and not rule.window_months:
                yield document.problem(
                    key,
                    "{period} without the parameter window_months",
                    "{period_6m}, {period_12m}, or a parameter window_months",
                )
        elif name != "who" or rule.unit != "resident":
            yield from _quoted_problems(rule, profile, key, name, read)


def _quoted_problems(rule: Rule, profile: Contract, key: str, name: str, read: set) -> Iterator[Problem]:
    columns = {p.column: p for p in profile.properties}
    if name not in columns and name not in rule.figures:
        known = [*rule.parameters, *rule.figures, *sorted(read), *PERIODS]
        yield rule.document.problem(
            key, f"{{{name}}}", ", ".join(known), suggestion(name, [*known, *columns])
        )
        return
    for quoted in rule.with_figures(Expression("column", name)).names("column"):
        if quoted not in read:
            found = f"{{{name}}} quotes {quoted}, which its clauses do not read"
            yield rule.document.problem(key, found, ", ".join(sorted(read)))
        elif columns[quoted].classification not in QUOTABLE:
            found = f"{{{name}}} quotes {quoted}, which is {columns[quoted].classification}"
            yield rule.document.problem(key, found, "columns classified " + " or ".join(QUOTABLE))
    for word in BOUNDS:
        bound = bound_of(name, word)
        if bound in columns and bound not in read:
            found = f"{{{name}}} whose clauses do not read {bound}"
            yield rule.document.problem(key, found, "clauses that read the amount and its bound")


def test_problems(rule: Rule, profile: Contract) -> Iterator[Problem]:
    """Answers without an example, examples of no month or of unknown columns."""
    for expect in ("match", "no match", "unknown"):
        if not any(test.expect == expect for test in rule.tests):
            yield rule.document.problem(
                "tests", f"no test that expects {expect}", "at least one of each answer"
            )
    columns = {p.column for p in profile.properties}
    names: set[str] = set()
    for index, test in enumerate(rule.tests):
        if test.name in names:
            yield rule.document.problem(f"tests[{index}].name", test.name, "each name once")
        names.add(test.name)
        if len(test.profiles) > 1 and rule.unit != "resident":
            yield rule.document.problem(f"tests[{index}].residents", "residents", "profile, one household")
        if rule.begins_on > test.month.end:
            yield rule.document.problem(
                f"tests[{index}].month", test.month, f"a month from {rule.begins_on} on"
            )
        for row in test.profiles:
            for name in sorted(row.keys() - columns):
                yield rule.document.problem(
                    f"tests[{index}].profile.{name}",
                    name,
                    f"columns of {profile.id}",
                    suggestion(name, columns),
                )
