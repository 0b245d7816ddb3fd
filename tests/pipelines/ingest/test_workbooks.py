"""Workbooks are read cell by cell as text: nothing is lost to guessed types, nothing damaged is trusted."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.identity import document_key
from tests.pipelines.ingest.delivering import SPOUSE, WEIZHI, Department, person, sheet

ILLNESSES = "health__major_illnesses"


@pytest.fixture
def health(department):
    """The health department, delivering its register of major illnesses."""
    return department(ILLNESSES)


@pytest.fixture
def header(health):
    headers = {p.name: p.header for p in health.contract.properties}
    return ["序号", headers["resident_id"], "诊断编码", headers["registered_on"]]


def test_a_list_with_title_serial_numbers_total_and_signatures_gives_its_rows_alone(health, header):
    health.delivers_sheet(
        [
            ["2022年6月重大疾病登记表"],
            [],
            header,
            [1, WEIZHI, "C91.0", "2021-05-06"],
            [2, SPOUSE, "C50", "2020-01-02"],
            ["小计", None, None, None],
            ["合计", "2人", None, None],
            ["注：数据来源于医院上报"],
            ["制表人：张三", None, "审核人：李四", "日期：2022-07-01"],
        ]
    )
    outcome = health.ingested()
    file = outcome.report["files"][0]
    assert outcome.rows.height == 2
    assert outcome.rejected.height == 0
    assert file["left_out"] == {"note": 2, "total": 2}
    assert (file["header_line"], file["sheet"]) == (3, "Sheet1")
    assert file["dropped_columns"] == ["序号", "诊断编码"]


def test_rows_are_numbered_as_in_the_sheet(health, header):
    health.delivers_sheet(
        [[], ["标题"], [], header, [1, WEIZHI, "", "2021-05-06"], [2, "", "", "2021-05-06"]]
    )
    assert health.ingested().reasons() == {6: "missing"}


def test_an_id_stored_as_text_survives_and_one_stored_as_number_is_never_trusted(health, header):
    lucky = next(int(p) for p in map(person, range(2000)) if p[-1] != "X" and int(float(p)) == int(p))
    health.delivers_sheet(
        [
            header,
            [1, WEIZHI, "", "2021-05-06"],
            [2, int(SPOUSE), "", "2021-05-06"],
            [3, lucky, "", "2021-05-06"],  # a valid ID that floating point happens to hold
        ]
    )
    outcome = health.ingested()
    assert outcome.rows.height == 1
    assert outcome.reasons() == {3: "excel_number", 4: "excel_number"}


def test_fifteen_digits_stored_as_number_are_whole_and_upgraded(health, header):
    health.delivers_sheet([header, [1, int(WEIZHI[:6] + WEIZHI[8:17]), "", "2021-05-06"]])
    outcome = health.ingested()
    assert outcome.rows["is_repaired"].to_list() == [True]
    assert outcome.actions() == {"resident_id": "upgraded_15"}


def test_date_cells_and_day_numbers_are_days(health, header):
    rows = [[1, WEIZHI, "", datetime(2021, 5, 6)], [2, SPOUSE, "", 44322]]
    health.delivers_sheet([header, *rows])
    outcome = health.ingested()
    assert outcome.rows["registered_on"].to_list() == [datetime(2021, 5, 6).date()] * 2
    assert outcome.actions() == {"registered_on": "excel_serial"}


def test_numbers_of_codes_and_amounts_are_read_as_written(department):
    certificates = department("disabled_persons__certificates")
    values = {
        "certificate_id": WEIZHI + "44", "resident_id": WEIZHI, "disability_category": 4,
        "disability_grade": 4.0, "issued_on": "2020.1.2", "certificate_status": "有效",
    }  # fmt: skip
    headers = [p.header for p in certificates.contract.properties]
    certificates.delivers_sheet([headers, [values.get(p.name) for p in certificates.contract.properties]])
    row = certificates.ingested().rows.row(0, named=True)
    assert (row["disability_category"], row["disability_grade"]) == ("4", 4)
    assert row["certificate_key"] == document_key(WEIZHI + "44", certificates.lake.secret())


def test_money_with_binary_fractions_is_exact_to_the_fen(department):
    emergency = department("emergency__incidents")
    values = {
        "resident_id": WEIZHI,
        "incident_on": "2022-06-01",
        "incident_kind": "火灾",
        "loss_yuan": 0.1 + 0.2,
    }
    properties = emergency.contract.properties
    emergency.delivers_sheet([[p.header for p in properties], [values.get(p.name) for p in properties]])
    assert str(emergency.ingested().rows["loss_yuan"][0]) == "0.30"


def test_a_hidden_sheet_and_one_without_the_header_are_left_out_and_named(health, header):
    health.delivers_sheet(
        [header, [1, WEIZHI, "", "2021-05-06"]], hidden={"旧表": [header, [1, SPOUSE, "", "2021-05-06"]]}
    )
    outcome = health.ingested()
    assert outcome.rows.height == 1
    assert outcome.report["files"][0]["sheets_left_out"] == ["旧表 (hidden)"]


def test_several_sheets_with_the_header_are_all_read(health, header):
    book = openpyxl.Workbook()
    for title, resident in (("一医院", WEIZHI), ("二医院", SPOUSE), ("三医院", "")):
        page = book.create_sheet(title)
        page.append(header)
        page.append([1, resident, None, "2021-05-06"])
    book["Sheet"].append(["填写说明"])
    book.save(health.path(health.name(".xlsx")))
    outcome = health.ingested()
    assert outcome.rows.height == 2
    assert outcome.report["files"][0]["sheet"] == "一医院, 二医院, 三医院"
    assert outcome.rejected["file"].to_list() == [f"{health.name('.xlsx')} [三医院]"]


def test_a_table_that_starts_in_another_column_is_read(health, header):
    rows = [header, [1, WEIZHI, "", "2021-05-06"], [2, int(SPOUSE), "", "2021-05-06"]]
    health.delivers_sheet([[], *([None, None, *row] for row in rows)])
    outcome = health.ingested()
    assert outcome.rows.height == 1
    assert outcome.reasons() == {4: "excel_number"}


def test_one_file_for_each_town_is_one_extract(health, header):
    for number, resident in enumerate((WEIZHI, SPOUSE), start=1):
        health.delivers_sheet([header, [1, resident, "", "2021-05-06"]], part=f"_{number}")
    outcome = health.ingested()
    assert outcome.rows.height == 2
    assert len(outcome.report["files"]) == 2


def encrypted() -> bytes:
    """The outside of a workbook with a password: a compound file that names its encrypted package."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    )


