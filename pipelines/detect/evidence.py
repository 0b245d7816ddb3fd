"""Evidence: from which extracts a rule's answer comes, of which months, and whether they are old."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow.parquet as pq

from pipelines.contract import Contract
from pipelines.department import department_names
from pipelines.month import Month
from pipelines.rule import Rule, RuleSet


@dataclass(frozen=True)
class Source:
    """One extract a rule reads, as link used it."""

    extract: str
    department: str
    title_zh: str
    title_en: str
    kind: str
    status: str
    as_of: Month | None
    towns_missing: frozenset[str] = frozenset()
    towns_carried: dict[str, Month] = field(default_factory=dict)

    def is_stale(self, month: Month) -> bool:
        """Whether an older roll stands in for one that was due."""
        return self.as_of is not None and self.as_of < month and self.status != "not due"

    def as_of_in(self, town_code: str) -> Month | None:
        """The month whose rows are used in a town, None where nothing may be."""
        if town_code in self.towns_missing:
            return self.towns_carried.get(town_code)
        return self.as_of


@dataclass(frozen=True)
class Evidence:
    """The sources of one rule in one month."""

    sources: tuple[Source, ...]
    month: Month
    window_months: int

    @property
    def departments(self) -> list[str]:
        """Departments behind the answer."""
        return sorted({source.department for source in self.sources})

    @property
    def months(self) -> list[str]:
        """Months of the evidence: a month for a roll, first..last for what is added up."""
        return sorted({text for source in self.sources if (text := self.months_of(source))})

    def months_of(self, source: Source) -> str:
        """Months of one source, empty when it could not be used."""
        if source.kind == "flow":
            first = self.month.plus(1 - self.window_months)
            return str(self.month) if self.window_months == 1 else f"{first}..{self.month}"
        return str(source.as_of) if source.as_of else ""

    @property
    def stale(self) -> list[Source]:
        """Sources that are carried forward from an earlier month."""
        return [source for source in self.sources if source.is_stale(self.month)]

    def departments_in_words(self, language: str) -> str:
        """Departments as a sentence names its sources: 医保、教育; medical insurance, education."""
        return department_names(self.departments, language)

    def stale_words(self, language: str) -> str:
        """The mark that goes to the end of a sentence, empty when everything is of the month."""
        if not self.stale:
            return ""
        if language == "zh":
            return "（" + "；".join(f"{s.title_zh}截至{s.as_of}" for s in self.stale) + "）"
        return " (" + "; ".join(f"{s.title_en} as of {s.as_of}" for s in self.stale) + ")"


def delivered_sources(path: Path, contracts: dict[str, Contract], month: Month) -> dict[str, Source]:
    """What link used of every extract, from its deliveries table."""
    sources = {}
    for row in pq.read_table(path).to_pylist():
        contract = contracts.get(row["extract"])
        as_of = row["as_of_month"]
        sources[row["extract"]] = Source(
            extract=row["extract"],
            department=row["department"],
            title_zh=contract.title_zh if contract else row["extract"],
            title_en=contract.title_en if contract else row["extract"],
            kind=contract.kind if contract else "stock",
            status=row["status"],
            as_of=Month.parse(str(as_of)[:7]) if as_of else None,
            towns_missing=frozenset(row.get("towns_missing") or ()),
            towns_carried={
                town["town_code"]: Month.of(town["as_of_month"]) for town in row.get("towns_carried") or ()
            },
        )
    return sources


def sources_of_household(sources: dict[str, Source], carried_extracts: str | None) -> dict[str, Source]:
    """The sources as they are for a household, whose town some of them leave out (see the profile)."""
    found = dict(sources)
    for carried in filter(None, (carried_extracts or "").split(",")):
        extract, month = carried.split(" ")
        found[extract] = replace(sources[extract], as_of=Month.parse(month))
    return found


def evidence_of(
    rule: Rule, rules: RuleSet, sources: dict[str, Source], base: set[str], month: Month
) -> Evidence:
    """Sources of the columns that decide a rule; `base` are registers that everybody is in."""
    profile = {p.column: p for p in rules.profiles[rule.unit].properties}
    named = {extract for column in rule.columns for extract in profile[column].sources}
    wanted = named - base or named
    return Evidence(
        tuple(sources[extract] for extract in sorted(wanted) if extract in sources),
        month,
        _window(rule, month),
    )


def base_registers(contracts: dict[str, Contract]) -> set[str]:
    """Registers of who lives here: every answer rests on them, none is proven by them."""
    return {contract.id for contract in contracts.values() if contract.is_required or contract.keeps_identity}


def _window(rule: Rule, month: Month) -> int:
    if rule.window_months:
        return int(rule.window_months.in_force(month))
    found = [int(m[1]) for column in rule.columns if (m := re.search(r"_(6|12)m(?:_|$)", column))]
    return max(found, default=1)
