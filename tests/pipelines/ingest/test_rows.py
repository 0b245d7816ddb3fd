"""Every row in is accepted or set aside with its reason, whatever the order of files and rows."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.identity import document_key, resident_key
from tests.pipelines.ingest.delivering import HEADERS, SPOUSE, WEIZHI, Department, lines, person, settlement

PERMITS = "public_security__residence_permits"
ILLNESSES = "health__major_illnesses"


def row_of(department, **values):
    """A row by the contract's names, written under its headers."""
    return {p.header: values.get(p.name, "") for p in department.contract.properties}


def test_a_clean_settlement_becomes_one_typed_row(insurance):
    insurance.delivers(lines([settlement(7)]), "gb18030")
    outcome = insurance.ingested()
    assert outcome.rows.rows(named=True) == [
        {
            "settlement_no": "S0007",
            "resident_key": resident_key(WEIZHI, insurance.lake.secret()),
            "stay_no": "J1",
            "visit_kind": "21",
            "settled_on": date(2022, 6, 1),
            "total_yuan": Decimal("100.00"),
            "self_paid_yuan": Decimal("30.50"),
            "is_refund": False,
            "month": date(2022, 6, 1),
            "is_repaired": False,
        }
    ]
    assert outcome.repairs.height == 0


def test_the_parquet_file_has_the_contracts_types(insurance):
    insurance.delivers(lines([settlement(1)]))
    schema = pl.read_parquet_schema(insurance.ingested().folder / "rows.parquet")
    assert list(schema.items()) == list(pl.Schema(insurance.contract.rows_schema).items())


@pytest.mark.parametrize(
    ("spoilt", "column", "reason"),
    [
        ({"结算单号": ""}, "settlement_no", "missing"),
        ({"证件号码": "无"}, "resident_id", "missing"),
        ({"证件号码": WEIZHI[:17] + "9"}, "resident_id", "bad_check_character"),
        ({"证件号码": "4.42E+17"}, "resident_id", "excel_scientific"),
        ({"医疗类别": "99"}, "visit_kind", "not_in_code_list"),
        ({"结算时间": "2022-02-30"}, "settled_on", "impossible_date"),
        ({"结算时间": "1999-12-31"}, "settled_on", "below_minimum"),
        ({"医疗费总额": "五百"}, "total_yuan", "not_a_number"),
        ({"医疗费总额": "5000000.01"}, "total_yuan", "above_maximum"),
        ({"医疗费总额": "-5000000.01"}, "total_yuan", "below_minimum"),
        ({"个人现金支付": "86000000000"}, "self_paid_yuan", "too_large"),
        ({"退费标志": "也许"}, "is_refund", "not_yes_or_no"),
    ],
)
def test_a_row_that_breaks_its_contract_is_set_aside_with_line_column_and_reason(
    insurance, spoilt, column, reason
):
    insurance.delivers(lines([settlement(1), settlement(2) | spoilt, settlement(3)]))
    outcome = insurance.ingested()
    assert outcome.rows["settlement_no"].to_list() == ["S0001", "S0003"]
    entry = outcome.rejected.row(0, named=True)
    assert (entry["file"], entry["line"], entry["column"], entry["reason"]) == (
        insurance.name(),
        3,
        column,
        reason,
    )
    assert entry["allowed"]
    assert json.loads(entry["raw"])[next(iter(spoilt))] == next(iter(spoilt.values()))
    assert outcome.report["rejections_by_reason"] == {reason: 1}


def test_a_value_on_the_bound_is_allowed(insurance):
    bounds = {"医疗费总额": "5000000", "个人现金支付": "-5000000.00", "结算时间": "2000-01-01"}
    insurance.delivers(lines([settlement(1, **bounds)]))
    assert insurance.ingested().rows.height == 1


def test_a_row_with_several_faults_is_one_rejected_row_that_names_them_all(insurance):
    insurance.delivers(lines([settlement(1, 证件号码="1", 医疗类别="99", 医疗费总额="")]))
    entry = insurance.ingested().rejected.row(0, named=True)
    assert (entry["column"], entry["reason"]) == ("resident_id", "wrong_length")
    assert entry["also"] == "visit_kind not_in_code_list; total_yuan missing"


