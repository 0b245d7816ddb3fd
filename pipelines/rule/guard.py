"""The guard: what a rule may read and compare, checked when its file is loaded."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.contract import Contract
from pipelines.problem import Problem
from pipelines.rule.expression import LARGEST, Expression, Refused, check_size, written_size
from pipelines.rule.kind import kind_of, kind_of_column, kind_of_value
from pipelines.rule.model import Rule
from pipelines.rule.parameter import Parameter
from pipelines.rule.quotation import explanation_problems, test_problems
from pipelines.rule.sentence import PERIODS
from pipelines.rule.shape import suggestion


def rule_problems(
    rule: Rule, shared: dict[str, Parameter], profiles: dict[str, Contract], words: dict[str, list[str]]
) -> tuple[list[Problem], list[Problem]]:
    """Errors and warnings of a rule whose file has the right shape."""
    profile = profiles[rule.unit]
    errors = [*_word_problems(rule, words), *_name_problems(rule, shared, profile)]
    if not errors:  # figures of known names can be put in place of their names
        errors += _size_problems(rule)
    if not errors:
        errors += [*_purpose_problems(rule, profile), *_kind_problems(rule, profile), *_date_problems(rule)]
        errors += [*explanation_problems(rule, profile), *test_problems(rule, profile)]
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
    above = {f"figures.{name}": list(rule.figures)[:place] for place, name in enumerate(rule.figures)}
    for key, expression in _expressions(rule):
        allowed = {**known, "column": columns | set(above[key])} if key in above else known
        for kind, names in allowed.items():
            for name in sorted(expression.names(kind) - names):
                mark = "$" if kind == "parameter" else ""
                advice = suggestion(name, names)
                what = f"columns of {profile.id}" if kind == "column" else ", ".join(sorted(names))
                yield document.problem(key, f"{mark}{name}", what, advice)
    for node in rule.condition.walk():
        if node.kind not in ("column", "and", "or", "not"):
            yield document.problem(
                "detection.condition",
                f"{node.kind} {node.name or ''}".strip(),
                "clause names, and, or, not, brackets",
            )
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


def _size_problems(rule: Rule) -> Iterator[Problem]:
    """Figures that build on each other can grow without end; told before any is put in place of its name."""
    sizes: dict[str, int] = {}
    for key, expression in _expressions(rule):
        size = written_size(expression, sizes)
        if key.startswith("figures."):
            sizes[key.removeprefix("figures.")] = size
        if size > LARGEST:
            yield rule.document.problem(key, f"an expression of {size} parts", f"at most {LARGEST} parts")


def _purpose_problems(rule: Rule, profile: Contract) -> Iterator[Problem]:
    columns = {p.column: p for p in profile.properties}
    looked_up = {f"parameters.{n}.by": p.by for n, p in rule.parameters.items() if p.by in columns}
    for key, by in looked_up.items():
        # A standard may differ by town; a clause that asks for the town would single people out by it.
        if columns[by].purpose != "hardship" and by != "town_code":
            allowed = "town_code, or columns whose purpose is hardship"
            yield rule.document.problem(key, f"{by}, kept for the purpose {columns[by].purpose}", allowed)
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
            yield rule.document.problem(
                f"parameters.{name}.by",
                parameter.by,
                f"columns of {profile.id}",
                suggestion(parameter.by, kinds),
            )
        elif parameter.by and kinds[parameter.by] != "number" and _grows(parameter):
            found = f"each_more by {parameter.by}, which is a {kinds[parameter.by]}"
            yield rule.document.problem(f"parameters.{name}.values", found, "each_more by a number")
    for key, expression in _expressions(rule):
        try:
            check_size(rule.with_figures(expression))
            kind = kind_of(rule.with_figures(expression), kinds, parameters)
        except Refused as refused:
            yield rule.document.problem(key, refused.found, refused.allowed)
            continue
        want = wanted.get(key.partition(".")[0])
        if want and kind != want:
            allowed = {"truth": "a comparison: true or false", "number": "a number"}[want]
            yield rule.document.problem(key, f"a value that is a {kind}", allowed)


def _date_problems(rule: Rule) -> Iterator[Problem]:
    own = {name: rule.parameters[name] for name in rule.document.data.get("parameters") or {}}
    for name, parameter in own.items():
        first = min(p.begins_on for p in own.values())
        if parameter.begins_on != first:
            yield rule.document.problem(
                f"parameters.{name}.values",
                f"no value from {first} to {parameter.begins_on}",
                "values of all parameters from the same first day, so that no month has a gap",
            )
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
                    key,
                    f"no test in a month when the value of {name} from {day} holds",
                    "a test on each side of every change of a value",
                )


def _expressions(rule: Rule) -> list[tuple[str, Expression]]:
    """Every expression over columns with its key; the condition, over clauses, is not among them."""
    pairs = [(f"figures.{name}", e) for name, e in rule.figures.items()]
    pairs += [(f"detection.{name}", e) for name, e in rule.clauses.items()]
    if rule.severity:
        pairs.append((f"severity.{rule.severity[0]}", rule.severity[1]))
    pairs += [(f"remarks.{remark.name}.when", remark.when) for remark in rule.remarks]
    return pairs + ([("verify.when", rule.verify.when)] if rule.verify else [])


def _grows(parameter: Parameter) -> bool:
    return any("each_more" in table for _, table in parameter.values)


def _sample(parameter: Parameter) -> object:
    value = parameter.values[0][1]
    return next(iter(value.values())) if isinstance(value, dict) else value
