"""Inline tests: the examples in a rule's own file, answered by the SQL that a month is answered with."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from pipelines.contract import Contract
from pipelines.database import Database, DatabaseError
from pipelines.rule.bind import sealed_database
from pipelines.rule.compile import Compiled, compile_rule, matches_sql, used_values
from pipelines.rule.model import InlineTest, Rule, RuleSet
from pipelines.rule.packed import households_sql, residents_sql
from pipelines.rule.sentence import BOUNDS, bound_of

ANSWERS = {True: "match", False: "no match", None: "unknown"}


@dataclass(frozen=True)
class TestResult:
    """Outcome of one inline test; `found` says what was wrong, empty when it passed."""

    __test__ = False  # no test itself, whatever pytest thinks of the name

    rule_id: str
    name: str
    line: int
    found: str = ""

    @property
    def passed(self) -> bool:
        """Whether answer and sentences were as expected."""
        return not self.found


def run_inline_tests(rules: RuleSet, rule_id: str | None = None) -> list[TestResult]:
    """Results of the inline tests of all rules, or of one."""
    wanted = [rules.rules[rule_id]] if rule_id else rules.rules.values()
    with sealed_database() as db:
        return [run_inline_test(db, rules, rule, test) for rule in wanted for test in rule.tests]


def run_inline_test(db: Database, rules: RuleSet, rule: Rule, test: InlineTest) -> TestResult:
    """Answers one example and compares answer and sentences."""
    compiled = compile_rule(rule, test.month, rules.profiles[rule.unit])
    try:
        answer = answer_of(db, compiled, test.profiles)
        problems = [] if answer == test.expect else [f"{answer} where {test.expect} is expected"]
        if test.explanation and not problems:
            found = sentences_of(db, compiled, rules.selection_in_force(test.month)["severity_points"])
            for language, expected in test.explanation.items():
                if found[language] != expected.strip():
                    problems.append(f"{language}: {found[language]!r} where {expected.strip()!r} is expected")
    except (DatabaseError, ValueError, pa.ArrowInvalid) as error:
        problems = [str(error).splitlines()[0]]
    return TestResult(rule.id, test.name, test.line, "; ".join(problems))


def answer_of(db: Database, compiled: Compiled, profiles: tuple[dict, ...]) -> str:
    """`match`, `no match` or `unknown` for a household with these profile rows."""
    db.register("example", profile_table(compiled.profile, profiles))
    of_unit = residents_sql if compiled.rule.unit == "resident" else households_sql
    sql = f'select "{compiled.rule.id}" from ({of_unit([compiled], "example")})'
    return ANSWERS[db.value(sql, used_values(sql, compiled.values))]


def sentences_of(db: Database, compiled: Compiled, steps) -> dict[str, str]:
    """The explanation in both languages for the rows last answered; empty where they do not match."""
    sql = matches_sql(compiled, steps, "example")
    rows = db.rows(sql, used_values(sql, compiled.values))
    return {language: rows[0][f"explanation_{language}"] if rows else "" for language in ("zh", "en")}


def profile_table(profile: Contract, rows: tuple[dict, ...]) -> pa.Table:
    """Profile rows of one household; columns that an example does not name are not known.

    An exact amount also proves its bounds, so an example need not repeat it.
    """
    schema = profile.arrow_schema
    filled = []
    for number, row in enumerate(rows, start=1):
        new = {"household_no": 1, "resident_key": number, **row}
        for name, value in row.items():
            for word in BOUNDS:
                bound = bound_of(name, word)
                if bound in schema.names and bound not in row:
                    new[bound] = value
        filled.append({f.name: _typed(new.get(f.name), f.type) for f in schema})
    return pa.Table.from_pylist(filled, schema=schema)


def _typed(value: object, kind: pa.DataType) -> object:
    if value is None:
        return None
    if pa.types.is_decimal(kind):
        return Decimal(str(value))
    if pa.types.is_date(kind):
        return datetime.date.fromisoformat(str(value))
    return value
