"""Words and facts that detection joins to codes: of rules, of visit outcomes, of assistance rolls."""

from __future__ import annotations

import pyarrow as pa

from pipelines.contract import Contract
from pipelines.detect.evidence import Source, base_registers, evidence_of
from pipelines.month import Month
from pipelines.rule import Compiled, RuleSet, code_words

ROLLS = {
    "dibao": ("低保", "dibao"),
    "edge": ("低保边缘", "dibao-edge"),
    "tekun": ("特困", "tekun"),
    "orphan": ("孤儿", "orphan support"),
}


def roll_words() -> pa.Table:
    """One row per roll that covers a household, in words."""
    rows = [{"covered_by": code, "roll_zh": zh, "roll_en": en} for code, (zh, en) in ROLLS.items()]
    return pa.Table.from_pylist(rows)


def conflict_words(profile: Contract) -> pa.Table:
    """One row per reason why a household waits for a person: what contradicts what, and what to do."""
    reasons = profile.property("conflict_reason")
    rows = [
        {"conflict_reason": code, "conflict_zh": reasons.labels[code], "conflict_en": reasons.meanings[code]}
        for code in reasons.enum
    ]
    return pa.Table.from_pylist(rows)


def rule_facts(
    compiled: list[Compiled],
    rule_set: RuleSet,
    contracts: dict[str, Contract],
    sources: dict[str, Source],
    month: Month,
) -> pa.Table:
    """One row per rule in force: what its matches say besides their sentence, and in which order."""
    words, base = code_words(contracts["candidates"]), base_registers(contracts)
    dimensions, paths = words["dimension"], words["path"]

    def place(rule) -> tuple:
        known = dimensions.index(rule.dimension) if rule.dimension else len(dimensions)
        return (known, rule.effect != "signal", rule.id)

    rows = []
    for position, rule in enumerate(sorted((c.rule for c in compiled), key=place)):
        evidence = evidence_of(rule, rule_set, sources, base, month)
        rows.append(
            {
                "rule_id": rule.id,
                "status": rule.status,
                "effect": rule.effect,
                "dimension": rule.dimension,
                "cause": rule.cause,
                "trouble": rule.trouble,
                "path": rule.path,
                "path_position": paths.index(rule.path) if rule.path else len(paths),
                "position": position,
                "departments": evidence.departments,
                "evidence_months": evidence.months,
                "sources": [source.extract for source in evidence.sources],
                "is_stale": bool(evidence.stale),
                "stale_zh": evidence.stale_words("zh"),
                "stale_en": evidence.stale_words("en"),
                "source_zh": evidence.departments_in_words("zh"),
                "source_en": evidence.departments_in_words("en"),
            }
        )
    texts = ("rule_id", "status", "effect", "dimension", "cause", "trouble", "path", "stale_zh", "stale_en")
    texts += ("source_zh", "source_en")
    lists = ("departments", "evidence_months", "sources")
    schema = pa.schema(
        [pa.field(name, pa.string()) for name in texts]
        + [pa.field(name, pa.list_(pa.string())) for name in lists]
        + [
            pa.field("path_position", pa.int64()),
            pa.field("position", pa.int64()),
            pa.field("is_stale", pa.bool_()),
        ]
    )
    return pa.Table.from_pylist(rows, schema=schema)


def carried_words(sources: dict[str, Source]) -> pa.Table:
    """One row per extract and month whose rows stand in for a town: the words that mark it in a sentence."""
    rows = [
        {
            "carried_extract": f"{source.extract} {month}",
            "extract_id": source.extract,
            "as_of_month": str(month),
            "carried_zh": f"（{source.title_zh}截至{month}）",
            "carried_en": f" ({source.title_en} as of {month})",
        }
        for source in sources.values()
        for month in sorted(set(source.towns_carried.values()))
    ]
    names = ("carried_extract", "extract_id", "as_of_month", "carried_zh", "carried_en")
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in names]))


def known_rules(rule_set: RuleSet, month: Month) -> pa.Table:
    """One row per rule there is a file of: its dimension, and whether its answer decides in the month."""
    rows = [
        {
            "rule_id": rule.id,
            "dimension": rule.dimension,
            "is_run": rule.is_in_force(month) and rule.status == "stable" and rule.effect != "exclude",
        }
        for rule in rule_set.rules.values()
    ]
    schema = pa.schema([("rule_id", pa.string()), ("dimension", pa.string()), ("is_run", pa.bool_())])
    return pa.Table.from_pylist(rows, schema=schema)


def outcome_words(cooling_off: dict, visits: Contract) -> pa.Table:
    """One row per outcome of a visit: its words and how long the household is left alone after it."""
    items = visits.document.data["schema"][0]["properties"]
    outcome = next(item for item in items if item["name"] == "outcome")
    rows = [
        {
            "outcome": str(value["value"]),
            "outcome_zh": value.get("label") or str(value["value"]),
            "outcome_en": value.get("description") or str(value["value"]).replace("_", " "),
            "cooling_off_months": int(cooling_off.get(value["value"], cooling_off.get("other", 0))),
        }
        for value in outcome["enum"]
    ]
    return pa.Table.from_pylist(rows)
