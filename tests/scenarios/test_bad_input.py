"""What is wrong with the input is told in one clear message, and nothing good is lost by it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.contract import SCHEMAS
from pipelines.lake import content_digest
from pipelines.month import Month
from pipelines.problem import HardshipError, Problems
from tests.scenarios.people import SANJIAO, YANG
from tests.scenarios.story import Story, branch

PROJECT = SCHEMAS.parent
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>统一身份认证</title></head><body>请登录</body></html>"


@pytest.fixture(scope="module")
def june_without_settlements(may, tmp_path_factory) -> tuple[Story, Problems]:
    """Medical insurance saves a login page as its file for June; and the problems the run ended with."""
    told = branch(may.place, tmp_path_factory.mktemp("login_page") / "home")
    told.change("medical_insurance__settlements", lambda rows: rows, ("2022-06",))
    [path] = told.place.landing.glob("2022-06/medical_insurance/医保结算明细_*")
    path.write_text(LOGIN_PAGE, encoding="utf-8")
    (told.place.landing / "2022-06" / "health" / "通讯录.xlsx").write_bytes(b"x")
    with pytest.raises(Problems) as raised:
        told.run("2022-06")
    return told, raised.value


def test_files_that_could_not_be_used_are_named_together_once_the_month_is_published(
    june_without_settlements,
):
    told, problems = june_without_settlements
    unreadable, unclaimed = sorted(problems.problems, key=lambda p: "通讯录" in p.file)
    assert unreadable.file == "2022-06/medical_insurance/医保结算明细_202206.csv"
    assert unclaimed.file == "2022-06/health/通讯录.xlsx"
    assert told.published("2022-06").is_dir()


def test_without_one_departments_file_the_others_make_the_list(june_without_settlements):
    told, _ = june_without_settlements
    line = told.line("2022-06", SANJIAO, YANG)
    assert line["status"] == "continuing"
    assert "自付医疗费至少12,650元" in line["explanation_zh"]
    assert "学费22,350元" in line["explanation_zh"]


def test_a_held_register_of_residents_stops_the_month_and_leaves_the_list_before_it(may, tmp_path):
    told = branch(may.place, tmp_path / "home")
    before = content_digest(told.published("2022-05"))
    told.change("public_security__residents", lambda rows: rows.head(30), ("2022-06",))
    with pytest.raises(HardshipError) as raised:
        told.run("2022-06")
    message = str(raised.value)
    assert "public_security__residents is held for 2022-06" in message
    assert "30" in message and "deliver it again" in message
    for table in ("profiles", "matches", "published"):
        assert told.place.lake.resolve(table, Month(2022, 6)) is None, table
    assert content_digest(told.published("2022-05")) == before
    assert told.line("2022-05", SANJIAO, YANG) is not None


def test_a_missing_register_of_residents_stops_the_month_too(may, tmp_path):
    told = branch(may.place, tmp_path / "home")
    told.withhold("public_security__residents", "2022-06")
    with pytest.raises(HardshipError, match="public_security__residents is missing for 2022-06"):
        told.run("2022-06")
    assert told.place.lake.resolve("published", Month(2022, 6)) is None


@pytest.fixture
def hardship(may, tmp_path):
    """Runs the command line of a copy of the project on a copy of the lake."""
    project = tmp_path / "project"
    for folder in ("pipelines", "schemas", "rules", "sql", "data/reference"):
        shutil.copytree(PROJECT / folder, project / folder, ignore=shutil.ignore_patterns("__pycache__"))
    home = branch(may.place, tmp_path / "home").place.lake.root
    published = content_digest(home / "published" / "month=2022-05")

    def run(*arguments: str) -> tuple[int, str]:
        ended = subprocess.run(
            [sys.executable, "-P", "-c", "from pipelines.cli import main; main()", *arguments],
            env={**os.environ, "HARDSHIP_HOME": str(home), "PYTHONPATH": str(project)},
            capture_output=True, text=True, cwd=tmp_path,
        )  # fmt: skip
        assert content_digest(home / "published" / "month=2022-05") == published, "nothing half-written"
        assert "Traceback" not in ended.stderr
        return ended.returncode, ended.stderr

    run.project = project
    run.landing = home / "landing"
    return run


def test_a_month_without_a_landing_folder_is_told_with_the_folder_and_published_by_nobody(hardship):
    code, message = hardship("run", "--month", "2022-11")
    assert code != 0
    assert str(hardship.landing / "2022-11") in message
    assert len(message.strip().splitlines()) == 1
    assert not (hardship.landing.parent / "published" / "month=2022-11").exists()


def test_a_month_that_is_none_is_refused(hardship):
    code, message = hardship("run", "--month", "2022-13")
    assert code != 0
    assert "2022-13" in message and "YYYY-MM" in message


def broken(path: Path, right: str, wrong: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(right) >= 1
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")


def test_a_typing_error_in_a_rule_and_one_in_another_are_both_told_with_file_line_and_key(hardship):
    rules = hardship.project / "rules"
    broken(rules / "education_cost.yaml", "effect: signal", "efect: signal")
    broken(
        rules / "heavy_medical_spending.yaml", "medical_self_paid_12m_yuan end", "medical_self_payd_12m end"
    )
    code, message = hardship("run", "--month", "2022-06")
    assert code != 0
    assert "education_cost.yaml, line" in message and "efect" in message
    assert "heavy_medical_spending.yaml, line" in message and "medical_self_payd_12m" in message


def test_a_typing_error_in_a_contract_is_told_with_file_line_and_what_is_allowed(hardship):
    broken(hardship.project / "schemas" / "health__births.yaml", "logicalType: date", "logicalType: dat")
    code, message = hardship("run", "--month", "2022-06")
    assert code != 0
    assert "health__births.yaml, line" in message and "allowed:" in message
    assert not (hardship.landing.parent / "published" / "month=2022-06").exists()
