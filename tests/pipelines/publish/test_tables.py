"""A table is published as its contract promises or not at all."""

from __future__ import annotations

import polars as pl
import pyarrow as pa
import pytest

from pipelines.contract import SCHEMAS, load_contract
from pipelines.publish.tables import brought_to_contract

from .conftest import SANJIAO, full_row, key, resident_id, schema_of

EXCLUSIONS = load_contract(SCHEMAS / "exclusions.yaml")
COVERAGE = load_contract(SCHEMAS / "coverage.yaml")
TOWNS = {SANJIAO}


def excluded(*numbers: int) -> pl.DataFrame:
    rows = [
        full_row(EXCLUSIONS, household_key=key(n), town_code=SANJIAO, reason="covered", detail_zh="低保")
        for n in numbers
    ]
    return pl.DataFrame(rows, schema=schema_of(EXCLUSIONS))


def problems_of(frame, contract=EXCLUSIONS) -> str:
    table = frame if isinstance(frame, pa.Table) else frame.to_arrow()
    return "\n".join(map(str, brought_to_contract(table, contract, TOWNS)[1]))


def test_a_table_that_keeps_its_contract_is_ordered_and_typed_by_it():
    table, problems = brought_to_contract(excluded(1, 2, 3).to_arrow(), EXCLUSIONS, TOWNS)
    assert problems == []
    assert table.schema == EXCLUSIONS.arrow_schema
    assert table["household_key"].to_pylist() == sorted(key(n) for n in (1, 2, 3))


def test_the_internal_number_of_a_household_is_left_behind():
    table, problems = brought_to_contract(
        excluded(1).with_columns(household_no=pl.lit(77)).to_arrow(), EXCLUSIONS, TOWNS
    )
    assert problems == []
    assert "household_no" not in table.column_names


def test_narrow_integers_and_other_text_encodings_are_the_same_kind_of_column():
    row = full_row(COVERAGE, extract="e", department="d", town_code=SANJIAO, households=3)
    frame = pl.DataFrame([row], schema={**schema_of(COVERAGE), "households": pl.Int32})
    table, problems = brought_to_contract(frame.to_arrow(), COVERAGE, TOWNS)
    assert problems == []
    assert table.schema == COVERAGE.arrow_schema


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            lambda f: f.with_columns(reason=pl.lit("bad_luck")),
            "column reason: found 2 other values (bad_luck)",
        ),
        (lambda f: f.with_columns(dimensions=pl.lit(["luck"])), "column dimensions: found 2 other values"),
        (lambda f: f.drop("detail_zh"), "column detail_zh: found no such column"),
        (lambda f: f.with_columns(phone=pl.lit("1")), "column phone: found a column no contract names"),
        (
            lambda f: f.with_columns(detail_zh=pl.lit(None, pl.String)),
            "detail_zh: found 2 rows without a value",
        ),
        (lambda f: f.with_columns(until_on=pl.lit("soon")), "column until_on: found"),
        (lambda f: f.with_columns(town_code=pl.lit("442000999")), "found 2 values that are no town"),
        (lambda f: f.with_columns(household_key=pl.lit("H1")), "found 2 values of another form"),
        (lambda f: pl.concat([f, f]), "key month, household_key: found 4 rows that share their key"),
        (
            lambda f: f.with_columns(detail_zh=pl.lit("见" + resident_id(7))),
            "column detail_zh: found 2 values that look like a resident ID",
        ),
    ],
)
def test_every_promise_of_a_contract_can_be_broken_and_is_then_named(spoil, words):
    assert words in problems_of(spoil(excluded(1, 2)))


def test_a_number_out_of_its_bounds_is_named():
    row = full_row(COVERAGE, extract="e", department="d", town_code=SANJIAO, households=-1)
    assert "column households: found 1 values too small; allowed: at least 0" in problems_of(
        pl.DataFrame([row], schema=schema_of(COVERAGE)), COVERAGE
    )


def test_a_problem_never_repeats_what_stands_in_the_cell():
    told = problems_of(excluded(1).with_columns(reason=pl.lit("杨伟志 " + resident_id(7))))
    assert "1 other values;" in told
    assert "杨" not in told and resident_id(7) not in told


def test_a_contract_of_an_analysts_table_may_not_name_a_restricted_column(tmp_path):
    text = (SCHEMAS / "exclusions.yaml").read_text(encoding="utf-8")
    head, detail, rest = text.partition("- name: detail_zh")
    spoilt = head + detail + rest.replace("classification: internal", "classification: restricted", 1)
    (tmp_path / "exclusions.yaml").write_text(spoilt, encoding="utf-8")
    told = problems_of(excluded(1), load_contract(tmp_path / "exclusions.yaml"))
    assert "column detail_zh: found a restricted column" in told