def test_a_pattern_that_a_text_breaks_sets_the_row_aside(department):
    towns = department("towns__visits")
    good = row_of(towns, household_key="H" + "0" * 16, visited_on="2022-06-02", outcome="不困难")
    bad = row_of(towns, household_key="H123", visited_on="2022-06-02", outcome="不困难")
    towns.delivers(lines([good, bad]), part="三角镇")
    outcome = towns.ingested()
    assert outcome.rows.height == 1
    assert outcome.rejected["reason"].to_list() == ["pattern"]


def test_spellings_the_contract_rewrites_become_one(department):
    school = department("education__enrolments")
    rows = [
        row_of(
            school,
            resident_id=person(n),
            school="一中",
            stage="小学",
            term=term,
            tuition_yuan="0",
            fee_period="学期",
        )
        for n, term in enumerate(["2021秋", "2021-2022学年第一学期", "2021-autumn", "2022年春季"])
    ]
    school.delivers(lines(rows))
    terms = school.ingested().rows.sort("term")["term"].to_list()
    assert terms == ["2021-autumn"] * 3 + ["2022-spring"]


def test_a_header_in_ten_thousand_yuan_repairs_every_value_and_marks_the_rows(insurance):
    text = lines([settlement(1, 个人现金支付="0.86"), settlement(2, 个人现金支付="20元")])
    insurance.delivers(text.replace("个人现金支付", "个人自付（万元）", 1))
    outcome = insurance.ingested()
    assert outcome.rows["self_paid_yuan"].to_list() == [Decimal("8600.00"), Decimal("20.00")]
    assert outcome.rows["is_repaired"].to_list() == [True, False]
    entry = outcome.repairs.filter(pl.col("action") == "unit").row(0, named=True)
    assert (entry["line"], entry["raw_value"], entry["repaired_value"]) == (2, "0.86", "8600.00")


def test_a_unit_above_the_table_counts_for_amounts_whose_header_names_none(insurance):
    text = lines([settlement(1, 个人现金支付="0.86", 医疗费总额="9000")])
    text = text.replace("医疗费总额", "医疗费总额（元）", 1)
    insurance.delivers("2022年6月结算,,,,,,,\n,,,,,,,金额单位：万元\n" + text)
    row = insurance.ingested().rows.row(0, named=True)
    assert (row["self_paid_yuan"], row["total_yuan"]) == (Decimal("8600.00"), Decimal("9000.00"))
    assert row["is_repaired"] is True


def test_an_amount_in_a_unit_nobody_knows_makes_the_file_unreadable(insurance):
    insurance.delivers(lines([settlement(1)]).replace("个人现金支付", "个人现金支付（万港币）", 1))
    assert "单位无法识别" in insurance.ingested().problem


def test_capital_in_ten_thousand_yuan_as_the_contract_promises_is_no_repair(department):
    market = department("market_supervision__businesses")
    row = row_of(
        market, credit_code="91442000MA4X0AB12C", resident_id=WEIZHI, role="法定代表人", business_kind="企业",
        registered_capital_yuan="500", paid_in_capital_yuan="12.345678", established_on="2015-03-04",
        business_status="存续",
    )  # fmt: skip
    market.delivers(lines([row]))
    outcome = market.ingested()
    if outcome.rejected.height:
        pytest.fail(str(outcome.rejected.select("column", "reason").rows()))
    row = outcome.rows.row(0, named=True)
    assert row["registered_capital_yuan"] == Decimal("5000000.00")
    assert row["paid_in_capital_yuan"] == Decimal("123456.78")
    assert row["is_repaired"] is False


def test_tidied_writing_is_in_the_ledger_and_marks_nobody(insurance):
    full_width = WEIZHI.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    insurance.delivers(lines([settlement(1, 证件号码=full_width, 结算时间="2022年6月1日")]))
    outcome = insurance.ingested()
    assert outcome.actions() == {"resident_id": "tidied", "settled_on": "date_form"}
    assert outcome.rows["is_repaired"].to_list() == [False]
    assert outcome.report["repairs_by_action"] == {"date_form": 1, "tidied": 1}


def test_values_padded_to_a_fixed_width_need_no_repair(insurance):
    row = {h: f"{v}   " for h, v in settlement(1).items()}
    insurance.delivers(lines([row, settlement(2)], "|"))
    outcome = insurance.ingested()
    assert outcome.rows["settlement_no"].to_list() == ["S0001", "S0002"]
    assert outcome.repairs.height == 0


