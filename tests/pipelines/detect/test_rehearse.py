"""A change of rules is rehearsed on past months before anybody signs it, and changes no list by that."""

from __future__ import annotations

import re
import shutil
import sys

import pyarrow.parquet as pq
import pytest
import yaml

from pipelines import cli
from pipelines.detect import rehearsal_report
from pipelines.detect.rehearse import rehearse
from pipelines.month import Month, parse_months
from pipelines.problem import HardshipError, Problems
from pipelines.rule import RULES
from pipelines.rule.draft import load_draft
from tests.pipelines.detect.town import AT_SCHOOL, SANJIAO, STRUCK, UNHOUSED, XIAOLAN

HALF_YEAR = parse_months("2021-12..2022-05")
SPRING = parse_months("2022-04..2022-05")
# Above the limit of 2021 too, and between the draft's limit and today's.
ILL = {"medical_self_paid_12m_at_least_yuan": 12000, "medical_self_paid_12m_yuan": 12000}
BETWEEN = {"medical_self_paid_12m_at_least_yuan": 7000, "medical_self_paid_12m_yuan": 7000}


@pytest.fixture
def draft(tmp_path_factory):
    """A folder with the one file an analyst changed: new values of a rule's parameters, or its status."""

    def make(rule_id: str, status: str | None = None, **values) -> object:
        folder = tmp_path_factory.mktemp("draft")
        data = yaml.safe_load((RULES / f"{rule_id}.yaml").read_text(encoding="utf-8"))
        for name, dated in values.items():
            data["parameters"][name]["values"] |= dated
        if status:
            data["status"] = status
        # A changed value needs an example on each side of the change.
        for test in data["tests"]:
            test["month"] = min(test["month"], "2022-05")
        for day in {day for dated in values.values() for day in dated}:
            data["tests"].append(
                {"name": f"from {day}", "month": str(day)[:7], "profile": {}, "expect": "unknown"}
            )
        text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
        (folder / f"{rule_id}.yaml").write_text(text, encoding="utf-8")
        return folder

    return make


def lower(draft):
    return draft("heavy_medical_spending", self_paid_limit={"2022-06-01": 6000})


def half_year(town) -> None:
    for month in HALF_YEAR:
        town.run(str(month))


def spring(town, rules=None) -> None:
    for month in SPRING:
        town.run(str(month), rules)


def by_key(rehearsal, month: str) -> dict:
    return {
        row["household_key"]: row
        for row in rehearsal.lines.to_pylist()
        if row["month"] == Month.parse(month).start
    }


def test_a_limit_lowered_from_june_is_rehearsed_with_its_new_value_on_the_six_months_before(town, draft):
    listed = town.house(1, ILL, AT_SCHOOL)
    enters = town.house(2, BETWEEN, AT_SCHOOL)
    below = town.house(3, BETWEEN)
    elsewhere = town.house(4, BETWEEN, STRUCK, town_code=XIAOLAN)
    half_year(town)
    rehearsal = rehearse(lower(draft), HALF_YEAR, town.lake)
    for month in HALF_YEAR:
        rows = by_key(rehearsal, str(month))
        assert {key: row["change"] for key, row in rows.items()} == {
            listed: "unchanged", enters: "entered", elsewhere: "entered",
        }  # fmt: skip
        assert below not in rows
        assert rows[enters]["reason_now"] == "below_bar"
        assert "标准6,000元，2022-06-01起" in rows[enters]["explanation_zh"]
    assert by_key(rehearsal, "2021-12")[enters]["status_by_draft"] == "new"
    assert by_key(rehearsal, "2022-01")[enters]["status_by_draft"] == "continuing", (
        "on from the draft's cases"
    )
    towns = {(row["month"], row["town_code"]): row for row in rehearsal.towns.to_pylist()}
    may = towns[Month.parse("2022-05").start, SANJIAO]
    counted = ("listed_now", "listed_by_draft", "entered", "left_list", "unchanged")
    assert [may[name] for name in counted] == [1, 2, 1, 0, 1]
    (change,) = rehearsal.changes
    assert (change.what, change.before, change.after) == (
        "self_paid_limit", "8,000 (from 2022-01-01)", "6,000 (from 2022-06-01)",
    )  # fmt: skip


def test_values_that_a_draft_does_not_change_keep_their_days(town, draft):
    """The dibao standard of 2021 judges 2021, also by the draft."""
    between = {"net_income_per_head_12m_yuan": 1140, "net_income_per_head_12m_at_most_yuan": 1140}
    key = town.house(1, between)
    half_year(town)
    rehearsal = rehearse(lower(draft), HALF_YEAR, town.lake)
    assert key not in by_key(rehearsal, "2021-12")
    assert by_key(rehearsal, "2022-01")[key]["change"] == "unchanged"


