"""Real runs of the DAG without a scheduler, on a register of five families."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pipelines.lake import Lake
from pipelines.month import Month
from tests.dags.conftest import outside
from tests.dags.register import lay_register

MONTH = Month(2022, 6)
RUNNER = "dags/run_month.py"
SECRET = "of these tests"


@pytest.fixture(scope="module")
def through_airflow(tmp_path_factory):
    """A month of five families run through the DAG: its home, and what the terminal showed."""
    home = tmp_path_factory.mktemp("through-airflow")
    lay_register(home / "landing", MONTH)
    return home, outside(home, RUNNER, str(MONTH), HARDSHIP_SECRET=SECRET)


@pytest.mark.slow
def test_a_month_run_through_airflow_is_published_with_progress_a_person_can_read(through_airflow):
    home, run = through_airflow
    assert run.returncode == 0, run.stdout
    lines = run.stdout.splitlines()
    assert "ingest    public_security__residents: 20 rows in, 20 accepted, 0 rejected" in lines
    assert any(line.startswith("ingest    taxation__incomes: nothing arrived") for line in lines)
    assert "link      20 residents in 5 households" in lines
    assert not [line for line in lines if "[warning" in line or "Traceback" in line or "airflow." in line]
    published = home / "published" / MONTH.partition
    assert (published / "candidates.parquet").is_file()
    assert (published / "manifest.json").is_file()
    page = home / "report" / MONTH.partition / "report.html"
    assert page.is_file() and f"report    {page}" in lines
    back = home / "returns" / MONTH.partition
    assert (back / f"退回_公安_{str(MONTH).replace('-', '')}.xlsx").is_file() and f"feedback  {back}" in lines


@pytest.mark.slow
def test_airflow_and_the_command_line_publish_the_same_bytes(tmp_path, through_airflow):
    home, _ = through_airflow
    folders = ("--landing", str(home / "landing"), "--lake", str(tmp_path))
    run = outside(
        tmp_path, "-m", "pipelines.cli", *folders, "run", "--month", str(MONTH), HARDSHIP_SECRET=SECRET
    )
    assert run.returncode == 0, run.stdout
    for table in ("published", "report", "returns"):
        digests = {Lake(place).digest(table, MONTH) for place in (home, tmp_path)}
        assert len(digests) == 1 and None not in digests


@pytest.mark.slow
def test_a_file_no_contract_claims_is_named_and_the_month_is_published_without_it(tmp_path):
    register = lay_register(tmp_path / "landing", MONTH)
    (register.parent / "通讯录_202206.csv").write_text("姓名,电话\n", encoding="utf-8")
    run = outside(tmp_path, RUNNER, str(MONTH))
    assert run.returncode == 1
    assert "FAILED    confirm_input" in run.stdout and "通讯录_202206.csv" in run.stdout
    assert (tmp_path / "published" / MONTH.partition / "candidates.parquet").is_file()


@pytest.mark.slow
def test_a_month_without_the_residents_register_fails_loudly_and_publishes_nothing(tmp_path):
    (tmp_path / "landing" / str(MONTH)).mkdir(parents=True)
    run = outside(tmp_path, RUNNER, str(MONTH))
    assert run.returncode == 1
    assert "FAILED    link: public_security__residents is missing" in run.stdout
    assert f"{MONTH} went wrong" in run.stdout and "detect" in run.stdout
    assert "Traceback" not in run.stdout, "an error we foresaw needs no stack"
    assert not (tmp_path / "published").exists()


@pytest.mark.slow
def test_a_run_by_hand_without_a_month_fails_and_says_what_it_needs(tmp_path, dag_module):
    lay_register(tmp_path / "landing", MONTH)
    import airflow_home

    airflow = Path(sys.executable).parent / "airflow"
    settings = airflow_home.settings(tmp_path / "airflow")
    assert outside(tmp_path, str(airflow), "db", "migrate", **settings).returncode == 0
    run = outside(tmp_path, str(airflow), "dags", "test", "hardship_monthly", **settings)
    assert run.returncode != 0
    assert 'trigger it again with {"month": "YYYY-MM"}' in run.stdout
    assert not (tmp_path / "parquet").exists()


@pytest.mark.parametrize("wrong", ["2022-13", "june", ""])
def test_what_is_no_month_is_refused_before_airflow_starts(tmp_path, wrong):
    run = outside(tmp_path, RUNNER, wrong)
    assert run.returncode == 2
    assert "write it as YYYY-MM" in run.stdout