def test_a_foreigners_passport_gets_a_document_key_outside_registers(insurance, department):
    insurance.delivers(lines([settlement(1, 证件号码="E12345678"), settlement(2)]))
    outcome = insurance.ingested()
    secret = insurance.lake.secret()
    assert sorted(outcome.rows["resident_key"]) == sorted(
        [document_key("E12345678", secret), resident_key(WEIZHI, secret)]
    )
    assert outcome.actions() == {"resident_id": "other_document"}
    assert outcome.rows["is_repaired"].to_list() == [False, False]


def permit(police, **values):
    usual = {
        "resident_id": WEIZHI, "name": "杨某", "sex": "男", "birth_on": "1977-03-12",
        "living_address": "三角镇1号", "town_code": "442000109", "permit_issued_on": "2022-01-05",
    }  # fmt: skip
    return row_of(police, **(usual | values))


def test_a_register_keeps_the_text_of_ids_and_takes_no_passport(department):
    police = department(PERMITS)
    police.delivers(lines([permit(police), permit(police, resident_id="E12345678")], "\t"), "utf-8-sig")
    outcome = police.ingested()
    assert outcome.rows["resident_id"].to_list() == [WEIZHI]
    assert outcome.rows["resident_key"].to_list() == [resident_key(WEIZHI, police.lake.secret())]
    assert outcome.reasons() == {3: "not_an_id"}


def test_a_former_town_becomes_the_present_one_and_an_unknown_community_is_null_with_a_note(department):
    police = department(PERMITS)
    rows = [
        permit(police, town_code="东升镇", community_code="442000104001"),
        permit(police, resident_id=SPOUSE, town_code="中山市"),
    ]
    police.delivers(lines(rows, "\t"))
    outcome = police.ingested()
    assert outcome.rows.select("town_code", "community_code").rows() == [("442000118", None)]
    assert outcome.actions() == {"town_code": "former_town", "community_code": "unknown_community"}
    assert outcome.reasons() == {3: "unknown_town"}


def test_a_permit_without_end_has_none(department):
    police = department(PERMITS)
    police.delivers(lines([permit(police, permit_expires_on="9999-12-31")], "\t"))
    assert police.ingested().rows["permit_expires_on"].to_list() == [None]


def test_a_birth_certificate_has_a_key_of_its_own(department):
    health = department("health__births")
    row = row_of(health, birth_certificate_id="t440123456", mother_id=SPOUSE, born_on="2022-05-04", sex="女")
    health.delivers(lines([row]))
    outcome = health.ingested()
    secret = health.lake.secret()
    assert outcome.rows["birth_certificate_key"].to_list() == [document_key("T440123456", secret)]
    assert outcome.rows["mother_key"].to_list() == [resident_key(SPOUSE, secret)]
    assert outcome.rows["resident_key"].to_list() == [None]


def test_a_month_column_holds_the_first_of_the_month(department):
    insurance = department("human_resources__contributions")
    rows = [
        row_of(insurance, resident_id=WEIZHI, contribution_month_on=month, contribution_base_yuan="4588")
        for month in ("202205", "2022-06")
    ]
    insurance.delivers(lines(rows))
    assert insurance.ingested().rows["contribution_month_on"].to_list() == [
        date(2022, 5, 1),
        date(2022, 6, 1),
    ]


# Rows that are no data


def test_totals_notes_blank_lines_and_repeated_headers_are_left_out_and_counted(insurance):
    text = lines([settlement(1), settlement(2)])
    header, first, second, _ = text.split("\n")
    blank = "," * (len(HEADERS) - 1)
    totals = ["小计,,,,,200,61,", "合　计,,,,,200,61,", "总计：2条,,,,,,,"]
    notes = ["注：自付不含个人账户,,,,,,,", "制表人：张三,,审核人：李四,,,,,", "共2行"]
    body = [header, first, "", header, second, blank, *totals, *notes]
    insurance.delivers("\n".join(body) + "\n")
    outcome = insurance.ingested()
    assert outcome.rows.height == 2
    assert outcome.rejected.height == 0
    assert outcome.report["left_out"] == {"blank": 2, "note": 3, "repeated_header": 1, "total": 3}
    assert outcome.report["rows_in"] == 2


