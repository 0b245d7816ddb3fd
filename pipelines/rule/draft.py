"""Drafts: changed rules set beside those in force, so that what they change can be rehearsed and signed."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.contract import SCHEMAS
from pipelines.rule.load import RULES, SELECTION, load_rules
from pipelines.rule.model import Rule, RuleSet
from pipelines.rule.parameter import Parameter
from pipelines.rule.words import value_in_words


@dataclass(frozen=True)
class Change:
    """One thing a draft changes: of a rule (added, removed, status, text) or of a value."""

    where: str  # heavy_medical_spending.yaml, parameters/dibao_standard.yaml, selection.yaml
    what: str
    before: str
    after: str
    is_rehearsed: bool = (
        True  # false for values that only shape profiles, which a rehearsal takes as they are
    )


@dataclass(frozen=True)
class Draft:
    """A draft's rules with every changed value in force in all months, and what it changes."""

    rules: RuleSet
    changes: tuple[Change, ...]


def load_draft(folder: Path, current: Path = RULES, schemas: Path = SCHEMAS) -> Draft:
    """Reads a draft: a whole rules folder, or only the files that differ from those in force.

    A folder with a selection.yaml and parameters/ is a whole one. Values that the draft does not
    change keep their days; of those it changes the latest holds in every month. Raises Problems
    with every error in the draft.
    """
    before = load_rules(current, schemas)
    if (folder / SELECTION).is_file() and (folder / "parameters").is_dir():
        after = load_rules(folder, schemas)
    else:
        with tempfile.TemporaryDirectory() as whole:
            shutil.copytree(current, whole, dirs_exist_ok=True)
            shutil.copytree(folder, whole, dirs_exist_ok=True)
            after = load_rules(Path(whole), schemas)
    shared = _drafted(before.shared, after.shared)
    selection = _drafted(before.selection, after.selection)
    rules = {}
    for rule_id, rule in after.rules.items():
        old = before.rules.get(rule_id)
        own = _drafted(old.parameters if old else {}, rule.parameters, kept=before.shared)
        rules[rule_id] = replace(rule, parameters={n: shared.get(n, p) for n, p in own.items()})
    drafted = replace(after, rules=rules, shared=shared, selection=selection)
    return Draft(drafted, tuple(_changes(before, drafted)))


def _drafted(before: dict, after: dict, kept: dict | None = None) -> dict[str, Parameter]:
    """Changed and new parameters marked as a draft's; a shared one that a rule now quotes is no change."""
    known = {**(kept or {}), **before}
    return {
        name: p
        if name in known and known[name].values == p.values and known[name].by == p.by
        else replace(p, is_draft=True)
        for name, p in after.items()
    }


def _changes(before: RuleSet, after: RuleSet):
    for rule_id in sorted(before.rules.keys() | after.rules.keys()):
        yield from _rule_changes(before.rules.get(rule_id), after.rules.get(rule_id), after)
    used = {name for rule in after.rules.values() for name in rule.parameters} | {"dibao_standard"}
    for name, p in after.shared.items():
        if p.is_draft:
            where = f"parameters/{name}.yaml"
            yield _value_change(where, before.shared.get(name), p, is_rehearsed=name in used)
    for name, p in after.selection.items():
        if p.is_draft:
            yield _value_change(SELECTION, before.selection.get(name), p)


def _rule_changes(old: Rule | None, new: Rule | None, after: RuleSet):
    where = f"{(old or new).id}.yaml"
    if new is None:
        yield Change(where, "rule", old.status, "removed")
        return
    if old is None:
        yield Change(where, "rule", "none", f"added, {new.status}")
        return
    if old.status != new.status:
        yield Change(where, "status", old.status, new.status)
    for name, p in new.parameters.items():
        if p.is_draft and name not in after.shared:
            yield _value_change(where, old.parameters.get(name), p)
    for key, (was, is_now) in _texts(old, new).items():
        if was != is_now:
            yield Change(where, key, was, is_now)


def _texts(old: Rule, new: Rule) -> dict[str, tuple[str, str]]:
    """What else of a rule decides, as it stands in its file."""
    found = {}
    for section in ("figures", "detection"):
        first, second = (rule.document.data.get(section) or {} for rule in (old, new))
        for name in {**first, **second}:
            found[name] = tuple(" ".join(str(texts.get(name, "none")).split()) for texts in (first, second))
    for word in ("effect", "dimension", "cause", "trouble", "path", "unit", "severity"):
        first, second = (rule.document.data.get(word) for rule in (old, new))
        found[word] = (str(first or "none"), str(second or "none"))
    return found


def _value_change(where: str, old: Parameter | None, new: Parameter, is_rehearsed: bool = True) -> Change:
    was = value_in_words(old.values[-1][1], old.unit) + f" (from {old.values[-1][0]})" if old else "none"
    day, value = new.values[-1]
    return Change(where, new.name, was, f"{value_in_words(value, new.unit)} (from {day})", is_rehearsed)
