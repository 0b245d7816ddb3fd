"""The catalogue of dirt: every kind that departments' files are known for, with what must become of it."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter
import xlwt

from pipelines.identity import resident_key
from pipelines.validate import validate
from tests.pipelines.ingest.delivering import (
    HEADERS,
    MONTH,
    SPOUSE,
    WEIZHI,
    Department,
    lines,
    person,
    settlement,
    sheet,
)

CATALOGUE = """
UTF-8 without mark | UTF-8 with mark | GBK | four-byte characters of GB18030
tab separators | full-width comma separators | pipe separators
title rows | header of two rows | merged header cells | merged body cells | merged amounts
notes under the table | subtotal and total rows | serial column
hidden sheet | several sheets
xls that is a binary workbook | xls that is HTML | xls that is CSV | calendar from 1904
password on the workbook | header only | login page saved as CSV
csv.gz | zip of several files | names of Chinese Windows in a zip | damaged archive | password on a zip
archive within an archive | decompression bomb | path tricks in a zip
same file sent again | last month's file under a new name | half a file
lower-case x | full-width digits and letters | spaces and invisible characters in an ID
apostrophe before an ID | ID in scientific notation | ID ending in 000
IDs that went through floating point | 15 digits
ID in the name column | name and ID exchanged | two IDs in one cell | ID of the agent beside the person's
passport | travel permit | residence permit of Hong Kong, Macao or Taiwan | disability certificate's number
broken ID of a guardian
name with a middle dot | traditional characters | padded name | remark behind a name
words for nothing
yuan and ten thousand yuan behind a number | ten thousand yuan by the header
thousands separators | refund in brackets or with minus
dates in all forms | day numbers of a spreadsheet | dates that say nothing | dates without end
town by code of nine digits | town by padded code | town by code of twelve digits
town by its old name | town by its short name | town in an address | the city as a town
codes by digit, word and Roman numeral | tick marks
row twice | dead person | moved out | one number with two names | changed number | child without number
"""
_TESTED: set[str] = set()


def entry(name: str):
    """Says which entry of the catalogue a test is of."""

    def note(test):
        _TESTED.add(name)
        return test

    return note


def test_every_entry_of_the_catalogue_has_its_test_and_every_test_its_entry():
    entries = {name.strip() for line in CATALOGUE.strip().splitlines() for name in line.split("|")}
    assert entries == _TESTED


@pytest.fixture
def health(department):
    """The health department, delivering its register of major illnesses (workbooks)."""
    return department("health__major_illnesses")


@pytest.fixture
def register(department):
    """The police, delivering the residents' register."""
    return department("public_security__residents")


def registered(**other) -> dict:
    row = {
        "公民身份号码": WEIZHI, "姓名": "杨伟志", "性别": "男", "出生日期": "19770312", "户号": "H1",
        "户类型": "家庭户", "与户主关系": "户主", "户籍地址": "三角镇某路1号", "镇街代码": "442000109",
    }  # fmt: skip
    return row | other


def register_row(register: Department, **other) -> dict:
    register.delivers(lines([registered(**other)], "|"))
    return register.ingested().rows.row(0, named=True)


def illness_rows(*rows: list) -> list[list]:
    return [["序号", "身份证号", "诊断编码", "登记日期"], *rows]


# Files -------------------------------------------------------------------------------------------


@entry("UTF-8 without mark")
def test_utf8_without_mark_is_read(insurance):
    insurance.delivers(lines([settlement(结算单号="单1")]))
    assert insurance.ingested().report["files"][0]["encoding"] == "utf-8"


@entry("UTF-8 with mark")
def test_utf8_with_mark_is_read(insurance):
    insurance.delivers(lines([settlement()]), "utf-8-sig")
    assert insurance.ingested().rows["settlement_no"].to_list() == ["S0001"]


@entry("GBK")
def test_gbk_is_read(insurance):
    insurance.delivers(lines([settlement(结算单号="单1")]), "gbk")
    assert insurance.ingested().rows["settlement_no"].to_list() == ["单1"]


@entry("four-byte characters of GB18030")
def test_rare_characters_of_gb18030_are_kept(register):
    register.delivers(lines([registered(姓名="䶮𬇕")], "|"), "gb18030")
    assert register.ingested().rows["name"].to_list() == ["䶮𬇕"]


@pytest.mark.parametrize(
    "separator",
    [
        pytest.param("\t", id="tab"),
        pytest.param("，", id="full-width comma"),
        pytest.param("|", id="pipe"),
    ],
)
@entry("tab separators")
@entry("full-width comma separators")
@entry("pipe separators")
def test_other_separators_are_found(insurance, separator):
    insurance.delivers(lines([settlement(), settlement(2)], separator))
    assert insurance.ingested().rows.height == 2


@pytest.mark.parametrize("titles", [1, 2, 3])
@entry("title rows")
def test_titles_above_the_header_are_no_rows(health, titles):
    health.delivers_sheet([["登记表"]] * titles + illness_rows([1, WEIZHI, "", "2021-05-06"]))
    outcome = health.ingested()
    assert (outcome.rows.height, outcome.rejected.height) == (1, 0)


