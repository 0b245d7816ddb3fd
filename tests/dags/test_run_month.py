"""Real runs of the DAG without a scheduler, on a register of five families."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pipelines.month import Month
from tests.dags.register import lay_register

MONTH = Month(2022, 6)
RUNNER = "dags/run_month.py"


@pytest.mark.slow
def test_a_month_run_through_airflow_is_published_with_progress_a_person_can_read(tmp_path, outside):
    lay_register(tmp_path / "landing", MONTH)
    run = outside(RUNNER, str(MONTH))
    assert run.returncode == 0, run.stdout
    lines = run.stdout.splitlines()
    assert "ingest    public_security__residents: 20 rows in, 20 accepted, 0 rejected" in lines
    assert any(line.startswith("ingest    taxation__incomes: nothing arrived") for line in lines)
    assert "link      20 residents in 5 households" in lines
    assert not [line for line in lines if "[warning" in line or "Traceback" in line or "airflow" in line]
    published = tmp_path / "published" / MONTH.partition
    assert (published / "candidates.parquet").is_file()
    assert (published / "manifest.json").is_file()


@pytest.mark.slow
def test_a_month_without_the_residents_register_fails_loudly_and_publishes_nothing(tmp_path, outside):
    (tmp_path / "landing" / str(MONTH)).mkdir(parents=True)
    run = outside(RUNNER, str(MONTH))
    assert run.returncode == 1
    assert "FAILED    link: public_security__residents is missing" in run.stdout
    assert f"{MONTH} went wrong" in run.stdout and "detect" in run.stdout
    assert "Traceback" not in run.stdout, "an error we foresaw needs no stack"
    assert not (tmp_path / "published").exists()


@pytest.mark.slow
def test_a_run_by_hand_without_a_month_fails_and_says_what_it_needs(tmp_path, outside, dag_module):
    lay_register(tmp_path / "landing", MONTH)
    import airflow_home

    airflow = Path(sys.executable).parent / "airflow"
    settings = airflow_home.settings(tmp_path / "airflow")
    assert outside(str(airflow), "db", "migrate", **settings).returncode == 0
    run = outside(str(airflow), "dags", "test", "hardship_monthly", **settings)
    assert run.returncode != 0
    assert 'trigger it again with {"month": "YYYY-MM"}' in run.stdout
    assert not (tmp_path / "parquet").exists()


@pytest.mark.parametrize("wrong", ["2022-13", "june", ""])
def test_what_is_no_month_is_refused_before_airflow_starts(outside, wrong):
    run = outside(RUNNER, wrong)
    assert run.returncode == 2
    assert "write it as YYYY-MM" in run.stdout
