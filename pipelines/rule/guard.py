"""The guard: what a rule may read, say and leave untested, checked when its file is loaded."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from pipelines.contract import Contract
from pipelines.problem import Problem
from pipelines.rule.expression import Expression, Refused
from pipelines.rule.kind import kind_of, kind_of_column, kind_of_value
from pipelines.rule.model import Rule
from pipelines.rule.parameter import Parameter
from pipelines.rule.sentence import BOUNDS, PERIODS, bound_of, placeholders, stray_braces
from pipelines.rule.shape import suggestion

QUOTABLE = ("public", "internal")


def rule_problems(
    rule: Rule, shared: dict[str, Parameter], profiles: dict[str, Contract], words: dict[str, list[str]]
) -> tuple[list[Problem], list[Problem]]:
    """Errors and warnings of a rule whose file has the right shape."""
    profile = profiles[rule.unit]
    errors = [*_word_problems(rule, words), *_name_problems(rule, shared, profile)]
    if not errors:  # kinds can only be told of known names
        errors += [*_purpose_problems(rule, profile), *_kind_problems(rule, profile), *_date_problems(rule)]
        errors += [*_explanation_problems(rule, profile), *_test_problems(rule, profile)]
    return errors, list(_change_problems(rule, shared_only=True)) if not errors else []


def _word_problems(rule: Rule, words: dict[str, list[str]]) -> Iterator[Problem]:
    document = rule.document
    if rule.id != document.path.stem:
        yield document.problem("id", rule.id, f"the file's name, {document.path.stem}")
    for word in ("dimension", "cause", "trouble", "path"):
        code = getattr(rule, word)
        if code is not None and code not in words[word]:
            yield document.problem(word, code, ", ".join(words[word]), suggestion(code, words[word]))
    required = {"signal": ("dimension", "trouble", "path", "severity"), "list": ("trouble", "path")}
    for word in required.get(rule.effect, ()):
        if getattr(rule, word) is None:
            yield document.problem(
                "effect", f"{rule.effect} without {word}", f"{word} of every {rule.effect} rule"
            )
    if rule.effect == "exclude":
        for word in ("dimension", "cause", "trouble", "path", "severity"):
            if getattr(rule, word) is not None:
                yield document.problem(word, f"{word} of an excluding rule", "none: it names no hardship")
    elif rule.verify:
        yield document.problem("verify", f"verify of a {rule.effect} rule", "only with effect exclude")


def _name_problems(rule: Rule, shared: dict[str, Parameter], profile: Contract) -> Iterator[Problem]:
    document = rule.document
    columns = {p.column for p in profile.properties}
    known = {"column": columns | rule.figures.keys(), "parameter": rule.parameters.keys() | shared.keys()}
    for key, expression in _expressions(rule):
        allowed = known if not key.startswith("figures.") else {**known, "column": columns}
        for kind, names in allowed.items():
            for name in sorted(expression.names(kind) - names):
                mark = "$" if kind == "parameter" else ""
                advice = suggestion(name, names)
                what = f"columns of {profile.id}" if kind == "column" else ", ".join(sorted(names))
                yield document.problem(key, f"{mark}{name}", what, advice)
    for node in rule.condition.walk():
        if node.kind not in ("column", "and", "or", "not"):
            yield document.problem("detection.condition", f"{node.kind} {node.name or ''}".strip(),
                                   "clause names, and, or, not, brackets")  # fmt: skip
    used = rule.condition.names("column")
    for name in sorted(used - rule.clauses.keys()):
        yield document.problem(
            "detection.condition", name, ", ".join(rule.clauses), suggestion(name, rule.clauses)
        )
    for name in sorted(rule.clauses.keys() - used):
        yield document.problem(
            f"detection.{name}", "a clause the condition does not use", "every clause used"
        )
    yield from _unused_problems(rule, shared, columns)


def _unused_problems(rule: Rule, shared: dict[str, Parameter], columns: set[str]) -> Iterator[Problem]:
    document = rule.document
    expressions = [expression for _, expression in _expressions(rule)]
    asked = {name for e in expressions for name in e.names("parameter")}
    for name in sorted(rule.parameters.keys() - asked):
        yield document.problem(f"parameters.{name}", "a parameter no clause uses", "every parameter used")
    named = {name for e in expressions for name in e.names("column")}
    for name in sorted(rule.figures.keys() - named):
        yield document.problem(f"figures.{name}", "a figure no clause uses", "every figure used")
    placeholder = {"who", *PERIODS}
    own = (document.data.get("parameters") or {}).keys()
    for key, names, taken in (
        ("parameters", own, columns | shared.keys() | placeholder),
        ("figures", rule.figures.keys(), columns | shared.keys() | placeholder | own),
        ("detection", rule.clauses.keys(), columns),
    ):
        for name in sorted(names & taken):
            yield document.problem(f"{key}.{name}", "a name that is taken already", "a name of its own")


def _purpose_problems(rule: Rule, profile: Contract) -> Iterator[Problem]:
    columns = {p.column: p for p in profile.properties}
    for key, expression in _expressions(rule):
        for name in sorted(rule.with_figures(expression).names("column")):
            purpose = columns[name].purpose
            if purpose != "hardship":
                yield rule.document.problem(
                    key, f"{name}, kept for the purpose {purpose}", "columns whose purpose is hardship"
                )


def _kind_problems(rule: Rule, profile: Contract) -> Iterator[Problem]:
    kinds = {p.column: kind_of_column(p.logical_type) for p in profile.properties}
    parameters = {name: kind_of_value(_sample(p)) for name, p in rule.parameters.items()}
    wanted = {"detection": "truth", "severity": "number", "remarks": "truth", "verify": "truth"}
    for name, parameter in rule.parameters.items():
        if parameter.by and parameter.by not in kinds:
            yield rule.document.problem(f"parameters.{name}.by", parameter.by, f"columns of {profile.id}",
                                        suggestion(parameter.by, kinds))  # fmt: skip
    for key, expression in _expressions(rule):
        try:
            kind = kind_of(rule.with_figures(expression), kinds, parameters)
        except Refused as refused:
            yield rule.document.problem(key, refused.found, refused.allowed)
            continue
        want = wanted.get(key.partition(".")[0])
        if want and kind != want:
            yield rule.document.problem(key, f"a value that is a {kind}",
                                        {"truth": "a comparison: true or false", "number": "a number"}[want])  # fmt: skip


def _date_problems(rule: Rule) -> Iterator[Problem]:
    own = {name: rule.parameters[name] for name in rule.document.data.get("parameters") or {}}
    for name, parameter in own.items():
        first = min(p.begins_on for p in own.values())
        if parameter.begins_on != first:
            yield rule.document.problem(
                f"parameters.{name}.values", f"no value from {first} to {parameter.begins_on}",
                "values of all parameters from the same first day, so that no month has a gap",
            )  # fmt: skip
    yield from _change_problems(rule, shared_only=False)


def _change_problems(rule: Rule, *, shared_only: bool) -> Iterator[Problem]:
    """Changes of a value without a test on each side, of its own parameters or of the shared ones."""
    own = rule.document.data.get("parameters") or {}
    for name, parameter in rule.parameters.items():
        days = [day for day, _ in parameter.values]
        if (name in own) == shared_only or len(days) < 2:
            continue
        tested = {parameter.since(test.month) for test in rule.tests}
        for day in days:
            if day not in tested and day >= rule.begins_on:
                key = f"parameters.{name}.values.{day}" if name in own else "tests"
                yield rule.document.problem(
                    key, f"no test in a month when the value of {name} from {day} holds",
                    "a test on each side of every change of a value",
                )  # fmt: skip


def _explanation_problems(rule: Rule, profile: Contract) -> Iterator[Problem]:
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
                yield document.problem(key, "{period} without the parameter window_months",
                                       "{period_6m}, {period_12m}, or a parameter window_months")  # fmt: skip
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
            yield rule.document.problem(key, f"{{{name}}} quotes {quoted}, which its clauses do not read",
                                        ", ".join(sorted(read)))  # fmt: skip
        elif columns[quoted].classification not in QUOTABLE:
            yield rule.document.problem(key, f"{{{name}}} quotes {quoted}, which is {columns[quoted].classification}",
                                        "columns classified " + " or ".join(QUOTABLE))  # fmt: skip
    for word in BOUNDS:
        bound = bound_of(name, word)
        if bound in columns and bound not in read:
            yield rule.document.problem(key, f"{{{name}}} whose clauses do not read {bound}",
                                        "clauses that read the amount and its bound")  # fmt: skip


def _test_problems(rule: Rule, profile: Contract) -> Iterator[Problem]:
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
                yield rule.document.problem(f"tests[{index}].profile.{name}", name, f"columns of {profile.id}",
                                            suggestion(name, columns))  # fmt: skip


def _expressions(rule: Rule) -> list[tuple[str, Expression]]:
    """Every expression over columns with its key; the condition, over clauses, is not among them."""
    pairs = [(f"figures.{name}", e) for name, e in rule.figures.items()]
    pairs += [(f"detection.{name}", e) for name, e in rule.clauses.items()]
    if rule.severity:
        pairs.append((f"severity.{rule.severity[0]}", rule.severity[1]))
    pairs += [(f"remarks.{remark.name}.when", remark.when) for remark in rule.remarks]
    return pairs + ([("verify.when", rule.verify.when)] if rule.verify else [])


def _sample(parameter: Parameter) -> object:
    value = parameter.values[0][1]
    return next(iter(value.values())) if isinstance(value, dict) else value
