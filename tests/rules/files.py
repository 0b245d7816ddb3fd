"""Rules written into a folder of their own, to see what is said of them."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path

import yaml

from pipelines import rule
from pipelines.problem import Problems

GOOD = {
    "title": {"zh": "医疗负担", "en": "Medical costs"},
    "id": "costs",
    "status": "stable",
    "dimension": "medical",
    "cause": "illness",
    "trouble": "medical",
    "unit": "household",
    "effect": "signal",
    "path": "charity",
    "references": [{"title": "None; a rule of the tests"}],
    "parameters": {
        "limit": {
            "description": "Limit.",
            "unit": "yuan",
            "values": {"2021-01-01": 10000, "2022-01-01": 8000},
        }
    },
    "detection": {
        "heavy": "medical_self_paid_12m_at_least_yuan >= $limit or medical_self_paid_12m_yuan >= $limit",
        "condition": "heavy",
    },
    "severity": {"points": 3},
    "explanation": {"zh": "自付{medical_self_paid_12m_yuan}元", "en": "Paid {medical_self_paid_12m_yuan}"},
    "false_positives": ["Insurance paid."],
    "tests": [
        {"name": "m", "month": "2022-06", "profile": {"medical_self_paid_12m_yuan": 8000}, "expect": "match"},
        {"name": "n", "month": "2021-06", "profile": {"medical_self_paid_12m_yuan": 9}, "expect": "no match"},
        {"name": "u", "month": "2022-06", "profile": {}, "expect": "unknown"},
    ],
}


def changed(**keys) -> dict:
    """The good rule with keys set by dotted name written with __ (None takes a key away)."""
    new = copy.deepcopy(GOOD)
    for dotted, value in keys.items():
        *path, last = dotted.split("__")
        place = new
        for step in path:
            place = place[step]
        if value is None:
            place.pop(last)
        else:
            place[last] = value
    return new


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


def written(data: dict) -> str:
    """A rule as YAML without anchors."""
    return yaml.dump(data, Dumper=_Plain, allow_unicode=True, sort_keys=False)


def folder_of(tmp_path: Path, *rules: dict | str, name: str = "costs") -> Path:
    """A rules folder with the shared parameters, selection.yaml and these rules."""
    folder = tmp_path / "rules"
    shutil.copytree(rule.RULES / "parameters", folder / "parameters")
    shutil.copy(rule.RULES / "selection.yaml", folder / "selection.yaml")
    for number, data in enumerate(rules):
        text = data if isinstance(data, str) else written(data)
        own = name if isinstance(data, str) else data.get("id", name)
        (folder / f"{own if number == 0 else f'{own}_{number}'}.yaml").write_text(text, encoding="utf-8")
    return folder


def complaints(tmp_path: Path, data: dict | str) -> str:
    """All that is said of one rule, empty when it is accepted."""
    try:
        rule.load_rules(folder_of(tmp_path, data))
    except Problems as problems:
        return str(problems)
    return ""