def test_a_total_in_the_column_beside_the_serial_number_is_a_total(insurance):
    rows = [{"序号": "1"} | settlement(1), {"序号": ""} | dict.fromkeys(HEADERS, "") | {"结算单号": "合计"}]
    insurance.delivers(lines(rows))
    assert insurance.ingested().report["left_out"] == {"total": 1}


@pytest.mark.parametrize("resident", ["", WEIZHI, WEIZHI[:17] + "9"])
def test_a_broken_row_that_begins_like_a_note_is_still_a_row(insurance, resident):
    row = {"单位名称": "联系科技公司"} | settlement(1, 证件号码=resident, 医疗类别="99")
    insurance.delivers(lines([row]))
    outcome = insurance.ingested()
    assert outcome.rejected.height == 1
    assert outcome.report["left_out"] == {}


# Rows that stand more than once


def test_of_equal_rows_one_is_accepted_and_the_others_are_duplicates(insurance):
    insurance.delivers(lines([settlement(1), settlement(2), settlement(1), settlement(1)]))
    outcome = insurance.ingested()
    assert sorted(outcome.rows["settlement_no"]) == ["S0001", "S0002"]
    assert outcome.reasons() == {4: "duplicate", 5: "duplicate"}
    assert json.loads(outcome.rejected["raw"][0])["结算单号"] == "S0001"


def test_equal_rows_written_differently_are_duplicates_and_the_unrepaired_one_stands(insurance):
    old = WEIZHI[:6] + WEIZHI[8:17]
    insurance.delivers(lines([settlement(1, 证件号码=old), settlement(1)]))
    outcome = insurance.ingested()
    assert outcome.rows["is_repaired"].to_list() == [False]
    assert outcome.reasons() == {2: "duplicate"}
    assert outcome.repairs.height == 0


def test_rows_of_one_key_that_contradict_each_other_are_all_set_aside(insurance):
    insurance.delivers(lines([settlement(1), settlement(1, 医疗费总额="999.00"), settlement(2)]))
    outcome = insurance.ingested()
    assert outcome.rows["settlement_no"].to_list() == ["S0002"]
    assert outcome.reasons() == {2: "conflicting_key", 3: "conflicting_key"}
    assert "total_yuan" in outcome.rejected["found"][0]


def test_where_the_contract_prefers_the_latest_it_is_kept(department):
    police = department(PERMITS)
    assert police.contract.on_duplicate == "latest permit_issued_on"
    rows = [
        permit(police, permit_issued_on="2021-01-05", living_address="小榄镇1号"),
        permit(police, permit_issued_on="2022-01-05", living_address="三角镇1号"),
        permit(police, permit_issued_on="2020-01-05", living_address="古镇镇1号"),
    ]
    police.delivers(lines(rows, "\t"))
    outcome = police.ingested()
    assert outcome.rows["living_address"].to_list() == ["三角镇1号"]
    assert outcome.reasons() == {2: "superseded", 4: "superseded"}


def test_two_latest_rows_that_differ_are_a_conflict(department):
    police = department(PERMITS)
    rows = [permit(police, living_address=f"三角镇{n}号") for n in (1, 2)]
    rows.append(permit(police, permit_issued_on="2020-01-05"))
    police.delivers(lines(rows, "\t"))
    outcome = police.ingested()
    assert outcome.rows.height == 0
    assert outcome.reasons() == {2: "conflicting_key", 3: "conflicting_key", 4: "superseded"}


def test_where_the_contract_prefers_the_earliest_it_is_kept(department):
    health = department(ILLNESSES)
    assert health.contract.on_duplicate == "earliest registered_on"
    rows = [row_of(health, resident_id=WEIZHI, registered_on=day) for day in ("2021-05-06", "2019-05-06")]
    health.delivers(lines(rows))
    outcome = health.ingested()
    assert outcome.rows["registered_on"].to_list() == [date(2019, 5, 6)]


