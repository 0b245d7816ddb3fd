"""Words: what codes and values of rules are called, in Chinese and English."""

from __future__ import annotations

from pipelines.contract import Contract
from pipelines.month import Month
from pipelines.rule.model import Rule, Wording
from pipelines.rule.parameter import Parameter
from pipelines.rule.sentence import written

STATUSES = {
    "experimental": ("试算：只计数，不列入名单", "experimental: counted, never listed"),
    "test": ("审核：仅供审核人员查看", "test: shown to reviewers only"),
    "stable": ("正式", "stable"),
    "deprecated": ("停用：保留，不再运行", "deprecated: kept, not run"),
}
EFFECTS = {
    "signal": ("计入困难类型", "signal: counts its dimension"),
    "list": ("单独列入", "list: lists on its own"),
    "exclude": ("不列入", "exclude: takes off the list"),
}
UNITS_OF_RULES = {"household": ("家庭", "household"), "resident": ("个人", "resident")}
ANSWERS = {
    "match": ("符合", "match"),
    "no match": ("不符合", "no match"),
    "unknown": ("无法判断", "unknown"),
}
UNITS = {
    "yuan": ("元", "yuan"),
    "share": ("", ""),
    "multiple": ("倍", "times"),
    "months": ("个月", "months"),
    "years": ("岁", "years"),
    "people": ("人", "people"),
    "days": ("天", "days"),
    "m2": ("平方米", "m²"),
    "count": ("", ""),
    "points": ("分", "points"),
    "visits": ("户", "households"),
    "switch": ("", ""),
    "text": ("", ""),
    "grade": ("级", "grade"),
    "dollars": ("美元", "dollars"),
}
_COLUMNS = {"dimension": "dimensions", "cause": "causes", "trouble": "troubles", "path": "suggested_path"}


def code_labels(candidates: Contract, word: str, code: str | None) -> tuple[str, str]:
    """Words of a rule's dimension, cause, trouble or path, as the candidates' contract has them."""
    if code is None:
        return ("无", "none")
    prop = candidates.property(_COLUMNS[word])
    return (prop.labels.get(code, code), prop.meanings.get(code, code))


def value_in_words(value: object, unit: str) -> str:
    """A value with thousands separators; a table as `1: 1,000; 2: 1,500; other: 2,000`."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {written(item, unit)}" for key, item in value.items())
    return written(value, unit)


def with_unit(value: object, unit: str, language: str) -> str:
    """A value and its unit: 8,000元; 8,000 yuan."""
    word = UNITS.get(unit, (unit, unit))[language == "en"]
    space = " " if language == "en" and word else ""
    return f"{value_in_words(value, unit)}{space}{word}"


def references_of(parameter: Parameter, rule: Rule | None) -> list[str]:
    """Where a value comes from: the parameter's own references, else those of the rule it stands in."""
    return references_in_words(parameter.references or (rule.references if rule else ()))


def references_in_words(references: tuple[dict, ...]) -> list[str]:
    """Titles with their addresses, Chinese with English beside."""
    return [
        in_both(item["title"]) + (f" <{item['href']}>" if item.get("href") else "") for item in references
    ]


def in_language(wording: Wording, language: str) -> str:
    """Words of a rule file in zh or en; those written in one language only as they are."""
    return wording if isinstance(wording, str) else wording[language]


def in_both(wording: Wording) -> str:
    """Words of a rule file as one text, Chinese with English beside."""
    return wording if isinstance(wording, str) else f"{wording['zh']} / {wording['en']}"


def next_change(parameter: Parameter, month: Month) -> str:
    """The first day after the month on which another value comes into force, empty when there is none."""
    later = [day for day, _ in parameter.values if day > month.end]
    return str(min(later)) if later else ""
