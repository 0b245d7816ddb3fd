"""Detect's tables keep their contracts, count what could not be answered, and say what was assessed."""

from __future__ import annotations

import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.contract import load_contracts
from pipelines.detect.month import ORDER
from pipelines.month import Month
from tests.pipelines.detect.town import AT_SCHOOL, EMPLOYED, SANJIAO, SICK, UNEMPLOYED, XIAOLAN

CONTRACTS = load_contracts()
UNKNOWN = {"medical_self_paid_12m_yuan": None, "medical_self_paid_12m_at_least_yuan": None}


@pytest.mark.parametrize("table", [*ORDER, "metrics"])
def test_a_table_has_its_contracts_columns_and_types_beside_the_internal_number(town, table):
    town.house(1, SICK, AT_SCHOOL)
    town.house(2, SICK, residents=(UNEMPLOYED,), last_visited_on="2022-05-02", last_visit_outcome="declined")
    town.run("2022-05")
    schema = pq.read_schema(town.lake.resolve("matches", Month.parse("2022-05")) / f"{table}.parquet")
    found = {field.name: field.type for field in schema if field.name != "household_no"}
    expected = {field.name: field.type for field in CONTRACTS[table].arrow_schema}
    assert list(found) and set(found) == set(expected)
    for name, kind in expected.items():
        assert _alike(found[name], kind), f"{name}: {found[name]} instead of {kind}"


def _alike(found: pa.DataType, wanted: pa.DataType) -> bool:
    if pa.types.is_integer(wanted):
        return pa.types.is_integer(found)
    if pa.types.is_list(wanted):
        return pa.types.is_list(found) and found.value_type == wanted.value_type
    return found == wanted


def test_codes_in_the_tables_are_codes_of_the_contracts(town):
    town.house(1, SICK, AT_SCHOOL, residents=(UNEMPLOYED,))
    town.house(2, SICK)
    town.house(3, SICK, AT_SCHOOL, has_local_hukou=False)
    town.run("2022-05")
    for table in ("matches", "exclusions", "candidates", "cases", "coverage"):
        for prop in CONTRACTS[table].properties:
            if prop.enum:
                values = [
                    row[prop.column] for row in town.rows("2022-05", table) if row[prop.column] is not None
                ]
                flat = {v for value in values for v in (value if isinstance(value, list) else [value])}
                assert flat <= set(prop.enum), (table, prop.column)


def test_unknown_is_counted_for_every_rule_and_town(town):
    town.house(1, SICK)
    town.house(2, UNKNOWN)
    town.house(3, UNKNOWN, town_code=XIAOLAN)
    town.house(4)
    counts = town.run("2022-05")
    answers = {
        row["town_code"]: (row["matched"], row["unmatched"], row["unknown"])
        for row in town.rows("2022-05", "answers")
        if row["rule_id"] == "heavy_medical_spending"
    }
    assert answers == {SANJIAO: (1, 1, 1), XIAOLAN: (0, 0, 1)}
    assert counts["unknown"]["heavy_medical_spending"] == 2


def test_coverage_says_what_was_assessed_from_which_month_and_for_how_many(town):
    town.late = {"human_resources__unemployment": "2022-04", "medical_insurance__settlements": None}
    town.house(1, UNKNOWN)
    town.house(2, UNKNOWN, residents=({**EMPLOYED, "is_registered_unemployed": None},))
    town.run("2022-05")
    rows = {(row["extract"], row["dimension"]): row for row in town.rows("2022-05", "coverage")}
    register = rows["human_resources__unemployment", "employment"]
    assert (register["status"], register["as_of_month"]) == ("as_of", datetime.date(2022, 4, 1))
    assert (register["households"], register["households_unknown"]) == (2, 1)
    settlements = rows["medical_insurance__settlements", "medical"]
    assert (settlements["status"], settlements["as_of_month"]) == ("not_assessable", None)
    assert settlements["households_unknown"] == 2
    assert rows["education__enrolments", "education"]["status"] == "assessable"


def test_no_table_names_a_disability_or_an_illness(town):
    blind = {
        **EMPLOYED,
        "has_disability_certificate": True,
        "disability_category": "1",
        "disability_grade": 1,
    }
    town.house(1, SICK, residents=(blind,), has_major_illness=True)
    town.run("2022-05")
    for table in ("matches", "candidates", "exclusions", "cases"):
        text = str(town.rows("2022-05", table))
        assert "视力" not in text and "1级" not in text