@entry("header of two rows")
def test_a_header_of_two_rows_in_text_is_one_header(insurance):
    header = "结算单号,证件号码,就诊ID,医疗类别,结算时间,费用,,退费标志\n,,,,,医疗费总额,个人现金支付,\n"
    insurance.delivers(header + lines([settlement()]).split("\n", 1)[1])
    assert insurance.ingested().rows.height == 1


def _enrolments(book, page, *, group1: str = "监护人1", group2: str = "监护人2"):
    """A school's list with guardians grouped under merged cells."""
    bold = book.add_format()
    singles = ["学籍号", "学生身份证号", "学校", "学段", "年级", "学期", "学费", "收费周期"]
    for x, text in enumerate(singles):
        page.merge_range(0, x, 1, x, text, bold)
    for x, text in ((8, group1), (10, group2)):
        page.merge_range(0, x, 0, x + 1, text, bold)
        page.write_string(1, x, "姓名")
        page.write_string(1, x + 1, "身份证号")
    cells = ["G1", person(1), "三角小学", "小学", "一年级", "2022春", "0", "学期", "甲", WEIZHI, "乙", SPOUSE]
    for x, text in enumerate(cells):
        page.write_string(2, x, text)


@pytest.mark.parametrize("named", [True, False])
@entry("merged header cells")
def test_columns_under_a_merged_group_are_the_groups_and_never_the_pupils(department, named):
    school = department("education__enrolments")
    with xlsxwriter.Workbook(school.path(school.name(".xlsx"))) as book:
        groups = {} if named else {"group1": "父亲信息", "group2": "母亲信息"}
        _enrolments(book, book.add_worksheet(), **groups)
    row = school.ingested().rows.row(0, named=True)
    key = {text: resident_key(text, school.lake.secret()) for text in (person(1), WEIZHI, SPOUSE)}
    assert row["resident_key"] == key[person(1)]
    # A group whose name means nothing to the contract gives nobody a guardian.
    guardians = (key[WEIZHI], key[SPOUSE]) if named else (None, None)
    assert (row["guardian1_key"], row["guardian2_key"]) == guardians


FAMILY_ROLL = [
    ["家庭编号", "身份证号", "救助类型", "单人保", "起始日期", "停发日期", "月救助金额"],
    *([None, resident, None, "否", None, None, None] for resident in (WEIZHI, SPOUSE, person(3))),
]
OF_THE_FAMILY = {0: "F1", 2: "低保", 4: "2020-03-01", 6: "3480.00"}


def _family_roll(roll: Department) -> None:
    with xlsxwriter.Workbook(roll.path(roll.name(".xlsx"))) as book:
        page = book.add_worksheet()
        for y, row in enumerate(FAMILY_ROLL):
            page.write_row(y, 0, row)
        for x, text in OF_THE_FAMILY.items():
            page.merge_range(1, x, 3, x, text)


def _binary_family_roll(roll: Department) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    book.add_sheet("Cover").write_merge(0, 9, 1, 1, "merged cells of another sheet")
    page = book.add_sheet("家庭成员")
    for y, row in enumerate(FAMILY_ROLL):
        for x, text in enumerate(row):
            if text is not None:
                page.write(y, x, text)
    for x, text in OF_THE_FAMILY.items():
        page.write_merge(1, 3, x, x, text)
    book.save(str(roll.path(roll.name(".xls"))))


@pytest.mark.parametrize("deliver", [_family_roll, _binary_family_roll])
@entry("merged body cells")
def test_a_merged_cell_holds_for_every_row_it_covers_and_the_ledger_says_so(department, deliver):
    roll = department("civil_affairs__assistance_roll")
    deliver(roll)
    outcome = roll.ingested()
    assert outcome.rows["family_no"].to_list() == ["F1"] * 3
    assert outcome.rows["started_on"].to_list() == [date(2020, 3, 1)] * 3
    merged = outcome.repairs.filter(action="merged_cell")
    assert merged.group_by("column").len().sort("column").rows() == [
        ("assistance_type", 2), ("family_no", 2), ("started_on", 2),
    ]  # fmt: skip


@pytest.mark.parametrize("deliver", [_family_roll, _binary_family_roll])
@entry("merged amounts")
def test_one_amount_merged_over_a_family_is_not_counted_for_each_of_them(department, deliver):
    roll = department("civil_affairs__assistance_roll")
    deliver(roll)
    outcome = roll.ingested()
    amounts = [str(a) if a is not None else None for a in outcome.rows["monthly_amount_yuan"]]
    assert amounts == ["3480.00", None, None]
    assert outcome.repairs.filter(column="monthly_amount_yuan")["action"].to_list() == ["merged_amount"] * 2


@entry("notes under the table")
def test_notes_under_the_table_are_no_rows(health):
    health.delivers_sheet(
        illness_rows([1, WEIZHI, "", "2021-05-06"], ["注：数据来源于医院"], ["制表人：张三"])
    )
    outcome = health.ingested()
    assert (outcome.rejected.height, outcome.report["left_out"]) == (0, {"note": 2})


