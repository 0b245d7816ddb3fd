"""The command `hardship` as people meet it: help, exit codes, and one plain message for every mistake."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from pipelines import cli, monthly
from pipelines.month import Month
from pipelines.problem import HardshipError, Problem, Problems

HEAVY = ("duckdb", "polars", "pyarrow", "great_expectations", "airflow")


@pytest.fixture
def hardship(capsys, monkeypatch, tmp_path):
    """Runs the command in this process; returns exit code, output and errors."""
    monkeypatch.setenv("HARDSHIP_HOME", str(tmp_path))

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hardship", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return ended.value.code, printed.out, printed.err

    return run


def test_help_answers_without_loading_anything_that_reads_data():
    program = (
        "import json, sys; sys.argv = ['hardship', '--help']\n"
        "from pipelines import cli\n"
        "try: cli.main()\n"
        "except SystemExit: print(json.dumps(sorted(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    modules = json.loads(printed.stdout.splitlines()[-1])
    assert not set(HEAVY) & set(modules)
    assert "departments" in printed.stdout


@pytest.mark.parametrize(
    "command",
    [
        "run",
        "ingest",
        "status",
        "explain",
        "synthesize",
        "rules list",
        "rules test",
        "rules lint",
        "rules show",
        "rules docs",
        "rules rehearse",
        "visits check",
        "dictionary",
        "sql",
        "feedback",
        "conflicts",
        "tidy",
    ],
)
def test_every_command_explains_itself(hardship, command):
    code, out, _ = hardship(*command.split(), "--help")
    assert code == 0
    assert len(out.splitlines()) > 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--month", "2022-13"], "write it as YYYY-MM"),
        (["run"], "--month"),
        (["run", "--from", "2022-07", "--month", "2022-06"], "lies after"),
        (["ingest", "--months", "2022-06..2022-01"], "runs backwards"),
        (["ingest"], "either --months or --before"),
        (["ingest", "--months", "2022-01", "--before", "2022-06"], "either --months or --before"),
        (["synthesize", "--until", "2022-06", "--residents", "3"], "2000"),
        (["publish"], "publish"),
        (["rules", "test", "--rule", "nonsense"], "heavy_medical_spending"),
        (["rules", "show", "nonsense", "--month", "2022-06"], "heavy_medical_spending"),
        (["rules", "show", "low_income"], "--month"),
        (["rules", "rehearse", "--months", "2022-01"], "--rules"),
    ],
)
def test_what_is_called_wrongly_is_refused_with_code_2_and_the_right_way(hardship, arguments, said):
    code, _, err = hardship(*arguments)
    assert code == 2
    assert said in " ".join(err.split())
    assert "Traceback" not in err


def test_a_month_nobody_delivered_for_fails_with_the_folder_that_is_missing(hardship, tmp_path):
    code, _, err = hardship("run", "--month", "2022-06")
    assert code == 1
    assert str(tmp_path / "landing" / "2022-06") in err
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir()), "nothing half-written"


def test_folders_can_be_chosen_one_by_one(hardship, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(monthly, "run", lambda month, place, say: seen.append((month, place)))
    code, _, _ = hardship(
        "--landing", str(tmp_path / "in"), "--lake", str(tmp_path / "out"), "run", "--month", "2022-06"
    )
    [(month, place)] = seen
    assert (code, month) == (0, Month(2022, 6))
    assert (place.landing, place.lake.root) == (tmp_path / "in", tmp_path / "out")


def test_a_household_is_not_explained_before_its_month_was_run(hardship):
    code, _, err = hardship("explain", "--month", "2022-06", "--household", "H0123456789ABCDEF")
    assert code == 1
    assert "2022-06" in err and "Traceback" not in err


def test_all_problems_of_a_file_are_told_at_once_with_code_2(hardship, monkeypatch):
    def broken(month, place, say):
        raise Problems(
            "Contracts with errors", [Problem("a.yaml", "line 3", "x", "y"), Problem("b.yaml", "", "p", "q")]
        )

    monkeypatch.setattr(monthly, "run", broken)
    code, _, err = hardship("run", "--month", "2022-06")
    assert code == 2
    assert "a.yaml, line 3: found x; allowed: y." in err and "b.yaml: found p; allowed: q." in err


def test_a_failure_of_ours_is_one_message_with_code_1(hardship, monkeypatch):
    def failing(month, place, say):
        raise HardshipError("The register is held.")

    monkeypatch.setattr(monthly, "run", failing)
    assert hardship("run", "--month", "2022-06") == (1, "", "The register is held.\n")


def test_an_error_nobody_foresaw_shows_no_id(hardship, monkeypatch):
    number = "44209919770312" + "1018"

    def failing(month, place, say):
        raise ValueError(f"cannot read {number}")

    monkeypatch.setattr(monthly, "run", failing)
    code, _, err = hardship("run", "--month", "2022-06")
    assert code == 1
    assert number not in err and "cannot read 442099****" in err


def test_rules_are_listed_in_both_languages(hardship):
    code, out, _ = hardship("rules", "list")
    assert code == 0
    line = next(line for line in out.splitlines() if line.startswith("heavy_medical_spending"))
    assert "medical" in line and "医疗" in line


def test_the_rules_own_tests_pass(hardship):
    code, out, err = hardship("rules", "test", "--rule", "heavy_medical_spending")
    assert (code, err) == (0, "")
    assert out.strip().endswith("passed, 0 failed")


def test_the_rules_files_are_in_order(hardship):
    code, out, _ = hardship("rules", "lint")
    assert code == 0
    assert "rules" in out


def test_a_city_is_laid_once_and_grows_by_the_months_it_lacks(hardship, tmp_path):
    landing = tmp_path / "landing"
    call = ["synthesize", "--missing", "--residents", "2000"]
    assert hardship(*call, "--months", "2022-05")[0] == 0
    first = {p: p.read_bytes() for p in landing.rglob("*") if p.is_file()}
    code, out, _ = hardship("synthesize", "--missing", "--months", "2022-05..2022-06")
    assert code == 0
    assert "2022-06" in out and "2022-05" not in out
    assert {p: p.read_bytes() for p in first} == first
    assert sorted(p.name for p in landing.iterdir() if p.is_dir()) == ["2022-05", "2022-06"]


def test_an_invented_city_is_never_mixed_with_another_or_with_what_departments_delivered(hardship, tmp_path):
    landing = tmp_path / "landing"
    (landing / "2022-05").mkdir(parents=True)
    code, out, _ = hardship("synthesize", "--missing", "--until", "2022-06")
    assert code == 0 and "holds files already" in out
    assert [p.name for p in landing.iterdir()] == ["2022-05"]

    (landing / "2022-05").rmdir()
    assert hardship("synthesize", "--missing", "--months", "2022-05", "--residents", "2000")[0] == 0
    code, _, err = hardship("synthesize", "--missing", "--months", "2022-06", "--residents", "3000")
    assert code == 2
    assert "found 3000; allowed: 2000" in err
