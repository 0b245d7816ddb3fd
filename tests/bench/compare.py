"""Compares what the pipeline answered for a month with a reference's answer, household by household."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines import rule
from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.profiles import profile_columns
from pipelines.rule.model import PROFILES

# Not for every household: what the pipeline writes of those it lists alone.
OF_LISTED = ("priority", "rank", "household_key")


@dataclass(frozen=True)
class Difference:
    """How many households differ in a column, and one of them with both values."""

    column: str
    households: int
    example: str

    def __str__(self) -> str:
        return f"{self.column}: {self.households:,} households differ, e.g. {self.example}"


def differences(lake: Lake, month: Month, expected: Path) -> list[Difference]:
    """Columns of the expected Parquet file in which any household of the lake is not the same.

    A household is the set of its members: first come those that only one side has. The file has
    `members` (a sorted list of resident keys) and any of: town_code, one column per rule, outcome
    (listed, the reason why not, null = no rule matched), and for listed households OF_LISTED.
    """
    connection = duckdb.connect()
    try:
        connection.execute(f"create view expected as select * from read_parquet('{expected}')")
        columns = [row[0] for row in connection.execute("describe expected").fetchall()]
        _lay_out_found(connection, lake, month)
        connection.execute(
            "create table both_sides as select expected.members is not null as is_expected, "
            "found.members is not null as is_found, expected, found "
            "from expected full join found on expected.members = found.members"
        )
        return [d for d in _differing(connection, columns) if d.households]
    finally:
        connection.close()


def _differing(connection: duckdb.DuckDBPyConnection, columns: list[str]):
    for name, condition in (
        ("households only expected", "not is_found"),
        ("households only found", "not is_expected"),
    ):
        yield _difference(connection, name, condition, "coalesce(expected.members, found.members)")
    for column in columns:
        if column == "members":
            continue
        condition = f"is_expected and is_found and expected.{column} is distinct from found.{column}"
        if column in OF_LISTED:
            condition += " and 'listed' in (expected.outcome, found.outcome)"
        shown = f"[expected.members, expected.{column}, found.{column}]"
        yield _difference(connection, column, condition, shown.replace("[", "row(").replace("]", ")"))


def _difference(connection, name: str, condition: str, shown: str) -> Difference:
    count, example = connection.execute(
        f"select count(*), any_value(cast({shown} as varchar)) from both_sides where {condition}"
    ).fetchone()
    return Difference(name, count, example or "")


def _lay_out_found(connection: duckdb.DuckDBPyConnection, lake: Lake, month: Month) -> None:
    """`found`: one row per household of the pipeline, in the shape of a reference's answer."""
    # cases carry the household's number beside the published key
    for table, names in {"profiles": ("members",), "matches": ("candidates", "exclusions", "cases")}.items():
        folder = lake.resolve(table, month)
        for name in names:
            connection.execute(f"create view {name} as select * from read_parquet('{folder}/{name}.parquet')")
    for name in PROFILES.values():
        file = lake.resolve("profiles", month) / f"{name}.parquet"
        shown = ", ".join(f"{kept} as {column}" for column, kept in profile_columns(file).items())
        connection.execute(f"create view {name} as select {shown} from read_parquet('{file}')")
    rule_set = rule.load_rules()
    compiled = [
        rule.compile_rule(r, month, rule_set.profiles[r.unit])
        for r in rule_set.in_force(month)
        if r.status == "stable"
    ]
    for unit, write in (("household", rule.households_sql), ("resident", rule.residents_sql)):
        chosen = [c for c in compiled if c.rule.unit == unit]
        sql = write(chosen)
        values = {name: value for c in chosen for name, value in c.values.items()}
        connection.execute(f"create table answers_of_{unit}s as {sql}", rule.used_values(sql, values))
    connection.execute(
        """
        create table found as
        with households as (
            select
                household_no,
                list(resident_key order by resident_key) as members
            from members
            where is_alive
            group by household_no
        ),

        decided as (
            select household_key, 'listed' as outcome, priority, rank
            from candidates
            union all
            select household_key, reason, null, null
            from exclusions
        )

        select
            households.members,
            household_profile.town_code,
            answers_of_households.* exclude (household_no),
            answers_of_residents.* exclude (household_no),
            decided.outcome,
            decided.priority,
            decided.rank,
            decided.household_key
        from household_profile
        inner join households using (household_no)
        inner join answers_of_households using (household_no)
        inner join answers_of_residents using (household_no)
        left join cases using (household_no)
        left join decided on cases.household_key = decided.household_key
        """
    )