@entry("subtotal and total rows")
def test_subtotals_and_totals_are_no_rows(health):
    totals = [["小计", "1人"], ["合计", "1人"], ["总计", "1人"]]
    health.delivers_sheet(illness_rows([1, WEIZHI, "", "2021-05-06"], *totals))
    outcome = health.ingested()
    assert (outcome.rejected.height, outcome.report["left_out"]) == (0, {"total": 3})


@entry("serial column")
def test_the_serial_column_is_dropped(health):
    health.delivers_sheet(illness_rows([1, WEIZHI, "", "2021-05-06"]))
    assert "序号" in health.ingested().report["files"][0]["dropped_columns"]


@entry("hidden sheet")
def test_a_hidden_sheet_is_left_out_and_named(health):
    rows = illness_rows([1, WEIZHI, "", "2021-05-06"])
    health.delivers_sheet(rows, hidden={"旧": illness_rows([1, SPOUSE, "", "2021-05-06"])})
    outcome = health.ingested()
    assert outcome.rows.height == 1
    assert outcome.report["files"][0]["sheets_left_out"] == ["旧 (hidden)"]


@entry("several sheets")
def test_every_sheet_with_the_header_is_read(health):
    book = openpyxl.Workbook()
    for title, resident in (("一医院", WEIZHI), ("二医院", SPOUSE)):
        page = book.create_sheet(title)
        for row in illness_rows([1, resident, None, "2021-05-06"]):
            page.append(row)
    book.save(health.path(health.name(".xlsx")))
    assert health.ingested().rows.height == 2


def _binary_workbook(health: Department, *rows: list, from_1904: bool = False) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = from_1904
    page = book.add_sheet("登记")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for y, row in enumerate(illness_rows(*rows)):
        for x, cell in enumerate(row):
            page.write(y, x, cell, *([day] if isinstance(cell, datetime) else []))
    book.save(str(health.path(health.name(".xls"))))


@entry("xls that is a binary workbook")
def test_a_binary_workbook_is_read(health):
    _binary_workbook(
        health, [1, WEIZHI, "", "2021-05-06"], [2, SPOUSE, "", datetime(2021, 5, 6)],
        [3, float(person(3)[:17] + "0"), "", "2021-05-06"],
    )  # fmt: skip
    outcome = health.ingested()
    assert outcome.rows["registered_on"].to_list() == [date(2021, 5, 6)] * 2
    assert outcome.reasons() == {4: "excel_number"}


PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset={charset}>
<style>td {{mso-number-format:"\\@"}}</style></head><body><table border=1>
<tr><td colspan=4>重大疾病&nbsp;登记表</td></tr>
<tr><th>序号</th><th>身份<br>证号</th><th>诊断编码</th><th>登记日期</th></tr>
<tr><td>1</td><td x:str>{first}</td><td>C91</td><td rowspan=2>2021-05-06</td></tr>
<tr><td>2<td>{second}<td>C50</tr>
<tr><td>3</td><td>123</td><td></td><td>2021-05-06</td></tr>
<tr><td colspan=4>合计</td></tr></table></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
@entry("xls that is HTML")
def test_a_web_page_named_xls_is_read_cell_by_cell(health, charset):
    page = PAGE.format(charset=charset, first=WEIZHI, second=SPOUSE)
    health.path(health.name(".xls")).write_bytes(page.encode(charset))
    outcome = health.ingested()
    assert outcome.rows["registered_on"].to_list() == [date(2021, 5, 6)] * 2
    assert outcome.reasons() == {5: "wrong_length"}
    assert outcome.actions() == {"registered_on": "merged_cell"}
    assert outcome.report["left_out"] == {"total": 1}


@entry("xls that is CSV")
def test_text_named_xls_is_read_as_text(health):
    text = lines([{"身份证号": WEIZHI, "登记日期": "2021-05-06"}], "\t")
    health.path(health.name(".xls")).write_bytes(text.encode("gb18030"))
    assert health.ingested().rows.height == 1


@pytest.mark.parametrize("form", ["xlsx", "xls"])
@entry("calendar from 1904")
def test_days_of_a_workbook_from_a_macintosh_count_from_1904(health, form):
    rows = [[1, WEIZHI, "", 42860], [2, SPOUSE, "", datetime(2021, 5, 6)]]
    if form == "xls":
        _binary_workbook(health, *rows, from_1904=True)
    else:
        with xlsxwriter.Workbook(health.path(health.name(".xlsx")), {"date_1904": True}) as book:
            page = book.add_worksheet()
            for y, row in enumerate(illness_rows(*rows)):
                for x, cell in enumerate(row):
                    if isinstance(cell, datetime):
                        page.write_datetime(y, x, cell, book.add_format({"num_format": "yyyy-mm-dd"}))
                    else:
                        page.write(y, x, cell)
    outcome = health.ingested()
    assert outcome.rows["registered_on"].to_list() == [date(2021, 5, 6)] * 2
    assert outcome.actions() == {"registered_on": "excel_serial"}


