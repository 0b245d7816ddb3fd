"""Binding: every rule's SQL is set against the empty profile for each value it ever had, before it is run."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from pipelines.contract import Contract
from pipelines.database import Database, DatabaseError
from pipelines.month import Month
from pipelines.problem import Problem
from pipelines.rule.compile import compile_rule, matches_sql, used_values
from pipelines.rule.model import Rule
from pipelines.rule.parameter import Parameter


def sealed_database(*, optimizes: bool = True) -> Database:
    """A database that can reach no file and no network and whose settings cannot be changed."""
    db = Database(threads=1)
    if not optimizes:
        db.execute("pragma disable_optimizer")
    db.execute("set enable_external_access = false")
    db.execute("set lock_configuration = true")
    return db


def binding_problems(
    rules: list[Rule], profiles: dict[str, Contract], selection: dict[str, Parameter]
) -> Iterator[Problem]:
    """Rules that DuckDB cannot plan (numbers too wide to multiply, say), each with the day concerned."""
    # Nothing is read: to look for the best plan, and to bind an Arrow table's columns anew in each of
    # hundreds of statements, would take two thirds of the time.
    with sealed_database(optimizes=False) as db:
        for unit, profile in profiles.items():
            db.register("empty", profile.arrow_schema.empty_table())
            db.execute(f"create table {unit}_profile as select * from empty")
        bound: set[str] = set()
        for rule in rules:
            for day in _days(rule):
                problem = _problem(db, rule, profiles[rule.unit], selection, Month.of(day), bound)
                if problem:
                    yield problem
                    break


def _days(rule: Rule) -> list[datetime.date]:
    days = {day for parameter in rule.parameters.values() for day, _ in parameter.values}
    return sorted(day for day in days if day >= rule.begins_on) or [datetime.date(2022, 1, 1)]


def _problem(
    db: Database,
    rule: Rule,
    profile: Contract,
    selection: dict[str, Parameter],
    month: Month,
    bound: set[str],
) -> Problem | None:
    compiled = compile_rule(rule, month, profile)
    steps = selection["severity_points"].in_force(month) if selection else {}
    statements = [matches_sql(compiled, steps or {}, f"{rule.unit}_profile")]
    if rule.verify:
        verify = ", ".join(compiled.to_verify(language) for language in ("zh", "en"))
        statements.append(f"select {verify} from {rule.unit}_profile")
    for sql in statements:
        values = used_values(sql, compiled.values)
        # Days often differ in figures alone; a statement is bound by how many digits they have.
        form = sql + re.sub(r"\d", "0", str(values))
        if form in bound:
            continue
        bound.add(form)
        try:
            db.execute(sql, values, relation=rule.id)
        except DatabaseError as error:
            found = str(error).splitlines()[0].removeprefix(f"Relation {rule.id} failed: ")
            return rule.document.problem(
                "detection", f"SQL that cannot be planned ({found})", "SQL over the profile"
            )
    return None
