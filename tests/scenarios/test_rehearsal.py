"""The limit of medical spending is lowered: what would have been different is told before it is signed."""

from decimal import Decimal

import pytest

from pipelines.detect import rehearsal_report
from pipelines.detect.rehearse import rehearse
from pipelines.lake import content_digest
from pipelines.month import parse_months
from pipelines.rule import RULES
from tests.scenarios.changes import rewritten
from tests.scenarios.people import GANGKOU, LU, MAI, YANG
from tests.scenarios.story import branch

SPRING = parse_months("2022-03..2022-05")
RULE = "heavy_medical_spending"


@pytest.fixture(scope="module")
def spring(history, tmp_path_factory):
    """March to May, in which the Lus, out of work, paid 7,000 yuan: below the limit of 8,000."""
    told = branch(history, tmp_path_factory.mktemp("spring") / "home")
    less = rewritten(LU, self_paid_yuan=Decimal(7000))
    told.change("medical_insurance__settlements", less, ("2022-03",))
    told.run(*map(str, SPRING))
    return told


@pytest.fixture
def draft(tmp_path):
    """The rule with 6,000 from June on, and an example for it."""
    text = (RULES / f"{RULE}.yaml").read_text(encoding="utf-8")
    text = text.replace("      2022-01-01: 8000\n", "      2022-01-01: 8000\n      2022-06-01: 6000\n")
    text = text.replace("month: 2022-06", "month: 2022-05")
    text += (
        "  - name: the limit from June on\n    month: 2022-06\n"
        "    profile: {medical_self_paid_12m_yuan: 6000}\n    expect: match\n"
    )
    (tmp_path / f"{RULE}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_lus_would_have_been_listed_in_gangkou_and_everybody_else_as_before(spring, draft):
    assert spring.towns_that_list("2022-05", LU) == []
    rehearsal = rehearse(draft, SPRING, spring.place.lake)
    rows = rehearsal.lines.to_pylist()
    entered = {
        (str(r["month"])[:7], r["household_key"], r["town_code"]) for r in rows if r["change"] == "entered"
    }
    assert {(month, spring.key(month, LU), GANGKOU) for month in map(str, SPRING)} == entered
    assert not [row for row in rows if row["change"] == "left"]
    [may] = [r for r in rows if str(r["month"]) == "2022-05-01" and r["change"] == "entered"]
    assert may["reason_now"] == "below_bar" and may["status_by_draft"] == "continuing"
    assert "自付医疗费7,000元（标准6,000元，2022-06-01起）" in may["explanation_zh"]
    unchanged = {row["household_key"] for row in rows if row["change"] == "unchanged"}
    assert spring.key("2022-05", YANG) in unchanged and spring.key("2022-05", MAI) not in unchanged


def test_the_town_that_gains_three_lines_is_told_so_and_can_bear_them(spring, draft):
    rehearsal = rehearse(draft, SPRING, spring.place.lake)
    assert rehearsal.overloaded == []
    [gangkou] = [row for row in rehearsal_report.by_town(rehearsal) if row[0] == GANGKOU]
    assert gangkou[2:7] == [0, 3, 3, 0, 0], "now, by the draft, entered, left, unchanged"


def test_no_published_month_changes_and_may_run_again_is_the_same_bytes(spring, draft):
    before = {month: content_digest(spring.published(str(month))) for month in SPRING}
    rehearse(draft, SPRING, spring.place.lake)
    spring.run("2022-05")
    assert {month: content_digest(spring.published(str(month))) for month in SPRING} == before
    assert spring.place.lake.about("published", SPRING[-1])["revision"] == 1