@entry("password on the workbook")
def test_a_workbook_with_a_password_is_named_for_it(health):
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    health.path(health.name(".xlsx")).write_bytes(content)
    assert "密码" in health.ingested().problem


@entry("header only")
def test_a_header_without_rows_is_named_for_it(insurance):
    insurance.delivers(",".join(HEADERS) + "\n")
    assert "只有表头" in insurance.ingested().problem


@pytest.mark.parametrize("layout", ["", "<table><tr><td>用户名</td></tr></table>"])
@entry("login page saved as CSV")
def test_a_login_page_is_named_for_what_it_is(insurance, layout):
    insurance.delivers(f"<!DOCTYPE html><html><title>统一登录</title>{layout}<input type='password'></html>")
    assert "登录页面" in insurance.ingested().problem


# Archives ----------------------------------------------------------------------------------------


def _zip(files: dict[str, bytes], **options) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@entry("csv.gz")
def test_a_gzipped_file_is_read_with_its_lines(insurance):
    text = lines([settlement(), settlement(2, 证件号码="")])
    insurance.path(insurance.name(".csv.gz")).write_bytes(gzip.compress(text.encode("gb18030")))
    outcome = insurance.ingested()
    assert outcome.rows.height == 1
    assert outcome.rejected.select("file", "line", "reason").rows() == [
        (insurance.name(".csv.gz"), 3, "missing")
    ]


@entry("zip of several files")
def test_every_table_in_a_zip_is_read_and_named(insurance, tmp_path):
    sheet(tmp_path / "b.xlsx", [HEADERS, list(settlement(2).values())])
    files = {
        "上半月/a.csv": lines([settlement(), settlement(9, 证件号码="")]).encode("gb18030"),
        "下半月/b.xlsx": (tmp_path / "b.xlsx").read_bytes(),
        "__MACOSX/上半月/._a.csv": b"\x00\x05",
    }
    insurance.path(insurance.name(".zip")).write_bytes(_zip(files))
    outcome = insurance.ingested()
    assert sorted(outcome.rows["settlement_no"]) == ["S0001", "S0002"]
    assert outcome.rejected["file"].to_list() == [f"{insurance.name('.zip')}/上半月/a.csv"]


def test_rows_that_repeat_over_the_files_of_a_zip_are_set_aside_as_they_were_written(insurance):
    files = {name: lines([settlement()]).encode() for name in ("a.csv", "b.csv")}
    insurance.path(insurance.name(".zip")).write_bytes(_zip(files))
    outcome = insurance.ingested()
    assert outcome.rows.height == 1
    assert outcome.reasons() == {2: "duplicate"}
    assert WEIZHI in outcome.rejected["raw"][0]


@entry("names of Chinese Windows in a zip")
def test_names_in_gbk_are_shown_as_they_were(insurance):
    content = _zip({"abcdef.csv": lines([settlement(证件号码="")]).encode()})
    content = content.replace(b"abcdef.csv", "上半月".encode("gbk") + b".csv")
    insurance.path(insurance.name(".zip")).write_bytes(content)
    assert insurance.ingested().rejected["file"].to_list() == [f"{insurance.name('.zip')}/上半月.csv"]


