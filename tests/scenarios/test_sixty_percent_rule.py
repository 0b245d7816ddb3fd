"""The Yangs by another law: with the rule of 60 per cent alone nobody would have found them."""

import shutil

import polars as pl
import pytest

from pipelines.detect import explain
from pipelines.month import Month
from pipelines.rule import RULES
from tests.scenarios.people import CHEN, SANJIAO, YANG
from tests.scenarios.story import branch

ALONE = "rigid_spending_ratio"


@pytest.fixture(params=["the other rules removed", "the other rules experimental"])
def sixty_percent_rule(request, tmp_path):
    folder = shutil.copytree(RULES, tmp_path / "rules")
    for path in folder.glob("*.yaml"):
        if path.stem in (ALONE, "selection"):
            continue
        if "removed" in request.param:
            path.unlink()
        else:
            text = path.read_text(encoding="utf-8")
            assert "\nstatus: stable\n" in text
            path.write_text(text.replace("\nstatus: stable\n", "\nstatus: experimental\n"), encoding="utf-8")
    return folder


def test_with_the_sixty_percent_rule_alone_the_yangs_are_on_no_list(may, sixty_percent_rule, tmp_path):
    told = branch(may.place, tmp_path / "home")
    told.decide("2022-05", rules=sixty_percent_rule)
    assert told.matched("2022-05", YANG) == set()
    assert told.towns_that_list("2022-05", YANG) == []
    assert told.row("2022-05", "exclusions", YANG) is None
    assert told.row("2022-05", "cases", YANG) is None
    # The rule itself is asked: the Chens spend more than 60 per cent, and are on dibao.
    assert told.matched("2022-05", CHEN) == {ALONE}
    assert told.row("2022-05", "exclusions", CHEN)["reason"] == "covered"


def test_the_answers_say_that_the_sixty_percent_rule_does_not_see_the_yangs(
    may, sixty_percent_rule, tmp_path
):
    told = branch(may.place, tmp_path / "home")
    told.decide("2022-05", rules=sixty_percent_rule)
    answers = pl.read_parquet(told.published("2022-05") / "answers.parquet")
    [here] = answers.filter(pl.col("town_code") == SANJIAO, pl.col("rule_id") == ALONE).to_dicts()
    assert (here["matched"], here["unmatched"], here["unknown"]) == (0, 1, 0)
    found = explain(Month(2022, 5), told.place.lake, told.key("2022-05", YANG), rules=sixty_percent_rule)
    [rule] = [rule for rule in found["rules"] if rule["rule_id"] == ALONE]
    assert rule["answer"] == "no match"
    values = rule["parts"][0]["values"]
    assert values["rigid_spending_12m_monthly_yuan"] == "3012.50"
    assert values["income_12m_monthly_yuan"] == "7200.00"
