"""Coverage: what could be assessed from which extract, town by town, and how rules answered there."""

from __future__ import annotations

from pipelines.detect.evidence import Source
from pipelines.month import Month
from pipelines.rule import Compiled, Rule, RuleSet


def coverage_groups(rules: list[Rule], rule_set: RuleSet, base: set[str]) -> dict[tuple[str, str], list[str]]:
    """For each (extract, dimension) the stable rules of the dimension that read the extract."""
    groups: dict[tuple[str, str], list[str]] = {}
    for rule in rules:
        if rule.status != "stable" or rule.dimension is None:
            continue
        profile = {p.column: p for p in rule_set.profiles[rule.unit].properties}
        for extract in sorted({e for column in rule.columns for e in profile[column].sources} - base):
            groups.setdefault((extract, rule.dimension), []).append(rule.id)
    return dict(sorted(groups.items()))


def coverage_rows(
    tallies: list[dict], groups: dict[tuple[str, str], list[str]], sources: dict[str, Source], month: Month
) -> list[dict]:
    """Rows of the coverage table.

    An extract nobody delivered is not assessable anywhere, one that leaves out a town not there unless
    an earlier month's rows stand in.
    """
    rows = []
    for extract, dimension in groups:
        source = sources.get(extract)
        for tally in tallies:
            as_of = source.as_of_in(tally["town_code"]) if source else None
            status = "not_assessable" if as_of is None else "assessable" if as_of == month else "as_of"
            rows.append(
                {
                    "month": month.start,
                    "department": extract.partition("__")[0],
                    "extract": extract,
                    "town_code": tally["town_code"],
                    "dimension": dimension,
                    "status": status,
                    "as_of_month": as_of.start if as_of else None,
                    "households": tally["households"],
                    "households_unknown": tally[(extract, dimension)],
                }
            )
    return rows


def answer_rows(tallies: list[dict], compiled: list[Compiled], month: Month) -> list[dict]:
    """Rows of the answers table."""
    return [
        {
            "month": month.start,
            "rule_id": c.rule.id,
            "town_code": tally["town_code"],
            "rule_status": c.rule.status,
            "effect": c.rule.effect,
            **{answer: tally[(c.rule.id, answer)] for answer in ("matched", "unmatched", "unknown")},
        }
        for tally in tallies
        for c in compiled
    ]