@pytest.mark.parametrize("form", ["zip", "gz"])
@entry("damaged archive")
def test_an_archive_cut_or_spoilt_in_the_transfer_is_named_for_it(insurance, form):
    text = "".join(lines([settlement(n)]).split("\n")[1] + f",{zlib.crc32(b'%d' % n)}\n" for n in range(3000))
    text = ",".join([*HEADERS, "备注"]) + "\n" + text
    content = _zip({"a.csv": text.encode()}) if form == "zip" else gzip.compress(text.encode())
    spoilt = bytearray(content)
    spoilt[len(content) // 2] ^= 0xFF
    for number, broken in enumerate((bytes(spoilt), content[: len(content) // 2])):
        insurance.path(insurance.name(f"_{number}.{form}")).write_bytes(broken)
    outcome = insurance.ingested()
    assert [("损坏" in f["problem"], f["rows_in"]) for f in outcome.report["files"]] == [(True, 0)] * 2


@entry("password on a zip")
def test_an_archive_with_a_password_is_named_for_it(insurance):
    content = bytearray(_zip({"a.csv": lines([settlement()]).encode()}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    insurance.path(insurance.name(".zip")).write_bytes(bytes(content))
    assert "密码" in insurance.ingested().problem


@entry("archive within an archive")
def test_an_archive_within_an_archive_is_not_opened(insurance):
    inner = _zip({"a.csv": lines([settlement()]).encode()})
    insurance.path(insurance.name(".zip")).write_bytes(_zip({"a.zip": inner}))
    assert "还有压缩包" in insurance.ingested().problem


@pytest.mark.parametrize("form", ["zip", "zip that lies", "gz", "xlsx"])
@entry("decompression bomb")
def test_a_bomb_is_not_unpacked_to_its_end(insurance, monkeypatch, form):
    monkeypatch.setattr("pipelines.ingest.archives.LARGEST_UNPACKED", 1 << 20)
    monkeypatch.setattr("pipelines.ingest.recognise.LARGEST_UNPACKED", 1 << 20)
    zeros = bytes(8 << 20)
    if form == "gz":
        content = gzip.compress(zeros)
    elif form == "xlsx":
        content = _zip({"xl/workbook.xml": zeros})
    else:
        content = _zip({"a.csv": zeros})
        if form == "zip that lies":
            content = content.replace(struct.pack("<I", len(zeros)), struct.pack("<I", 1000))
    insurance.path(insurance.name("." + form[:4].strip())).write_bytes(content)
    problem = insurance.ingested().problem
    assert "过大" in problem or "损坏" in problem
    assert sum(p.stat().st_size for p in insurance.root.rglob("*") if p.is_file()) < 2 << 20


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "/etc/evil.csv", "C:\\evil.csv", "..\\evil.csv", "a\nb.csv"]
)
@entry("path tricks in a zip")
def test_a_name_that_leads_out_of_the_archive_is_refused_and_nothing_written(insurance, name):
    insurance.path(insurance.name(".zip")).write_bytes(_zip({name: lines([settlement()]).encode()}))
    assert "指向别处" in insurance.ingested().problem
    assert not [p for p in insurance.root.parent.rglob("*evil*")]


# The file as a whole -----------------------------------------------------------------------------


@entry("same file sent again")
def test_the_same_file_sent_twice_counts_once(insurance):
    insurance.delivers(lines([settlement()]))
    insurance.delivers(lines([settlement()]), part="_again")
    outcome = insurance.ingested()
    assert (outcome.report["rows_in"], outcome.rejected.height) == (1, 0)
    assert [bool(file["same_as"]) for file in outcome.report["files"]] == [False, True]


@entry("last month's file under a new name")
def test_last_months_file_under_this_months_name_is_held(tmp_path):
    text = lines([settlement()])
    for month in (MONTH.plus(-1), MONTH):
        insurance = Department(tmp_path, month=month)
        insurance.delivers(text)
        insurance.ingested()
        verdict = validate(insurance.contract, month, insurance.lake)
    assert verdict["verdict"] == "held"
    reason = next(r for r in verdict["reasons"] if r["id"] == "file_of_an_earlier_month")
    assert "2022-05" in reason["zh"] and "2022-05" in reason["en"]


@entry("half a file")
def test_the_last_row_of_a_file_cut_in_the_middle_is_set_aside_by_name(insurance):
    insurance.delivers(lines([settlement(), settlement(2)])[:-30])
    assert insurance.ingested().reasons() == {3: "cut_off"}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("lost", [1, 2, 3, 4, 5, 6, 7])
def test_a_file_cut_within_a_character_keeps_its_encoding_and_its_other_rows(department, encoding, lost):
    marriages = department("civil_affairs__marriages")
    row = {"男方身份证号": WEIZHI, "女方身份证号": SPOUSE, "登记日期": "2001-05-06", "登记类型": "离婚离"}
    text = lines([{**row, "登记类型": "离婚"}, row]).rstrip("\n").encode(encoding)
    marriages.delivers(text[:-lost])
    outcome = marriages.ingested()
    assert (outcome.rows.height, outcome.problem) == (1, "")
    assert outcome.rejected["line"].to_list() == [3]


# IDs ---------------------------------------------------------------------------------------------


def resident_of(insurance: Department, written: str) -> tuple[int | None, str | None, str | None]:
    """(key, repair, reason of rejection) of a cell of IDs."""
    insurance.delivers(lines([settlement(证件号码=written)], "|"))
    outcome = insurance.ingested()
    key = outcome.rows["resident_key"].to_list()[0] if outcome.rows.height else None
    return key, outcome.actions().get("resident_id"), outcome.reasons().get(2)


WITH_X = next(p for p in map(person, range(1, 5000)) if p.endswith("X"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param(WITH_X.lower(), WITH_X, id="x"),
        pytest.param("".join(chr(ord(c) + 0xFEE0) for c in WITH_X), WITH_X, id="full-width"),
        pytest.param(f" {WEIZHI[:6]}\u00a0{WEIZHI[6:14]}\u200b{WEIZHI[14:]}\u3000", WEIZHI, id="spaces"),
        pytest.param("'" + WEIZHI, WEIZHI, id="apostrophe"),
    ],
)
@entry("lower-case x")
@entry("full-width digits and letters")
@entry("spaces and invisible characters in an ID")
@entry("apostrophe before an ID")
def test_an_id_in_odd_writing_is_tidied_and_stays_the_same_person(insurance, written, meant):
    key, repair, reason = resident_of(insurance, written)
    assert (key, repair, reason) == (resident_key(meant, insurance.lake.secret()), "tidied", None)


@entry("ID in scientific notation")
def test_an_id_in_scientific_notation_is_nobody(insurance):
    assert resident_of(insurance, "4.42099E+17") == (None, None, "excel_scientific")


@entry("ID ending in 000")
def test_an_id_whose_last_digits_a_spreadsheet_lost_is_nobody(insurance):
    assert resident_of(insurance, WEIZHI[:15] + "000")[2] == "excel_zeros"


@entry("IDs that went through floating point")
def test_a_column_of_ids_that_went_through_floating_point_is_trusted_in_no_row(insurance):
    floats = [str(int(float(person(n)[:17] + "0"))) for n in range(1, 40)]
    insurance.delivers(lines([settlement(n, 证件号码=text) for n, text in enumerate(floats)]))
    outcome = insurance.ingested()
    assert outcome.rows.height == 0
    assert "当作数字" in outcome.problem


@entry("15 digits")
def test_fifteen_digits_become_eighteen_and_the_row_says_so(insurance):
    key, repair, _ = resident_of(insurance, WEIZHI[:6] + WEIZHI[8:17])
    assert (key, repair) == (resident_key(WEIZHI, insurance.lake.secret()), "upgraded_15")


@pytest.mark.parametrize(
    ("name", "number"), [(f"杨伟志{WEIZHI}", ""), (f"杨伟志（{WEIZHI}）", WEIZHI), (f"{WEIZHI} 杨伟志", "无")]
)
@entry("ID in the name column")
def test_an_id_in_the_name_column_goes_where_it_belongs(register, name, number):
    row = register_row(register, 姓名=name, 公民身份号码=number)
    assert (row["name"], row["resident_id"], row["is_repaired"]) == ("杨伟志", WEIZHI, True)


def test_a_name_with_another_persons_id_sets_the_row_aside(register):
    register.delivers(lines([registered(姓名=f"杨伟志{SPOUSE}")], "|"))
    assert register.ingested().reasons() == {2: "id_in_name"}


@entry("name and ID exchanged")
def test_exchanged_name_and_id_are_put_back_and_the_ledger_says_so(register):
    register.delivers(lines([registered(姓名=WEIZHI, 公民身份号码="杨伟志")], "|"))
    outcome = register.ingested()
    assert outcome.rows.select("resident_id", "name").rows() == [(WEIZHI, "杨伟志")]
    assert set(outcome.repairs["action"]) == {"id_in_name_column"}
    assert set(outcome.repairs["confidence"]) == {"probable"}


@entry("two IDs in one cell")
def test_two_ids_in_one_cell_are_nobody(insurance):
    assert resident_of(insurance, f"{WEIZHI}、{SPOUSE}")[2] == "two_ids"


@entry("ID of the agent beside the person's")
def test_the_agents_id_is_never_taken_for_the_persons(insurance):
    row = settlement() | {"代办人身份证号": SPOUSE}
    insurance.delivers(lines([row], headers=["代办人身份证号", *HEADERS]))
    outcome = insurance.ingested()
    assert outcome.rows["resident_key"].to_list() == [resident_key(WEIZHI, insurance.lake.secret())]
    assert outcome.report["files"][0]["dropped_columns"] == ["代办人身份证号"]


@pytest.mark.parametrize(
    "written", [pytest.param("E12345678", id="passport"), pytest.param("H12345678", id="permit")]
)
@entry("passport")
@entry("travel permit")
def test_another_document_is_a_person_of_its_own(insurance, written):
    key, repair, reason = resident_of(insurance, written)
    assert (key >> 62, repair, reason) == (1, "other_document", None)


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
@entry("residence permit of Hong Kong, Macao or Taiwan")
def test_a_residence_permit_of_another_territory_is_a_resident_id(insurance, region):
    from pipelines.identity import check_character

    number = region + "19900101001"
    number += check_character(number)
    assert resident_of(insurance, number) == (resident_key(number, insurance.lake.secret()), None, None)


@entry("disability certificate's number")
def test_the_id_is_cut_from_a_disability_certificates_number(insurance):
    key, repair, _ = resident_of(insurance, WEIZHI + "44B1")
    assert (key, repair) == (resident_key(WEIZHI, insurance.lake.secret()), "certificate_number")


@entry("broken ID of a guardian")
def test_a_guardians_broken_id_costs_the_guardian_and_not_the_pupil(department):
    school = department("education__enrolments")
    values = {
        "学籍号": "G1", "学生身份证号": person(1), "学校": "三角小学", "学段": "小学", "学期": "2022春",
        "学费": "0", "收费周期": "学期", "监护人1身份证号": WEIZHI[:17] + "9", "监护人2身份证号": SPOUSE,
    }  # fmt: skip
    school.delivers(lines([values]))
    outcome = school.ingested()
    row = outcome.rows.row(0, named=True)
    assert (row["guardian1_key"], row["is_repaired"]) == (None, False)
    assert row["guardian2_key"] == resident_key(SPOUSE, school.lake.secret())
    assert outcome.repairs.select("column", "action", "repaired_value").rows() == [
        ("guardian1_id", "refused_bad_check_character", None)
    ]


# Names, words for nothing, amounts, dates, towns -------------------------------------------------


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        pytest.param("买买提·阿卜杜拉", "买买提·阿卜杜拉", id="dot"),
        pytest.param("張偉", "張偉", id="traditional"),
        pytest.param("杨伟志　 ", "杨伟志", id="padded"),
        pytest.param("张三（小）", "张三（小）", id="remark"),
        pytest.param("李四(已故)", "李四(已故)", id="dead"),
    ],
)
@entry("name with a middle dot")
@entry("traditional characters")
@entry("padded name")
@entry("remark behind a name")
def test_a_name_is_shown_as_registered_and_joins_nobody(register, written, kept):
    assert register_row(register, 姓名=written)["name"] == kept


@pytest.mark.parametrize("pad", [" {}", "{} ", "{}  "])
def test_one_padded_cell_far_down_names_the_same_family_register(register, pad):
    people = [registered(公民身份号码=person(n), 户号=f"H{n // 2}") for n in range(1, 400)]
    people[300]["户号"] = pad.format("H150")  # of the person with number 301
    register.delivers(lines(people, "|"))
    number_of = dict(register.ingested().rows.select("resident_id", "household_register_no").iter_rows())
    assert number_of[person(300)] == number_of[person(301)] == "H150"


@pytest.mark.parametrize("word", ["-", "无", "/", "NULL", "0", ""])
@entry("words for nothing")
def test_a_word_for_nothing_is_nothing(department, word):
    permits = department("public_security__residence_permits")
    headers = {p.name: p.header for p in permits.contract.properties}
    values = {
        "resident_id": WEIZHI, "name": "杨伟志", "sex": "男", "birth_on": "19770312",
        "living_address": "某路1号", "town_code": "442000109", "permit_issued_on": "20200101",
        "permit_expires_on": word, "guardian_id": word,
    }  # fmt: skip
    permits.delivers(lines([{headers[k]: v for k, v in values.items()}], "\t"))
    row = permits.ingested().rows.row(0, named=True)
    assert (row["permit_expires_on"], row["guardian_key"]) == (None, None)


@pytest.mark.parametrize(
    ("written", "yuan"),
    [
        pytest.param("30.50元", "30.50", id="yuan"),
        pytest.param("1.2万", "12000.00", id="wan"),
        pytest.param("0.86万元", "8600.00", id="wan-yuan"),
        pytest.param("1,234,567.80", "1234567.80", id="thousands"),
        pytest.param("(30.50)", "-30.50", id="brackets"),
        pytest.param("-30.50", "-30.50", id="minus"),
    ],
)
@entry("yuan and ten thousand yuan behind a number")
@entry("thousands separators")
@entry("refund in brackets or with minus")
def test_an_amount_is_exact_yuan(insurance, written, yuan):
    row = settlement(个人现金支付=written, 医疗费总额="-2000000" if "-" in yuan else "2000000", 退费标志="1")
    insurance.delivers(lines([row], "|"))
    assert [str(v) for v in insurance.ingested().rows["self_paid_yuan"]] == [yuan]


@entry("ten thousand yuan by the header")
def test_an_amount_under_a_header_that_counts_in_ten_thousands_is_yuan(insurance):
    headers = [f"{h}（万元）" if h == "个人现金支付" else h for h in HEADERS]
    row = {
        f"{k}（万元）" if k == "个人现金支付" else k: v for k, v in settlement(个人现金支付="0.86").items()
    }
    insurance.delivers(lines([row | {"医疗费总额": "20000"}], "|", headers=headers))
    assert [str(v) for v in insurance.ingested().rows["self_paid_yuan"]] == ["8600.00"]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("20220601", date(2022, 6, 1)), ("2022-6-1", date(2022, 6, 1)), ("2022/06/01", date(2022, 6, 1)),
        ("2022年6月1日", date(2022, 6, 1)), ("2022.6", date(2022, 6, 1)),
        ("二〇二二年六月", date(2022, 6, 1)),
    ],
)  # fmt: skip
@entry("dates in all forms")
def test_a_date_is_read_however_it_is_written(insurance, written, day):
    insurance.delivers(lines([settlement(结算时间=written)]))
    assert insurance.ingested().rows["settled_on"].to_list() == [day]


