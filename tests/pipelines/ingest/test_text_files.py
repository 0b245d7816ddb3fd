"""Text files in every form departments export are read; what is no table is named for what it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pipelines.ingest.delivering import HEADERS, WEIZHI, Department, lines, person, settlement

ENGLISH = "settlement_no,certno,mdtrt_id,med_type,setl_time,medfee_sumamt,cash_payamt,refd_setl_flag"
THREE = [settlement(n) for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16-le"),
    ],
)
def test_the_encoding_is_decided_from_the_bytes(insurance, encoding, named):
    insurance.delivers(lines(THREE), encoding)
    outcome = insurance.ingested()
    assert outcome.report["files"][0]["encoding"] == named
    assert outcome.rows.height == 3


def test_a_rare_character_that_only_gb18030_holds_is_kept(department):
    grid = department("towns__living_places")
    row = {
        "证件号码": WEIZHI,
        "现居住地址": "三角镇䶮𬇕路3号",
        "镇街代码": "442000109",
        "登记日期": "2022-05-01",
    }
    headers = {p.name: p.header for p in grid.contract.properties}
    written = {headers["resident_id"]: row["证件号码"], headers["living_address"]: row["现居住地址"],
               headers["town_code"]: row["镇街代码"], headers["recorded_on"]: row["登记日期"]}  # fmt: skip
    grid.delivers(lines([written]), "gb18030")
    assert grid.ingested().rows["living_address"].to_list() == ["三角镇䶮𬇕路3号"]


def test_chinese_text_far_down_still_decides_the_encoding(insurance):
    plain = [settlement(n) for n in range(1, 40_000)]
    text = lines([*plain, settlement(40_000, 医疗类别="住院")], headers=HEADERS)
    insurance.delivers(text.replace(",".join(HEADERS), ENGLISH, 1), "gb18030")
    outcome = insurance.ingested()
    assert outcome.report["files"][0]["encoding"] == "gb18030"
    assert outcome.rows.height == 40_000


@pytest.mark.parametrize(
    ("separator", "named"),
    [(",", "comma"), ("\t", "tab"), ("|", "pipe"), ("，", "full-width comma"), (";", "semicolon")],
)
def test_the_separator_is_found_from_the_header(insurance, separator, named):
    insurance.delivers(lines(THREE, separator), "gb18030")
    outcome = insurance.ingested()
    assert outcome.report["files"][0]["separator"] == named
    assert outcome.rows.height == 3


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_read(insurance, end):
    insurance.delivers(lines([*THREE, settlement(4, 证件号码="")], end=end))
    outcome = insurance.ingested()
    assert outcome.rows["is_refund"].to_list() == [False] * 3
    assert outcome.reasons() == {5: "missing"}


def test_a_pipe_as_second_byte_of_a_character_separates_nothing(department):
    # 倈 is 0x82 0x7C in GBK: its second byte is the pipe.
    grid = department("towns__living_places")
    headers = {p.name: p.header for p in grid.contract.properties}
    values = {
        "resident_id": WEIZHI,
        "living_address": "倈" * 3,
        "town_code": "三角镇",
        "recorded_on": "20220501",
    }
    row = {headers[name]: value for name, value in values.items()}
    assert "倈".encode("gbk")[1:] == b"|"
    grid.delivers(lines([row], "|"), "gbk")
    assert grid.ingested().rows["living_address"].to_list() == ["倈倈倈"]


def test_the_header_is_found_under_titles_and_units(insurance):
    title = "2022年6月医保结算明细\n单位：中山市医疗保障局，\n\n"
    insurance.delivers(title + lines([*THREE, settlement(4, 医疗类别="99")]))
    outcome = insurance.ingested()
    assert outcome.report["files"][0]["header_line"] == 4
    assert outcome.rows.height == 3
    assert outcome.reasons() == {8: "not_in_code_list"}


def test_synonyms_spaces_stars_and_case_in_headers_do_not_matter(insurance):
    odd = [
        "*结算单号",
        " 身份证号 ",
        "住 院 号",
        "MED_TYPE",
        "结算日期：",
        "医疗费总额（元）",
        "个人自付(元)",
        "退费标志",
    ]
    insurance.delivers(lines(THREE, headers=HEADERS).replace(",".join(HEADERS), ",".join(odd), 1))
    assert insurance.ingested().rows.height == 3


def test_a_header_cell_may_run_over_two_lines(insurance):
    text = lines([*THREE, settlement(4, 证件号码="")])
    insurance.delivers(text.replace("个人现金支付", '"个人现金支付\n（元）"', 1))
    outcome = insurance.ingested()
    assert outcome.rows.height == 3
    assert outcome.reasons() == {6: "missing"}


def test_a_header_of_two_rows_names_each_column_by_its_lower_cell(insurance):
    upper = "结算单号,证件号码,就诊ID,医疗类别,结算时间,费用,,退费标志\n"
    lower = ",,,,,医疗费总额,个人现金支付,\n"
    text = lines([*THREE, settlement(4, 证件号码="")], headers=HEADERS)
    insurance.delivers(upper + lower + text.split("\n", 1)[1])
    outcome = insurance.ingested()
    assert outcome.rows.height == 3
    assert outcome.reasons() == {6: "missing"}


def test_columns_nobody_asked_for_are_dropped_at_the_door_and_named(insurance):
    row = settlement(1) | {"诊断名称": "不得载入", "序号": "1"}
    bad = settlement(2, 证件号码="1") | {"诊断名称": "不得载入", "序号": "2"}
    insurance.delivers(lines([row, bad]))
    outcome = insurance.ingested()
    assert outcome.report["files"][0]["dropped_columns"] == ["序号", "诊断名称"]
    assert "不得载入" not in str(outcome.rejected.rows())
    assert "结算单号" in outcome.rejected["raw"][0]


def test_an_optional_column_that_is_missing_is_null_and_named(insurance):
    without = [h for h in HEADERS if h != "退费标志"]
    insurance.delivers(lines(THREE, headers=without))
    outcome = insurance.ingested()
    assert outcome.rows["is_refund"].null_count() == 3
    assert outcome.report["files"][0]["missing_columns"] == ["is_refund"]


def test_a_required_column_that_is_missing_makes_the_file_unreadable(insurance):
    without = [h for h in HEADERS if h != "个人现金支付"]
    insurance.delivers(lines(THREE, headers=without))
    outcome = insurance.ingested()
    assert outcome.report["status"] == "unreadable"
    assert outcome.report["rows_in"] == 0
    for words in ("个人现金支付", "个人自付", "Header found", "结算单号", insurance.name()):
        assert words in outcome.problem


def test_a_file_without_header_is_unreadable_and_shows_no_row_of_it(insurance):
    insurance.delivers(lines(THREE).split("\n", 1)[1])
    outcome = insurance.ingested()
    assert "找不到表头" in outcome.problem
    assert WEIZHI not in outcome.problem
    assert "S0001" not in outcome.problem


LOGIN = "<!DOCTYPE html><html><title>统一登录</title><body><form><input type='password'></form></body></html>"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件为空"),
        (b"\xef\xbb\xbf\r\n", "文件为空"),
        (LOGIN.encode(), "登录页面"),
        (LOGIN.encode("gb18030"), "登录页面"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        (b"%PDF-1.4 ...", "PDF"),
        (b"\x1f\x8b\x08\x00abc", "压缩包损坏"),
        (b"PK\x03\x04 cut", "损坏"),
        (b"\x00\x01\x02\x03" * 30, "二进制"),
        (lines(THREE).split("\n")[0].encode() + b"\n", "只有表头"),
        ("说明\n本月无数据\n".encode(), "找不到表头"),
    ],
)
def test_what_is_no_table_is_named_for_what_it_is(insurance, content, words):
    insurance.delivers(content)
    outcome = insurance.ingested()
    assert outcome.report["status"] == "unreadable"
    assert words in outcome.problem
    assert insurance.name() in outcome.problem
    assert outcome.rows.height == 0


def test_a_month_without_incidents_may_be_a_header_alone(department):
    emergency = department("emergency__incidents")
    emergency.delivers(",".join(p.header for p in emergency.contract.properties) + "\n")
    outcome = emergency.ingested()
    assert outcome.report["status"] == "read"
    assert outcome.rows.height == 0


def test_one_unreadable_file_of_several_makes_the_extract_unreadable_and_keeps_the_others_rows(insurance):
    insurance.delivers(lines(THREE), part="_1")
    insurance.delivers(LOGIN, part="_2")
    outcome = insurance.ingested()
    assert outcome.report["status"] == "unreadable"
    assert outcome.rows.height == 3
    assert [file["problem"] is None for file in outcome.report["files"]] == [True, False]


def test_quotes_hold_separators_line_ends_and_quotes(insurance):
    rows = [
        settlement(1, 就诊ID='"J,1"'),
        settlement(2, 就诊ID='"J\n2"'),
        settlement(3, 就诊ID='"J""3"'),
        settlement(4, 证件号码=""),
    ]
    insurance.delivers(lines(rows))
    outcome = insurance.ingested()
    assert sorted(outcome.rows["stay_no"]) == ["J 2", 'J"3', "J,1"]
    assert outcome.reasons() == {6: "missing"}


@pytest.mark.parametrize("stays", [['5"'], ['5"', '7"'], ['"5', '6"x']])
def test_stray_quotes_swallow_no_row(insurance, stays):
    rows = [settlement(n, 就诊ID=stay) for n, stay in enumerate(stays, start=1)] + [
        settlement(9),
        settlement(8, 证件号码=""),
    ]
    insurance.delivers(lines(rows))
    outcome = insurance.ingested()
    assert outcome.report["rows_in"] == len(rows)
    assert "S0009" in outcome.rows["settlement_no"].to_list()


def test_a_row_with_too_many_fields_is_set_aside(insurance):
    insurance.delivers(lines([settlement(1), settlement(2, 就诊ID="兴华里,3号"), settlement(3)]))
    outcome = insurance.ingested()
    assert outcome.reasons() == {3: "too_many_fields"}
    assert outcome.rows.height == 2


def test_a_separator_at_the_end_of_each_row_adds_no_field(insurance):
    body = lines(THREE).split("\n")
    insurance.delivers("\n".join([body[0], *(line + "," for line in body[1:4])]) + "\n")
    assert insurance.ingested().rows.height == 3


def test_empty_fields_that_a_spreadsheet_left_off_at_the_end_are_no_damage(insurance):
    body = lines(THREE).split("\n")
    insurance.delivers("\n".join([body[0], *(line.removesuffix(",0") for line in body[1:4])]) + "\n")
    outcome = insurance.ingested()
    assert outcome.rows["is_refund"].null_count() == 3


@pytest.mark.parametrize("cut", [1, 4, 9, 20])
def test_a_file_cut_in_the_middle_of_its_last_row_loses_that_row_by_name(insurance, cut):
    data = lines([settlement(1), settlement(2, 医疗类别="住院", 退费标志="否")]).encode("gb18030")
    insurance.delivers(data.removesuffix(b"\n")[:-2][:-cut])
    outcome = insurance.ingested()
    assert outcome.rows.height == 1
    assert outcome.reasons()[3] in ("cut_off", "undecodable")


def test_a_row_broken_over_two_lines_is_set_aside_on_both(insurance):
    rows = [settlement(1), settlement(2, 就诊ID="兴华\n里"), settlement(3)]
    insurance.delivers(lines(rows))
    outcome = insurance.ingested()
    assert outcome.reasons() == {3: "broken_line", 4: "broken_line"}
    assert outcome.rows.height == 2


def test_a_word_that_is_valid_in_both_encodings_is_read_as_chinese(insurance):
    body = lines([settlement(1, 医疗类别="住院")]).split("\n", 1)[1].encode("gb18030")
    assert body.decode("utf-8")
    insurance.delivers(ENGLISH.encode() + b"\n" + body)
    assert insurance.ingested().rows["visit_kind"].to_list() == ["21"]


def test_many_blanks_of_a_web_page_do_not_make_utf8_another_encoding(insurance):
    row = settlement() | {"备注": "\u00a0" * 300}
    insurance.delivers(lines([row]))
    assert insurance.ingested().rows.height == 1


def test_a_line_in_another_encoding_is_set_aside_alone(insurance):
    data = lines([settlement(n, 退费标志="否") for n in range(1, 200)]).encode()
    other = lines([settlement(900, 退费标志="否")]).split("\n")[1].encode("gb18030")
    insurance.delivers(data + other + b"\n")
    outcome = insurance.ingested()
    assert outcome.rows.height == 199
    assert outcome.reasons() == {201: "undecodable"}


def test_a_file_of_which_much_cannot_be_decoded_is_unreadable(insurance):
    good = lines([settlement(n, 退费标志="否") for n in range(1, 20)]).encode()
    bad = lines([settlement(n, 退费标志="否") for n in range(20, 30)]).encode("gb18030")
    insurance.delivers(good + bad.split(b"\n", 1)[1])
    assert "编码无法识别" in insurance.ingested().problem


def test_lines_keep_their_numbers_beyond_the_first_chunk(insurance, monkeypatch):
    monkeypatch.setattr("pipelines.ingest.encoding._CHUNK", 700)
    rows = [settlement(n, 证件号码=person(n)) for n in range(1, 101)]
    rows[49]["证件号码"], rows[98]["医疗费总额"] = "", "多"
    insurance.delivers(lines(rows), "gb18030")
    outcome = insurance.ingested()
    assert outcome.reasons() == {51: "missing", 100: "not_a_number"}
    assert outcome.rows.height == 98


def test_quoted_line_ends_are_kept_whole_at_the_edge_of_a_chunk(insurance, monkeypatch):
    monkeypatch.setattr("pipelines.ingest.encoding._CHUNK", 300)
    rows = [settlement(n, 就诊ID=f'"J\n{n}"') for n in range(1, 60)] + [settlement(99, 证件号码="")]
    insurance.delivers(lines(rows))
    outcome = insurance.ingested()
    assert outcome.rows["stay_no"].to_list() == [f"J {n}" for n in range(1, 60)]
    assert outcome.reasons() == {1 + 2 * 59 + 1: "missing"}


def test_a_column_of_ids_that_went_through_floating_point_makes_the_file_unreadable(insurance):
    rows = [settlement(n, 证件号码=str(int(float(person(n))))) for n in range(1, 60) if person(n)[-1] != "X"]
    insurance.delivers(lines(rows))
    outcome = insurance.ingested()
    assert "证件号码" in outcome.problem
    assert "none can be trusted" in outcome.problem
    assert outcome.rows.height == 0


def test_a_stray_nul_in_a_field_is_tidied_away(insurance):
    insurance.delivers(lines([*(settlement(n) for n in range(1, 20)), settlement(20, 就诊ID="J\x001")]))
    outcome = insurance.ingested()
    assert set(outcome.rows["stay_no"]) == {"J1"}
    assert outcome.actions() == {"stay_no": "tidied"}


WHOLE = lines([settlement(n, 医疗类别="住院", 就诊ID='"J,1"') for n in range(1, 6)])
BITS = st.sampled_from(
    [b"", b'"', b",", b"\n", b"\r", b"\t", b"\x00", b"\xff", b"\x81", b"\x810", b"\x1a", b"1", b"\xe4"]
)


@given(
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    st.lists(st.tuples(st.integers(0, 700), st.integers(0, 3), BITS), min_size=1, max_size=8),
    st.integers(0, 700),
)
def test_however_a_transfer_spoils_a_file_it_is_read_in_part_or_named_unreadable(
    tmp_path_factory, encoding, spoils, kept
):
    insurance = Department(tmp_path_factory.mktemp("spoilt"))
    data = bytearray(WHOLE.encode(encoding))
    for place, length, bits in spoils:
        data[place : place + length] = bits
    insurance.delivers(bytes(data[:kept]) if kept > 300 else bytes(data))
    outcome = insurance.ingested()  # rows in = accepted + rejected is asserted there
    assert outcome.report["status"] == ("unreadable" if outcome.problem else "read")
