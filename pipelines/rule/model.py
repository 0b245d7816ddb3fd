"""What a rule is once its file has been read: clauses as trees, parameters with their days, tests."""

from __future__ import annotations

import datetime
import functools
from dataclasses import dataclass, field

from pipelines.contract import Contract
from pipelines.document import Document
from pipelines.month import Month
from pipelines.problem import Problem
from pipelines.rule.expression import Expression
from pipelines.rule.parameter import Parameter, Value

EFFECTS = ("signal", "list", "exclude")
# In one language, or `zh` and `en`.
Wording = str | dict[str, str]
PROFILES = {"household": "household_profile", "resident": "resident_profile"}


@dataclass(frozen=True)
class Remark:
    """Words added to an explanation when `when` holds."""

    name: str
    when: Expression
    zh: str
    en: str


@dataclass(frozen=True)
class InlineTest:
    """One example in a rule's file: profile rows (one for a household, one per resident) and the answer."""

    rule_id: str
    name: str
    month: Month
    profiles: tuple[dict, ...]
    expect: str
    explanation: dict[str, str]
    line: int


@dataclass(frozen=True)
class Rule:
    """A named hardship; answers match, no match or unknown for every household."""

    id: str
    title_zh: str
    title_en: str
    status: str
    unit: str
    effect: str
    references: tuple[dict, ...]
    parameters: dict[str, Parameter]  # its own and the shared ones it uses
    figures: dict[str, Expression]
    clauses: dict[str, Expression]
    condition: Expression  # over clause names
    explanation: dict[str, str]
    false_positives: tuple[Wording, ...]
    tests: tuple[InlineTest, ...]
    document: Document
    dimension: str | None = None
    cause: str | None = None
    trouble: str | None = None
    path: str | None = None
    severity: tuple[str, Expression] | None = None  # ("ratio" | "points", SQL)
    remarks: tuple[Remark, ...] = ()
    verify: Remark | None = None

    @property
    def begins_on(self) -> datetime.date:
        """First day on which all its parameters have a value."""
        return max((p.begins_on for p in self.parameters.values()), default=datetime.date.min)

    def is_in_force(self, month: Month) -> bool:
        """Whether it is run in a month: not deprecated, and its parameters have begun."""
        return self.status != "deprecated" and self.begins_on <= month.end

    def values(self, month: Month) -> dict[str, Value]:
        """Values of all its parameters at the month's end."""
        return {name: p.in_force(month) for name, p in self.parameters.items()}

    def with_figures(self, expression: Expression) -> Expression:
        """The expression with every figure's name replaced by what it stands for.

        A figure may build on those above it in the file, never on itself or on later ones.
        """

        def expanded(node: Expression) -> Expression | None:
            if node.kind == "column" and node.name in self.figures:
                return self.with_figures(self.figures[node.name])
            return None

        return expression.replaced(expanded)

    def with_clauses(self, expression: Expression) -> Expression:
        """The condition with every clause's name replaced by the clause over profile columns."""

        def expanded(node: Expression) -> Expression | None:
            return self.with_figures(self.clauses[node.name]) if node.kind == "column" else None

        return expression.replaced(expanded)

    @functools.cached_property
    def columns(self) -> frozenset[str]:
        """Profile columns that decide its answer."""
        return frozenset(self.read_by(self.with_clauses(self.condition)))

    def read_by(self, expression: Expression) -> set[str]:
        """Columns an expression reads, those its tables of values are looked up with included."""
        tables = (self.parameters[name].by for name in expression.names("parameter"))
        return expression.names("column") | {column for column in tables if column}

    @functools.cached_property
    def window_months(self) -> Parameter | None:
        """The dated parameter that chooses its window, where it has one."""
        return self.parameters.get("window_months")


@dataclass(frozen=True)
class RuleSet:
    """All rules of a folder with what they share; `warnings` do not stop a run."""

    rules: dict[str, Rule]
    shared: dict[str, Parameter]
    selection: dict[str, Parameter]
    profiles: dict[str, Contract]  # by unit: household, resident
    warnings: tuple[Problem, ...] = field(default=())

    def in_force(self, month: Month) -> list[Rule]:
        """Rules to run in a month, in order of their ids."""
        return [rule for _, rule in sorted(self.rules.items()) if rule.is_in_force(month)]

    def selection_in_force(self, month: Month) -> dict[str, Value]:
        """Values of selection.yaml at the month's end."""
        return {name: p.in_force(month) for name, p in self.selection.items()}

    def expired(self, month: Month) -> list[Problem]:
        """Parameters whose review-by day lies before the month's end: warnings, not errors."""
        return [
            Problem(
                f"parameters/{p.name}.yaml",
                "key review_by",
                f"{p.review_by}, before the end of {month}",
                "a later day once the value was reviewed",
                f"Ask {p.owner}.",
            )
            for p in self.shared.values()
            if p.review_by and p.review_by < month.end
        ]