@entry("day numbers of a spreadsheet")
def test_a_day_number_is_the_day_and_probable(insurance):
    insurance.delivers(lines([settlement(结算时间="44713")]))
    outcome = insurance.ingested()
    assert outcome.rows["settled_on"].to_list() == [date(2022, 6, 1)]
    assert outcome.repairs.select("action", "confidence").rows() == [("excel_serial", "probable")]


@entry("dates that say nothing")
def test_a_date_of_zeros_is_none(register):
    assert register_row(register, 迁入日期="0000-00-00")["moved_in_on"] is None


@entry("dates without end")
def test_the_year_9999_means_no_end(department):
    certificates = department("disabled_persons__certificates")
    values = {
        "certificate_id": WEIZHI + "44", "resident_id": WEIZHI, "disability_category": "肢体",
        "disability_grade": "Ⅱ", "issued_on": "20200101", "expires_on": "99991231",
        "certificate_status": "有效",
    }  # fmt: skip
    headers = {p.name: p.header for p in certificates.contract.properties}
    certificates.delivers(lines([{headers[k]: v for k, v in values.items()}]))
    row = certificates.ingested().rows.row(0, named=True)
    assert (row["expires_on"], row["disability_grade"]) == (None, 2)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        pytest.param("442000109", "442000109", id="nine digits"),
        pytest.param("442000109000", "442000109", id="padded"),
        pytest.param("442000109201", "442000109", id="twelve digits"),
        pytest.param("东升镇", "442000118", id="old name"),
        pytest.param("三角", "442000109", id="short name"),
        pytest.param("广东省中山市三角镇某路1号", "442000109", id="address"),
    ],
)
@entry("town by code of nine digits")
@entry("town by padded code")
@entry("town by code of twelve digits")
@entry("town by its old name")
@entry("town by its short name")
@entry("town in an address")
def test_a_town_is_found_however_it_is_named(register, written, code):
    assert register_row(register, 镇街代码=written)["town_code"] == code


