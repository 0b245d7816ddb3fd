"""The pipeline answers as three people would by hand, household by household: in SQL, polars and pandas."""

from __future__ import annotations

import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.month import Month
from tests.bench import work
from tests.bench.compare import differences
from tests.bench.laws import RULES
from tests.bench.laying import City

RESIDENTS = 50_000

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """A city after its month was linked and detected, with eleven months of history."""
    root = tmp_path_factory.mktemp("bench") / "city"
    city = City(RESIDENTS, 1, Month(2022, 6), root)
    for step in (work.lay_city, work.ingest, work.validate, work.link, work.detect):
        step(city)
    yield city
    shutil.rmtree(root)


def _differences(city: City, reference: str) -> list[str]:
    return [
        str(d) for d in differences(work.place_of(city).lake, city.month, work.answers_of(city, reference))
    ]


def test_every_household_is_answered_listed_and_ranked_as_by_one_statement_written_by_hand(city):
    work.duckdb(city)
    assert _differences(city, "duckdb") == []


def test_every_household_is_answered_as_in_polars(city):
    work.polars(city)
    assert _differences(city, "polars") == []


def test_every_household_is_answered_as_in_pandas(city):
    work.pandas(city)
    assert _differences(city, "pandas") == []


def test_the_comparison_sees_one_member_one_answer_and_one_rank(city, tmp_path):
    rows = pq.read_table(work.answers_of(city, "duckdb")).to_pylist()
    listed = [row for row in rows if row["outcome"] == "listed"]
    large = [row for row in rows if row["outcome"] is None and len(row["members"]) > 2]
    listed[0]["rank"] += 1
    listed[1]["low_income"] = not listed[1]["low_income"]
    large[0]["disability"] = None if large[0]["disability"] is False else False
    large[1]["members"] = large[1]["members"][1:]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "spoilt.parquet")
    found = differences(work.place_of(city).lake, city.month, tmp_path / "spoilt.parquet")
    assert {d.column: d.households for d in found} == {
        "households only expected": 1, "households only found": 1, "rank": 1, "low_income": 1,
        "disability": 1,
    }  # fmt: skip


def test_the_city_has_households_of_every_outcome_and_both_answers_of_every_rule(city):
    rows = pq.read_table(work.answers_of(city, "duckdb")).to_pylist()
    outcomes = {row["outcome"] for row in rows}
    assert outcomes >= {"listed", "below_bar", "covered", "assets", "conflict", None}
    for rule in RULES:
        assert {row[rule] for row in rows} >= {True, False}, rule
