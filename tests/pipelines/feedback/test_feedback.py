"""What goes back to a department tells it where its mistakes are, and tells nobody anything of a person."""

from __future__ import annotations

import os
import shutil
from datetime import datetime

import openpyxl
import polars as pl
import pytest

from pipelines.contract import load_extracts
from pipelines.feedback import feedback, resolved, tell_shares_before
from pipelines.feedback.reasons import REASONS, reason_words
from pipelines.feedback.scores import DEPARTMENTS_OF_DATA, scores
from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.problem import HardshipError
from pipelines.validate import validate
from tests.pipelines.ingest.delivering import (
    MONTH,
    SPOUSE,
    WEIZHI,
    Department,
    lines,
    person,
    settlement,
)

BROKEN_ID = WEIZHI[:17] + "9"


def deliver(department: Department, content: str) -> None:
    department.delivers(content)
    department.ingested()
    validate(department.contract, department.month, department.lake)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A month in which the insurance, the schools and the police delivered with mistakes."""
    root = tmp_path_factory.mktemp("feedback")
    wrong = [settlement(2, 证件号码=BROKEN_ID), settlement(3, 结算时间="昨天"), settlement(4, 医疗类别="")]
    good = [settlement(n, 证件号码=person(n)) for n in range(10, 30)]
    deliver(Department(root, month=MONTH.plus(-1)), lines([settlement(1)]))
    deliver(Department(root), lines([settlement(1), *wrong, *good]))
    pupil = {
        "学籍号": "G1", "学生身份证号": person(1), "学校": "三角小学", "学段": "小学", "学期": "2022春",
        "学费": "0", "收费周期": "学期", "监护人1身份证号": BROKEN_ID, "监护人2身份证号": "",
    }  # fmt: skip
    deliver(Department(root, "education__enrolments"), lines([pupil]))
    resident = {
        "公民身份号码": WEIZHI, "姓名": "杨伟志", "性别": "男", "出生日期": "19770312", "户号": "H1",
        "户类型": "家庭户", "与户主关系": "户主", "户籍地址": "三角镇某路1号", "镇街代码": "442000109",
    }  # fmt: skip
    other = resident | {"公民身份号码": SPOUSE, "姓名": f"周小兰{person(9)}"}
    deliver(Department(root, "public_security__residents"), lines([resident, other], "|"))
    return root


@pytest.fixture(scope="module")
def folder(root):
    return feedback(load_extracts(), MONTH, Lake(root / "lake"))


def sheet_rows(folder, department: str, sheet: str) -> list[dict]:
    book = openpyxl.load_workbook(folder / f"退回_{department}_202206.xlsx")
    header, *rows = book[sheet].iter_rows(min_row=3, values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_each_department_gets_one_workbook(folder):
    names = sorted(path.name for path in folder.glob("*.xlsx"))
    assert len(names) == 12
    assert "退回_公安_202206.xlsx" in names


def test_each_returned_row_is_named_by_file_line_column_reason_and_what_is_allowed(folder):
    rows = sheet_rows(folder, "医保", "退回行 Returned rows")
    told = [(r["行号 Line"], r["列 Column"], r["原因"], r["Reason"]) for r in rows]
    assert told == [
        (3, "证件号码", "号码校验码不对", "the ID's check character is wrong"),
        (4, "结算时间", "不是日期", "not a date"),
        (5, "医疗类别", "必填项为空", "a required value is missing"),
    ]
    assert {r["文件 File"] for r in rows} == {"医保结算明细_202206.csv"}
    assert all(r["应为"] and r["Allowed"] for r in rows)


def test_a_refused_guardian_is_told_though_the_row_was_kept(folder):
    (row,) = sheet_rows(folder, "教育", "退回行 Returned rows")
    assert (row["列 Column"], row["原因"]) == ("监护人1身份证号", "号码校验码不对")
    assert "value refused, row kept" in row["处理 Outcome"]


def test_no_workbook_shows_an_id_or_a_name(folder):
    for path in folder.glob("*.xlsx"):
        book = openpyxl.load_workbook(path)
        text = " ".join(str(c) for page in book for row in page.iter_rows(values_only=True) for c in row)
        for secret in (WEIZHI, BROKEN_ID, SPOUSE, person(9), "杨伟志", "周小兰", "昨天"):
            assert secret not in text, path.name


def test_totals_add_up_and_say_what_was_not_delivered(folder):
    rows = {r["数据表 Extract"].split(" / ")[0]: r for r in sheet_rows(folder, "医保", "汇总 Totals")}
    settlements = rows["医保结算明细"]
    assert settlements["行数 Rows"] == settlements["采用 Accepted"] + settlements["退回 Returned"] == 24
    assert "3 of 24 rows" in settlements["原因 Reasons"]
    assert rows["参保"]["状态 Status"] == "未收到 / missing"


def test_the_scorecard_goes_back_over_the_months(root, folder):
    rows = sheet_rows(folder, "医保", "记分 Scorecard")
    months = {r["月份 Month"]: r for r in rows if r["数据表 Extract"].startswith("医保结算明细")}
    assert months["2022-06"]["退回比例 Share"] == pytest.approx(3 / 24)
    assert months["2022-05"]["退回 Returned"] == 0
    assert months["2022-04"]["状态 Status"] == "未收到 / missing"
    # Of 21 people in June's settlements the register knows one.
    assert months["2022-06"]["号码可核实 IDs resolved"] == pytest.approx(1 / 21)
    assert months["2022-05"]["号码可核实 IDs resolved"] is None, "there was no register"


def test_people_are_looked_up_again_only_in_an_extract_whose_rows_are_others(
    root, folder, tmp_path, monkeypatch
):
    lake, contracts = Lake(tmp_path / "lake"), load_extracts()
    shutil.copytree(root / "lake", lake.root, symlinks=True)
    told = resolved.resolved_shares(contracts, MONTH, lake)
    looked_up = []
    monkeypatch.setattr(resolved, "_share", lambda contract, *_: looked_up.append(contract.id) or 0.5)
    assert resolved.resolved_shares(contracts, MONTH, lake) == told and not looked_up
    table = "parquet/medical_insurance__settlements"
    delivered = lake.resolve(table, MONTH)
    with lake.write(table, MONTH, {"delivered": "again"}) as fresh:
        shutil.copytree(delivered, fresh, dirs_exist_ok=True)
        (fresh / "rows.parquet").write_bytes((delivered / "rows.parquet").read_bytes() + b" ")
    again = resolved.resolved_shares(contracts, MONTH, lake)
    assert looked_up == ["medical_insurance__settlements"]
    assert again == told | {"medical_insurance__settlements": 0.5} and len(told) > 1


def test_what_months_before_brought_is_told_before_the_month_arrives(root, tmp_path):
    lake, contracts = Lake(tmp_path / "lake"), load_extracts()
    shutil.copytree(root / "lake", lake.root, symlinks=True)
    shutil.rmtree(lake.root / resolved.TABLE, ignore_errors=True)
    tell_shares_before(contracts, MONTH.plus(1), lake)
    assert lake.months(resolved.TABLE) == [MONTH]


def put_down(path, day: str) -> None:
    """Sets when a file was put into landing, at nine in the morning in Shanghai."""
    at = datetime.fromisoformat(f"{day}T09:00:00+08:00").timestamp()
    os.utime(path, (at, at))


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2022-07-05", "按时 / on time"),
        ("2022-06-30", "按时 / on time"),
        ("2022-07-08", "迟3天 / 3 days late"),
    ],
)
def test_the_scorecard_says_how_many_days_late_a_department_delivered(tmp_path, day, told):
    department = Department(tmp_path)
    assert department.contract.delivery_day == 5
    department.delivers(lines([settlement(1)]))
    file = department.path(department.name())
    put_down(file, day)
    department.ingested()
    validate(department.contract, MONTH, department.lake)
    # What was seen once stays, also when somebody touches the file; a correction makes nobody late.
    put_down(file, "2022-07-20")
    department.delivers(lines([settlement(2)]), part="更正")
    put_down(department.path(department.name(part="更正")), "2022-07-25")
    department.ingested()
    validate(department.contract, MONTH, department.lake)
    rows = sheet_rows(feedback(load_extracts(), MONTH, department.lake), "医保", "记分 Scorecard")
    [row] = [r for r in rows if r["月份 Month"] == "2022-06" and r["状态 Status"] != "未收到 / missing"]
    assert row["送达 Delivered"] == told


def test_leads_are_counted_for_the_departments_they_rest_on_and_confirmed_by_visits(root, tmp_path):
    lake = Lake(tmp_path / "lake")
    candidates = pl.DataFrame(
        {"household_key": ["H1", "H2", "H3"], "departments": [["education"], ["education", "housing"], []]},
        schema={"household_key": pl.String, "departments": pl.List(pl.String)},
    )
    with lake.write("matches", MONTH, {}) as folder:
        candidates.write_parquet(folder / "candidates.parquet")
    with lake.write("parquet/towns__visits", MONTH, {}) as folder:
        pl.DataFrame(
            {
                "household_key": ["H1", "H2"],
                "outcome": ["confirmed_helped", "data_wrong"],
                "wrong_data": [None, "education"],
            }
        ).write_parquet(folder / "rows.parquet")
        (folder / "report.json").write_text("{}")
    with lake.write("verdicts/towns__visits", MONTH, {}) as folder:
        (folder / "verdict.json").write_text('{"verdict": "accepted", "reasons": []}')
    with lake.write("parquet/education__enrolments", MONTH, {}) as folder:
        pl.DataFrame({"resident_key": [1]}).write_parquet(folder / "rows.parquet")
    cards = {card.extract: card for card in scores(load_extracts(), MONTH, lake) if card.month == MONTH}
    school = cards["education__enrolments"]
    assert (school.leads, school.confirmed, school.wrong) == (2, 1, 1)


def test_every_datum_a_visit_may_find_wrong_goes_back_to_departments_that_deliver_it():
    contracts = load_extracts()
    codes = set(contracts["towns__visits"].property("wrong_data").enum)
    assert set(DEPARTMENTS_OF_DATA) == codes
    departments = {contract.department for contract in contracts.values()}
    assert {name for names in DEPARTMENTS_OF_DATA.values() for name in names} <= departments
    assert [code for code, names in DEPARTMENTS_OF_DATA.items() if not names] == ["other"]


def test_asking_again_gives_the_same_bytes(root, folder, monkeypatch):
    before = {path.name: path.read_bytes() for path in folder.glob("*.xlsx")}
    monkeypatch.setattr(Lake, "is_current", lambda *_: False)
    again = feedback(load_extracts(), MONTH, Lake(root / "lake"))
    assert {path.name: path.read_bytes() for path in again.glob("*.xlsx")} == before


def test_a_month_that_was_not_read_has_no_feedback(tmp_path):
    with pytest.raises(HardshipError, match="2022-01"):
        feedback(load_extracts(), Month(2022, 1), Lake(tmp_path / "lake"))


def test_every_reason_has_words_and_unknown_ones_say_themselves():
    assert all(zh and en and zh != en for zh, en, _ in REASONS.values())
    assert reason_words("some_new_reason")[1] == "some new reason"


def test_a_row_that_a_correction_replaced_is_held_against_nobody(tmp_path):
    insurance = Department(tmp_path)
    insurance.delivers(lines([settlement(1), settlement(2, 证件号码=BROKEN_ID)]))
    insurance.delivers(lines([settlement(1, 个人现金支付="9.00")]), part="_更正")
    insurance.ingested()
    validate(insurance.contract, MONTH, insurance.lake)
    (score,) = [
        s for s in scores({insurance.extract: insurance.contract}, MONTH, insurance.lake) if s.rows_in
    ]
    assert (score.rows_in, score.rejected) == (3, 1)
    folder = feedback({insurance.extract: insurance.contract}, MONTH, insurance.lake)
    book = openpyxl.load_workbook(next(folder.glob("*医保*.xlsx")))
    header, row = [r for r in book.worksheets[0].iter_rows(values_only=True) if r[4] is not None]
    totals = dict(zip(header, row, strict=True))
    assert [totals[f"{c}"] for c in ("采用 Accepted", "退回 Returned", "已更正 Corrected")] == [1, 1, 1]
    assert len([r for r in book.worksheets[1].iter_rows(values_only=True) if r[2] == 3]) == 1