@entry("the city as a town")
def test_the_city_itself_is_no_town(register):
    register.delivers(lines([registered(镇街代码="442000000")], "|"))
    assert register.ingested().reasons() == {2: "unknown_town"}


# Codes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grade", ["2", "二级", "Ⅱ", "II", "二", "2级"])
@entry("codes by digit, word and Roman numeral")
def test_a_grade_is_the_same_however_it_is_written(department, grade):
    certificates = department("disabled_persons__certificates")
    values = {
        "certificate_id": WEIZHI + "42", "resident_id": WEIZHI, "disability_category": "肢体",
        "disability_grade": grade, "issued_on": "20200101", "expires_on": "20300101",
        "certificate_status": "有效",
    }  # fmt: skip
    headers = {p.name: p.header for p in certificates.contract.properties}
    certificates.delivers(lines([{headers[k]: v for k, v in values.items()}]))
    assert certificates.ingested().rows["disability_grade"].to_list() == [2]


@pytest.mark.parametrize(("written", "is_alone"), [("√", True), ("✓", True), ("×", False), ("否", False)])
@entry("tick marks")
def test_a_tick_is_yes_and_a_cross_is_no(department, written, is_alone):
    roll = department("civil_affairs__assistance_roll")
    row = dict(zip(FAMILY_ROLL[0], ["F1", WEIZHI, "低保", written, "2020-03-01", "", "100"], strict=True))
    roll.delivers(lines([row]))
    alone = next(p.column for p in roll.contract.properties if p.header == "单人保")
    assert roll.ingested().rows[alone].to_list() == [is_alone]