def word_document() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (encrypted(), "密码"),
        (word_document(), "Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "不是工作簿"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook".encode("utf-16-le"), "无法打开"),
    ],
)
def test_a_workbook_that_cannot_be_opened_is_named_for_what_it_is(health, content, words):
    health.path(health.name(".xlsx")).write_bytes(content)
    outcome = health.ingested()
    assert outcome.report["status"] == "unreadable"
    assert words in outcome.problem


def test_a_workbook_cut_in_the_transfer_is_damaged(health, header):
    path = health.path(health.name(".xlsx"))
    sheet(path, [header, [1, WEIZHI, "", "2021-05-06"]])
    path.write_bytes(path.read_bytes()[:3000])
    assert "损坏" in health.ingested().problem


def test_a_workbook_with_a_broken_sheet_is_damaged(health, header):
    path = health.path(health.name(".xlsx"))
    sheet(path, [header, [1, WEIZHI, "", "2021-05-06"]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:300]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    outcome = health.ingested()
    assert outcome.report["status"] == "unreadable"


def test_text_under_a_workbooks_name_is_read_as_text(health, header):
    text = ",".join(header) + f"\n1,{WEIZHI},,2021-05-06\n"
    health.path(health.name(".xlsx")).write_bytes(text.encode("gb18030"))
    assert health.ingested().rows.height == 1


def test_a_sheet_with_a_header_alone_is_unreadable(health, header):
    health.delivers_sheet([["标题"], header, ["合计"]])
    assert "只有表头" in health.ingested().problem


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 20_000), st.binary(min_size=1, max_size=3)), min_size=1, max_size=4))
def test_however_a_transfer_spoils_a_workbook_it_is_read_or_named_unreadable(tmp_path_factory, spoils):
    health = Department(tmp_path_factory.mktemp("spoilt"), ILLNESSES)
    path = health.path(health.name(".xlsx"))
    headers = {p.name: p.header for p in health.contract.properties}
    sheet(path, [[headers["resident_id"], headers["registered_on"]], [WEIZHI, "2021-05-06"]])
    data = bytearray(path.read_bytes())
    for place, bits in spoils:
        data[place % len(data) : place % len(data) + len(bits)] = bits
    path.write_bytes(data)
    outcome = health.ingested()
    assert outcome.report["status"] == ("unreadable" if outcome.problem else "read")