def test_no_list_and_no_table_of_any_month_changes_by_a_rehearsal(town, draft):
    town.house(1, ILL, AT_SCHOOL)
    town.house(2, BETWEEN, AT_SCHOOL)
    spring(town)
    town.run("2022-06")
    before = {path: path.read_bytes() for path in town.lake.root.rglob("*") if path.is_file()}
    rehearse(lower(draft), SPRING, town.lake)
    assert {path: path.read_bytes() for path in town.lake.root.rglob("*") if path.is_file()} == before
    may = town.lake.digest("matches", Month.parse("2022-05"))
    town.run("2022-05")
    assert town.lake.digest("matches", Month.parse("2022-05")) == may


def test_households_that_enter_though_a_visit_found_no_hardship_are_named(town, draft):
    seen = {"last_visited_on": "2021-05-20", "last_visit_outcome": "not_in_hardship"}
    wrong = town.house(1, BETWEEN, AT_SCHOOL, seen)
    right = town.house(2, BETWEEN, AT_SCHOOL, seen | {"last_visit_outcome": "confirmed_pending"})
    town.house(3, BETWEEN, AT_SCHOOL)
    half_year(town)
    rehearsal = rehearse(lower(draft), HALF_YEAR, town.lake)
    examples = rehearsal_report.counter_examples(rehearsal)
    assert [row["household_key"] for row in examples["entered"]] == [wrong] and not examples["left"]
    december = rehearsal.towns.to_pylist()
    row = next(r for r in december if r["town_code"] == SANJIAO)
    counted = ("entered", "entered_visited", "entered_confirmed", "entered_not_confirmed")
    assert [row[name] for name in counted] == [3, 2, 1, 1]
    words = rehearsal_report.in_words(rehearsal)
    assert f"{wrong} {SANJIAO} 2021-12: not_in_hardship 2021-05-20; now below_bar" in words
    assert right not in words


def test_households_that_leave_though_a_later_visit_confirmed_hardship_are_named(town, draft):
    key = town.house(1, ILL, AT_SCHOOL)
    town.run("2022-04")
    town.house(1, ILL, AT_SCHOOL, last_visited_on="2022-05-10", last_visit_outcome="confirmed_helped")
    town.run("2022-05")
    folder = draft("heavy_medical_spending", self_paid_limit={"2022-06-01": 50000})
    rehearsal = rehearse(folder, SPRING, town.lake)
    (row,) = rehearsal_report.counter_examples(rehearsal)["left"]
    assert (row["household_key"], row["reason_by_draft"]) == (key, "below_bar")
    assert str(row["known_visited_on"]) == "2022-05-10" and row["visited_before_on"] is None


def test_a_town_that_the_draft_overloads_is_named_and_one_that_is_no_worse_is_not(town, draft, changed_rules):
    two_each = {"visits_of_town": {"2020-01-01": {int(SANJIAO): 2, int(XIAOLAN): 2, "other": 0}}}
    rules = changed_rules(selection=two_each)
    for number in range(1, 5):
        town.house(number, ILL, AT_SCHOOL, town_code=XIAOLAN)  # too many already, by no draft
    for number in range(5, 8):
        town.house(number, BETWEEN, AT_SCHOOL)
    spring(town, rules)
    three = rehearse(lower(draft), SPRING, town.lake, rules)
    assert three.overloaded == [], "1.5 times the visits may be waited for"
    town.house(8, BETWEEN, AT_SCHOOL)
    town.write_profiles(SPRING[-1])
    four = rehearse(lower(draft), SPRING, town.lake, rules)
    assert four.overloaded == [SANJIAO]
    rows = [row for row in four.towns.to_pylist() if row["town_code"] == SANJIAO]
    assert [(r["listed_by_draft"], r["waiting_by_draft"], r["is_overloaded"]) for r in rows[-2:]] == [
        (2, 1, False), (2, 2, True),
    ]  # fmt: skip


def test_a_rule_on_trial_that_becomes_stable_shows_whom_it_would_list(town, draft, changed_rules):
    rules = changed_rules(status={"unsafe_housing": "test"})
    key = town.house(1, ILL, UNHOUSED)
    spring(town, rules)
    folder = draft("unsafe_housing", status="stable")
    rehearsal = rehearse(folder, SPRING, town.lake, rules)
    assert [(c.what, c.before, c.after) for c in rehearsal.changes] == [("status", "test", "stable")]
    assert by_key(rehearsal, "2022-05")[key]["change"] == "entered"