def test_duplicates_are_found_across_files_and_chunks(insurance, monkeypatch):
    monkeypatch.setattr("pipelines.ingest.encoding._CHUNK", 500)
    insurance.delivers(lines([settlement(n) for n in range(1, 51)]), part="_1")
    insurance.delivers(lines([settlement(n) for n in range(41, 91)]), part="_2")
    outcome = insurance.ingested()
    assert outcome.rows["settlement_no"].n_unique() == outcome.rows.height == 90
    assert outcome.rejected["file"].to_list() == [insurance.name(part="_2")] * 10
    accepted = [file["accepted"] for file in outcome.report["files"]]
    assert accepted == [50, 40]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(
    ("stay", "end"), [("J", "\n"), ("J", "\r\n"), ("J", "\r"), ('"J,"', "\n"), ('"J\n"', "\n")]
)
def test_a_repeated_row_is_set_aside_with_the_row_as_it_was_written(
    insurance, monkeypatch, encoding, stay, end
):
    monkeypatch.setattr("pipelines.ingest.encoding._CHUNK", 400)
    rows = [
        settlement(n % 20, 就诊ID=stay, 医疗类别=f"{'住院' if n < 20 else '普通住院'}") for n in range(40)
    ]
    insurance.delivers("标题" + end + lines(rows, end=end), encoding)
    outcome = insurance.ingested()
    assert outcome.rows.height == 20
    per_row = 2 if "\n" in stay else 1
    for entry in outcome.rejected.rows(named=True):
        number = (entry["line"] - 3) // per_row
        raw = json.loads(entry["raw"])
        assert entry["reason"] == "duplicate"
        assert (raw["结算单号"], raw["医疗类别"]) == (rows[number]["结算单号"], rows[number]["医疗类别"])


def test_the_same_file_twice_counts_once(insurance):
    insurance.delivers(lines([settlement(1), settlement(2)]), part="_1")
    insurance.delivers(lines([settlement(1), settlement(2)]), part="_again")
    outcome = insurance.ingested()
    assert outcome.report["rows_in"] == 2
    assert [file["same_as"] for file in outcome.report["files"]] == [None, insurance.name(part="_1")]


MIXED = [
    settlement(1),
    settlement(1),
    settlement(1, 医疗类别="普通住院"),
    settlement(2),
    settlement(2, 医疗费总额="1"),
    settlement(3, 证件号码=SPOUSE),
    settlement(3, 证件号码="1"),
    settlement(4, 结算时间="44713"),
    settlement(4),
    settlement(5, 证件号码=WEIZHI[:6] + WEIZHI[8:17]),
]


def kept(outcome):
    return sorted(map(str, outcome.rows.drop("resident_key").rows())), sorted(
        outcome.report["rejections_by_reason"].items()
    )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(MIXED), st.integers(0, len(MIXED)))
def test_which_rows_are_accepted_depends_on_neither_the_order_of_rows_nor_of_files(
    tmp_path_factory, rows, cut
):
    expected = Department(tmp_path_factory.mktemp("once"))
    expected.delivers(lines(MIXED))
    other = Department(tmp_path_factory.mktemp("again"))
    for part, some in (("_1", rows[:cut]), ("_2", rows[cut:])):
        if some:
            other.delivers(lines(some), part=part)
    assert kept(other.ingested()) == kept(expected.ingested())


CELL = st.sampled_from(
    [
        *(
            "",
            "1",
            WEIZHI,
            SPOUSE,
            "44209919770312101x",
            "4.42E+17",
            "E12345678",
            "21",
            "住院",
            "99",
            "无",
            "是",
        ),
        *(
            "2022-06-01",
            "2022年6月",
            "44713",
            "99991231",
            "1,000",
            "0.5万",
            "-5",
            "９",
            "合计",
            "注：",
            "S1",
            "S2",
        ),
        *('"', '"a', 'a"', "\u200b", "－", "\\N", "a,b", "\t", "|", "，"),
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(CELL, min_size=1, max_size=10), max_size=8),
    st.sampled_from([",", "\t", "|", "，"]),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_whatever_stands_under_a_header_each_row_is_accepted_or_set_aside(
    tmp_path_factory, rows, separator, encoding, end, ended
):
    insurance = Department(tmp_path_factory.mktemp("odd"))
    text = end.join(separator.join(cells) for cells in [["某某医保表"], HEADERS, *rows]) + (
        end if ended else ""
    )
    insurance.delivers(text, encoding)
    outcome = insurance.ingested()  # rows in = accepted + rejected is asserted there
    if outcome.report["status"] == "read":
        counted = outcome.report["rows_in"] + sum(outcome.report["left_out"].values())
        assert counted <= len(rows) + 1
    else:
        assert "只有表头" in outcome.problem
