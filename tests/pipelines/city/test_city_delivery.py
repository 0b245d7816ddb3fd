"""Deliveries of the invented city: files as departments write them, and the dirt that is written down."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import openpyxl
import polars as pl
import pytest

from pipelines.city import deliver, families, synthesize
from pipelines.city.chance import generator
from pipelines.contract import load_extracts
from pipelines.identity import is_resident_id
from pipelines.month import Month
from pipelines.problem import HardshipError

MAY = Month(2022, 5)
MAI = "442099198806150334"
CONTRACTS = load_extracts()


def bill(**values):
    row = {
        "settlement_no": "S1", "resident_id": MAI, "stay_no": "Z1", "visit_kind": "21",
        "settled_on": date(2022, 5, 18), "total_yuan": Decimal("25800"), "self_paid_yuan": Decimal("8600.00"),
        "is_refund": False,
    }  # fmt: skip
    return pl.DataFrame([row | values])


def lines(path, encoding):
    return path.read_bytes().decode(encoding).splitlines()


def test_three_rows_are_written_with_the_departments_headers_words_and_encoding(tmp_path):
    contract = CONTRACTS["medical_insurance__settlements"]
    done = deliver.write(contract, bill(), MAY, tmp_path, surplus=False)
    assert [str(f.relative_to(tmp_path)) for f in done.files] == [
        "2022-05/medical_insurance/医保结算明细_202205.csv"
    ]
    header, row = lines(done.files[0], "gb18030")
    assert header == "结算单号,证件号码,就诊ID,医疗类别,结算时间,医疗费总额,个人现金支付,退费标志"
    assert row == f"S1,{MAI},Z1,普通住院,2022-05-18,25800.00,8600.00,否"


def test_a_header_in_wan_yuan_divides_the_amounts(tmp_path):
    contract = CONTRACTS["medical_insurance__settlements"]
    headers = {"self_paid_yuan": "个人自付(万元)"}
    frame = pl.concat([bill(), bill(settlement_no="S2", self_paid_yuan=Decimal("-123.45"))])
    done = deliver.write(contract, frame, MAY, tmp_path, headers=headers)
    table = pl.read_csv(done.files[0].read_bytes().decode("gb18030").encode(), infer_schema=False)
    assert table["个人自付(万元)"].to_list() == ["0.86", "-0.012345"]
    assert {"诊断名称", "定点机构名称"} <= set(table.columns)


def test_business_capital_is_written_in_wan_yuan(tmp_path):
    frame = families.extracts(MAY, {"he"})["market_supervision__businesses"]
    done = deliver.write(CONTRACTS["market_supervision__businesses"], frame, MAY, tmp_path)
    table = pl.read_csv(done.files[0], infer_schema=False)
    company = table.filter(pl.col("主体类型") == "企业")
    assert (company["注册资本"].to_list(), company["实缴资本"].to_list()) == (["1000"], ["500"])


def test_schools_send_one_workbook_per_town_with_title_and_serial_column(tmp_path):
    frame = families.extracts(MAY)["education__enrolments"]
    done = deliver.write(CONTRACTS["education__enrolments"], frame, MAY, tmp_path)
    assert "2022-05/education/学籍_202205_三角镇.xlsx" in [str(f.relative_to(tmp_path)) for f in done.files]
    sheet = openpyxl.load_workbook(next(f for f in done.files if "三角" in f.name)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert "三角镇" in rows[0][0] and rows[1][0] == "序号"
    fee, term = rows[1].index("学费"), rows[1].index("学期")
    assert sorted(row[fee] for row in rows[2:]) == [3425, 15500]
    assert {row[term] for row in rows[2:]} == {"2022春"}


def test_the_assistance_roll_ends_in_a_row_of_totals(tmp_path):
    frame = families.extracts(MAY)["civil_affairs__assistance_roll"]
    done = deliver.write(CONTRACTS["civil_affairs__assistance_roll"], frame, MAY, tmp_path)
    rows = list(openpyxl.load_workbook(done.files[0]).active.iter_rows(values_only=True))
    amount = rows[1].index("月救助金额")
    assert rows[-1][0] == "合计"
    assert rows[-1][amount] == sum(row[amount] for row in rows[2:-1])


def test_the_register_is_a_dump_with_pipes_and_permits_have_tabs_and_a_mark(tmp_path):
    held = families.extracts(MAY)
    register = deliver.write(
        CONTRACTS["public_security__residents"], held["public_security__residents"], MAY, tmp_path
    )
    assert register.files[0].suffix == ".txt"
    yang = next(line for line in lines(register.files[0], "gb18030") if "杨伟志" in line)
    assert "|男|19770312|" in yang and "|家庭户|户主|" in yang
    name = "public_security__residence_permits"
    permits = deliver.write(CONTRACTS[name], held[name], MAY, tmp_path).files[0].read_bytes()
    assert permits.startswith(b"\xef\xbb\xbf") and b"\t" in permits


def test_the_form_can_be_overridden_and_a_column_left_out(tmp_path):
    contract = CONTRACTS["medical_insurance__settlements"]
    done = deliver.write(
        contract,
        bill().drop("stay_no"),
        MAY,
        tmp_path,
        encoding="utf-8",
        separator="\t",
        surplus=False,
        title_rows=1,
    )
    title, header, _ = lines(done.files[0], "utf-8")
    assert "2022年5月" in title and "就诊ID" not in header and "\t" in header
    with pytest.raises(HardshipError, match="no columns typo"):
        deliver.write(contract, bill().with_columns(typo=pl.lit(1)), MAY, tmp_path)


def test_a_second_delivery_replaces_the_first(tmp_path):
    contract = CONTRACTS["education__enrolments"]
    frame = families.extracts(MAY)["education__enrolments"]
    deliver.write(contract, frame, MAY, tmp_path)
    deliver.write(contract, frame.filter(pl.col("town_code") == "442000109"), MAY, tmp_path)
    assert len(list(tmp_path.rglob("*.xlsx"))) == 1


def test_no_dirt_without_a_generator_and_all_of_it_in_the_ledger_with_one(tmp_path):
    contract = CONTRACTS["medical_insurance__settlements"]
    frame = pl.concat([bill(settlement_no=f"S{n}") for n in range(400)])
    clean = deliver.write(contract, frame, MAY, tmp_path / "clean")
    assert clean.ledger.is_empty() and clean.rows == 400
    dirty = deliver.write(contract, frame, MAY, tmp_path / "dirty", generator(1, "dirt"), level=150)
    kinds = set(dirty.ledger["kind"])
    assert {
        "full-width digits",
        "spaces",
        "wrong check character",
        "two IDs in one cell",
        "read as a number",
        "apostrophe",
        "another form of date",
        "another word for the code",
        "brackets for minus",
        "stay billed twice",
        "refund",
        "row twice",
    } <= kinds
    table = pl.read_csv(dirty.files[0].read_bytes().decode("gb18030").encode(), infer_schema=False)
    assert table.height == dirty.rows > 400
    wrong = dirty.ledger.filter(kind="wrong check character")
    for row, written in wrong.select("row", "written").rows():
        assert table["证件号码"][row] == written and not is_resident_id(written)
    refunds = table.filter(pl.col("结算单号").str.ends_with("R"))
    assert refunds.height == (dirty.ledger["kind"] == "refund").sum()
    assert refunds["个人现金支付"].str.contains(r"^[-(]").all()
    same_stay = table.filter(pl.col("结算单号").str.ends_with("B"))
    assert same_stay.height == (dirty.ledger["kind"] == "stay billed twice").sum()


def test_dirt_spares_the_named_families(tmp_path):
    contract = CONTRACTS["medical_insurance__settlements"]
    frame = pl.concat([bill(settlement_no=f"S{n}") for n in range(200)])
    done = deliver.write(contract, frame, MAY, tmp_path, generator(1, "dirt"), level=50, protected={MAI})
    assert done.rows == 200
    assert not done.ledger["column"].is_in(["resident_id", "self_paid_yuan", "total_yuan"]).any()


def test_a_city_lays_everything_with_little_dirt_and_keeps_the_truth_outside(tmp_path):
    summary = synthesize(4000, [MAY], 7, tmp_path / "landing", truth=tmp_path / "truth")
    assert len(summary["months"]["2022-05"]) == 24
    assert not list((tmp_path / "landing").rglob("*.parquet"))
    dirt = pl.read_parquet(tmp_path / "truth" / "month=2022-05" / "dirt.parquet")
    rows = sum(extract["rows"] for extract in summary["months"]["2022-05"].values())
    assert 0.001 < dirt.height / rows < 0.02
    households = pl.read_parquet(tmp_path / "truth" / "month=2022-05" / "households.parquet")
    assert households["is_in_hardship"].any()
    register = (
        (tmp_path / "landing/2022-05/public_security/户籍人口_202205.txt").read_bytes().decode("gb18030")
    )
    assert "杨伟志" in register
    clean = synthesize(4000, [MAY], 7, tmp_path / "clean", dirt=0, truth=tmp_path / "clean truth")
    assert pl.read_parquet(tmp_path / "clean truth" / "month=2022-05" / "dirt.parquet").is_empty()
    assert clean["months"]["2022-05"]["medical_insurance__settlements"]["rows"] < rows


def test_truth_in_the_landing_folder_and_unknown_extracts_are_refused(tmp_path):
    with pytest.raises(HardshipError, match="truth"):
        synthesize(2000, [MAY], 1, tmp_path, truth=tmp_path / "truth")
    with pytest.raises(HardshipError, match="no_such"):
        synthesize(2000, [MAY], 1, tmp_path, extracts=["no_such"])
    only = synthesize(2000, [MAY], 1, tmp_path, extracts=["towns__leads"])
    assert list(only["months"]["2022-05"]) == ["towns__leads"]
