"""Problems: addressed to the person who can mend them, and fit for a log."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.problem import Problem, Problems, masked, shown

YANG = "442099197703121018"


@pytest.mark.parametrize(
    "text", [YANG, f"row {YANG} of 2022", f"身份证号{YANG}，", "44209919850113873x", "442099770312101"]
)
def test_no_message_carries_a_whole_id(text):
    told = masked(text)
    assert "******" in told
    assert "19770312" not in told and "19850113" not in told and "770312101" not in told


def test_a_problem_masks_what_was_found():
    problem = Problem("户籍人口_202206.txt", "line 7", YANG, "a resident ID", "Ask the department.")
    assert str(problem) == (
        "户籍人口_202206.txt, line 7: found 442099************; allowed: a resident ID. Ask the department."
    )


def test_counts_months_and_town_codes_stay_readable():
    assert masked("442000109: 1234567 rows of 2022-06") == "442000109: 1234567 rows of 2022-06"


def test_problems_are_told_once_each_in_the_order_a_person_reads_a_file():
    found = [Problem("b.yaml", "line 2", "x", "y")] + [
        Problem("a.yaml", f"line {n}, key k", "x", "y") for n in (10, 9, 100, 9)
    ]
    told = Problems("Contracts with errors", found)
    assert [p.where.split(",")[0] for p in told.problems] == ["line 9", "line 10", "line 100", "line 2"]
    assert str(told).splitlines()[0] == "Contracts with errors (4)"


def test_paths_are_told_without_the_machine_they_lie_on():
    assert shown(Path("/srv/city/landing/2022-06/a.csv"), Path("/srv/city")) == "landing/2022-06/a.csv"
    assert shown(Path("/etc/a.csv"), Path("/srv/city")) == "/etc/a.csv"
