"""The manifest says what went into a month and what came out, and nothing that changes from run to run."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines import manifest
from pipelines.contract import SCHEMAS, load_contract
from pipelines.lake import Lake
from pipelines.month import Month

JUNE = Month(2022, 6)
SETTLEMENTS = load_contract(SCHEMAS / "medical_insurance__settlements.yaml")
CONTRACTS = {SETTLEMENTS.id: SETTLEMENTS}


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path)


def arrived(lake, month, *files):
    with lake.write(f"parquet/{SETTLEMENTS.id}", month, {}) as folder:
        report = {
            "rows_in": 10, "accepted": 9, "rejected": 1, "repaired_values": 2,
            "files": [{"name": f"杨伟志{n}.csv", "sha256": sha} for n, sha in enumerate(files)],
        }  # fmt: skip
        (folder / "report.json").write_text(json.dumps(report))
    with lake.write(f"verdicts/{SETTLEMENTS.id}", month, {}) as folder:
        (folder / "verdict.json").write_text(json.dumps({"verdict": "accepted", "reasons": []}))


def test_delivered_files_are_named_by_what_is_in_them(lake):
    arrived(lake, JUNE, "bb", "aa")
    found = manifest.inputs_of(CONTRACTS, JUNE, lake)
    assert found["extracts"][SETTLEMENTS.id]["2022-06"] == {
        "verdict": "accepted", "rows_in": 10, "accepted": 9, "rejected": 1, "repaired_values": 2,
        "files": ["aa", "bb"],
    }  # fmt: skip
    assert "杨伟志" not in json.dumps(found, ensure_ascii=False)


def test_a_year_of_deliveries_went_in_and_nothing_of_later_months(lake):
    for month in [JUNE.plus(-12), JUNE.plus(-11), JUNE, JUNE.plus(1)]:
        arrived(lake, month, "aa")
    found = manifest.inputs_of(CONTRACTS, JUNE, lake)["extracts"][SETTLEMENTS.id]
    assert list(found) == ["2021-07", "2022-06"]


def test_contracts_rules_parameters_reference_lists_and_code_are_named_by_hash(lake, tmp_path):
    (tmp_path / "rules" / "parameters").mkdir(parents=True)
    (tmp_path / "rules" / "low_income.yaml").write_text("a")
    (tmp_path / "rules" / "parameters" / "dibao_standard.yaml").write_text("b")
    found = manifest.inputs_of(CONTRACTS, JUNE, lake, tmp_path / "rules")
    assert found["contracts"][SETTLEMENTS.id]["version"] == SETTLEMENTS.version
    assert list(found["rules"]) == ["low_income"]
    assert list(found["parameters"]) == ["dibao_standard"]
    assert {"towns", "communities"} <= set(found["reference"])
    before = manifest.digest_of(found)
    (tmp_path / "rules" / "low_income.yaml").write_text("changed")
    assert manifest.digest_of(manifest.inputs_of(CONTRACTS, JUNE, lake, tmp_path / "rules")) != before


def test_an_altered_missing_or_added_file_is_found(tmp_path):
    pq.write_table(pa.table({"a": [1, 2]}), tmp_path / "candidates.parquet")
    (tmp_path / "list.csv").write_text("a")
    manifest.write_manifest(tmp_path, JUNE, {}, {}, {})
    assert manifest.altered_files(tmp_path) == []
    assert json.loads((tmp_path / "manifest.json").read_text())["outputs"]["candidates.parquet"]["rows"] == 2
    (tmp_path / "list.csv").write_text("b")
    (tmp_path / "more.csv").write_text("c")
    (tmp_path / "candidates.parquet").unlink()
    assert manifest.altered_files(tmp_path) == ["candidates.parquet", "list.csv", "more.csv"]


def test_times_are_kept_apart_from_what_is_compared(lake):
    manifest.record_run(JUNE, lake, stage="publish", seconds=3)
    manifest.record_run(JUNE, lake, stage="publish", seconds=4)
    path = lake.root / "runs" / "2022-06.jsonl"
    assert [json.loads(line)["seconds"] for line in path.read_text().splitlines()] == [3, 4]
    assert path.stat().st_mode & 0o077 == 0


def test_a_month_that_was_not_published_has_no_manifest(lake):
    assert manifest.read_manifest(JUNE, lake) is None