def test_a_value_that_shapes_profiles_is_said_not_to_be_rehearsed(town, tmp_path):
    town.house(1, ILL, AT_SCHOOL)
    spring(town)
    folder = tmp_path / "draft" / "parameters"
    folder.mkdir(parents=True)
    text = (RULES / "parameters" / "minimum_wage.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    data["values"]["2022-07-01"] = 2100
    (folder / "minimum_wage.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    rehearsal = rehearse(folder.parent, SPRING, town.lake)
    assert any("minimum_wage" in en and "not rehearsed" in en for _, en in rehearsal.notes)


def test_lists_made_by_other_rules_are_named(town, draft, changed_rules):
    town.house(1, ILL, AT_SCHOOL)
    spring(town, changed_rules(selection={"bar_dimensions": {"2020-01-01": 1}}))
    (note,) = rehearse(lower(draft), SPRING, town.lake).notes
    assert "2022-04" in note[1] and "other rule files" in note[1]
    spring(town)
    assert rehearse(lower(draft), SPRING, town.lake).notes == ()


def test_months_that_were_not_run_and_drafts_with_errors_are_refused(town, draft, tmp_path):
    town.house(1, ILL, AT_SCHOOL)
    town.run("2022-05")
    with pytest.raises(HardshipError, match="2022-03, 2022-04 were not run"):
        rehearse(lower(draft), parse_months("2022-03..2022-05"), town.lake)
    broken = lower(draft)
    path = broken / "heavy_medical_spending.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("heavy: self", "heavy: myself"), encoding="utf-8"
    )
    with pytest.raises(Problems, match="myself_paid"):
        rehearse(broken, parse_months("2022-05"), town.lake)


def test_a_whole_folder_without_a_rule_is_a_draft_that_removes_it(changed_rules):
    draft = load_draft(changed_rules(keep=["heavy_medical_spending", "unemployment"]))
    assert {change.after for change in draft.changes} == {"removed"} and len(draft.changes) == 12


def test_what_is_written_is_a_page_that_stands_alone_and_tables_of_the_same_figures(town, draft, tmp_path):
    town.house(1, ILL, AT_SCHOOL)
    key = town.house(2, BETWEEN, AT_SCHOOL)
    half_year(town)
    rehearsal = rehearse(lower(draft), HALF_YEAR, town.lake)
    rehearsal_report.write(rehearsal, tmp_path / "out")
    page = (tmp_path / "out" / "rehearsal.html").read_text(encoding="utf-8")
    assert not re.search(r"<(script|link|img)|url\(http", page)
    assert page.count("<svg") == 2 and "三角镇" in page and "6,000 (from 2022-06-01)" in page
    lines = pq.read_table(tmp_path / "out" / "lines.parquet").to_pylist()
    assert sum(row["change"] == "entered" for row in lines) == 6 and "household_no" not in lines[0]
    assert {row["household_key"] for row in lines if row["change"] == "entered"} == {key}
    towns = pq.read_table(tmp_path / "out" / "towns.parquet").to_pylist()
    assert sum(row["entered"] for row in towns) == 6
    words = rehearsal_report.in_words(rehearsal)
    assert re.search(r"合计 total +6 +12 +6 +0 +6 +0 +0 +0 +0", words)
    rehearsal_report.write(rehearsal, tmp_path / "again")
    for path in (tmp_path / "out").iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_the_command_fails_for_an_overloaded_town_until_two_different_people_sign(
    town, draft, changed_rules, monkeypatch, capsys
):
    monkeypatch.setenv("HARDSHIP_HOME", str(town.lake.root))
    one_each = {"visits_of_town": {"2020-01-01": {int(SANJIAO): 1, "other": 0}}}
    folder = changed_rules(selection=one_each)
    shutil.copy(lower(draft) / "heavy_medical_spending.yaml", folder)
    for number in range(1, 4):
        town.house(number, BETWEEN, AT_SCHOOL)
    spring(town)

    def command(*signed: str) -> tuple[int, str, str]:
        arguments = ["hardship", "rules", "rehearse", "--rules", str(folder), "--months", "2022-04..2022-05"]
        for name in signed:
            arguments += ["--signed-by", name]
        monkeypatch.setattr(sys, "argv", arguments)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code, *capsys.readouterr()

    code, out, err = command()
    assert code == 1 and f"Overloaded: {SANJIAO}" in err and "超负荷" in out
    assert command("Li", " Li ")[0] == 1
    assert command("Li", "Wang")[0] == 0
    page = (town.lake.root / "rehearsals" / "2022-04..2022-05" / "rehearsal.html").read_text(encoding="utf-8")
    assert "signed by: Li、Wang" in page