# People ------------------------------------------------------------------------------------------


@entry("row twice")
def test_a_row_that_stands_twice_counts_once(insurance):
    insurance.delivers(lines([settlement(), settlement()]))
    outcome = insurance.ingested()
    assert (outcome.rows.height, outcome.reasons()) == (1, {3: "duplicate"})


@pytest.mark.parametrize(
    ("written", "reason"),
    [pytest.param("死亡", "death", id="dead"), pytest.param("迁出", "moved_out", id="gone")],
)
@entry("dead person")
@entry("moved out")
def test_the_reason_why_somebody_left_the_register_is_kept(department, written, reason):
    police = department("public_security__cancellations")
    headers = {p.name: p.header for p in police.contract.properties}
    values = {
        "resident_id": WEIZHI, "household_register_no": "H1", "reason": written, "event_on": "2022-05-01",
        "cancelled_on": "2022-06-02",
    }  # fmt: skip
    police.delivers(lines([{headers[k]: v for k, v in values.items()}]))
    assert police.ingested().rows["reason"].to_list() == [reason]


@entry("one number with two names")
def test_one_number_with_two_names_is_nobody_until_a_person_has_looked(register):
    register.delivers(lines([registered(), registered(姓名="杨大志")], "|"))
    outcome = register.ingested()
    assert outcome.rows.height == 0
    assert outcome.reasons() == {2: "conflicting_key", 3: "conflicting_key"}


@entry("changed number")
def test_a_person_with_a_new_number_is_two_until_somebody_says_that_they_are_one(register):
    register.delivers(lines([registered(), registered(公民身份号码=person(1))], "|"))
    outcome = register.ingested()
    assert outcome.rows["resident_key"].n_unique() == 2, "nobody is joined by name"


@entry("child without number")
def test_a_newborn_without_number_has_its_certificate(department):
    births = department("health__births")
    headers = {p.name: p.header for p in births.contract.properties}
    values = {"birth_certificate_id": "P440012345", "mother_id": SPOUSE, "born_on": "2022-05-30", "sex": "女"}
    births.delivers(lines([{headers[k]: v for k, v in values.items()}]))
    row = births.ingested().rows.row(0, named=True)
    assert row["resident_key"] is None and row["birth_certificate_key"] >> 62 == 1
