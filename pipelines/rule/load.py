"""Reads a folder of rules: every error in every file is found before any rule is run."""

from __future__ import annotations

import functools
from pathlib import Path

from pipelines.contract import SCHEMAS, Contract, load_contract
from pipelines.document import Document
from pipelines.month import Month
from pipelines.problem import HardshipError, Problem, Problems
from pipelines.rule.bind import binding_problems
from pipelines.rule.expression import Expression, Refused, parse
from pipelines.rule.guard import rule_problems
from pipelines.rule.model import PROFILES, InlineTest, Remark, Rule, RuleSet
from pipelines.rule.parameter import (
    Parameter,
    build_parameter,
    dated_problems,
    load_parameters,
    read_plain_document,
)
from pipelines.rule.selection import load_selection
from pipelines.rule.shape import shape_problems

RULES = Path(__file__).parent.parent.parent / "rules"
SELECTION = "selection.yaml"


def load_rules(folder: Path = RULES, schemas: Path = SCHEMAS) -> RuleSet:
    """All rules of a folder with shared parameters and selection.

    Raises Problems with every error of every file (file, line, key, found, allowed).
    """
    if not folder.is_dir():
        raise HardshipError(f"No rules folder {folder}.")
    files = [
        *folder.rglob("*.yaml"),
        *(schemas / f"{name}.yaml" for name in (*PROFILES.values(), "candidates")),
    ]
    stamps = tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(files))
    return _load_rules(folder, schemas, stamps)


@functools.lru_cache(maxsize=8)  # months are run one after another by the same rules
def _load_rules(folder: Path, schemas: Path, stamps: tuple) -> RuleSet:
    problems: list[Problem] = []
    warnings: list[Problem] = []
    profiles = {unit: load_contract(schemas / f"{name}.yaml") for unit, name in PROFILES.items()}
    words = code_words(load_contract(schemas / "candidates.yaml"))
    shared = _collected(problems, load_parameters, folder / "parameters") or {}
    selection = _collected(problems, load_selection, folder / SELECTION) or {}
    rules = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name != SELECTION:
            rule = _collected(problems, load_rule, path, shared, profiles, words, warnings)
            if rule:
                rules[rule.id] = rule
    problems += binding_problems(list(rules.values()), profiles, selection)
    if not rules and not problems:
        raise HardshipError(f"No rules (*.yaml) in {folder}.")
    if problems:
        raise Problems("Rules with errors", problems)
    return RuleSet(rules, shared, selection, profiles, tuple(warnings))


def load_rule(
    path: Path,
    shared: dict[str, Parameter],
    profiles: dict[str, Contract],
    words: dict[str, list[str]],
    warnings: list[Problem] | None = None,
) -> Rule:
    """One rule; raises Problems with every error in its file, appends what only deserves a warning."""
    document = read_plain_document(path)
    problems = list(shape_problems(document, "rule_file"))
    if problems:
        raise Problems("Rule with errors", problems)
    rule, problems = _built(document, shared)
    if rule is not None:
        found, warned = rule_problems(rule, shared, profiles, words)
        problems += found
        if warnings is not None:
            warnings += warned
    if problems:
        raise Problems("Rule with errors", problems)
    return rule


def code_words(candidates: Contract) -> dict[str, list[str]]:
    """Codes that rules may use, in their order: the enums of the candidates' contract."""
    columns = {"dimension": "dimensions", "cause": "causes", "trouble": "troubles", "path": "suggested_path"}
    return {word: list(candidates.property(column).enum) for word, column in columns.items()}


def _collected(problems: list[Problem], load, *arguments):
    try:
        return load(*arguments)
    except Problems as error:
        problems += error.problems
        return None


def _built(document: Document, shared: dict[str, Parameter]) -> tuple[Rule | None, list[Problem]]:
    data, problems = document.data, []
    for name, item in (data.get("parameters") or {}).items():
        problems += dated_problems(document, f"parameters.{name}.values", item["values"])
    if problems:
        return None, problems
    own = {name: build_parameter(name, item) for name, item in (data.get("parameters") or {}).items()}

    def expression(key: str, sql: str, *, may_hide_nulls: bool = False) -> Expression:
        try:
            return parse(sql, may_hide_nulls=may_hide_nulls)
        except Refused as refused:
            problems.append(document.problem(key, refused.found, refused.allowed))
            return Expression("constant", True)

    def remark(name: str, key: str, item: dict) -> Remark:
        when = expression(f"{key}.when", item["when"], may_hide_nulls=True)
        return Remark(name, when, item["zh"], item["en"])

    figures = {n: expression(f"figures.{n}", sql) for n, sql in (data.get("figures") or {}).items()}
    clauses = {
        n: expression(f"detection.{n}", sql) for n, sql in data["detection"].items() if n != "condition"
    }
    condition = expression("detection.condition", data["detection"]["condition"])
    severity = None
    for kind, sql in (data.get("severity") or {}).items():
        severity = (kind, expression(f"severity.{kind}", str(sql), may_hide_nulls=True))
    remarks = [remark(n, f"remarks.{n}", item) for n, item in (data.get("remarks") or {}).items()]
    verify = remark("verify", "verify", data["verify"]) if data.get("verify") else None
    if problems:
        return None, problems
    everything = [*figures.values(), *clauses.values(), *(r.when for r in remarks)]
    everything += [severity[1]] if severity else []
    everything += [verify.when] if verify else []
    asked = {name for e in everything for name in e.names("parameter")}
    return Rule(
        id=data["id"],
        title_zh=data["title"]["zh"],
        title_en=data["title"]["en"],
        status=data["status"],
        unit=data["unit"],
        effect=data["effect"],
        references=tuple(data["references"]),
        parameters={**own, **{n: shared[n] for n in sorted(asked) if n in shared and n not in own}},
        figures=figures,
        clauses=clauses,
        condition=condition,
        explanation=data["explanation"],
        false_positives=tuple(data["false_positives"]),
        tests=tuple(_test(document, i, item) for i, item in enumerate(data["tests"])),
        document=document,
        dimension=data.get("dimension"),
        cause=data.get("cause"),
        trouble=data.get("trouble"),
        path=data.get("path"),
        severity=severity,
        remarks=tuple(remarks),
        verify=verify,
    ), []


def _test(document: Document, index: int, item: dict) -> InlineTest:
    return InlineTest(
        rule_id=document.data["id"],
        name=item["name"],
        month=Month.parse(item["month"]),
        profiles=tuple(item.get("residents") or [item.get("profile") or {}]),
        expect=item["expect"],
        explanation=item.get("explanation") or {},
        line=document.lines.get(f"tests[{index}]", 1),
    )
