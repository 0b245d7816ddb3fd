"""Every way departments write dates, money, codes and words is read as meant, or refused by name."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingest.amounts import parse_money
from pipelines.ingest.values import (
    TIDYING,
    Refusal,
    Value,
    is_null,
    parse_boolean,
    parse_code,
    parse_date,
    parse_integer,
    parse_text,
)

FIRST_OF_JUNE = date(2022, 6, 1)
GRADES = {w: code for code, ws in {"1": "1 一级 i", "2": "2 二级 ii"}.items() for w in ws.split()}


@pytest.mark.parametrize(
    ("written", "action"),
    [
        ("2022-06-01", None),
        ("20220601", None),
        ("2022/06/01", None),
        ("2022-06-01 00:00:00", None),
        ("2022-06-01 13:05:06.0", None),
        ("2022-06-01T13:05:06", None),
        ("20220601130506", None),
        ("2022-6-1", "date_form"),
        ("2022/6/1", "date_form"),
        ("2022.6.1", "date_form"),
        ("2022年6月1日", "date_form"),
        ("2022 年 6 月 1 日", "date_form"),
        ("２０２２－０６－０１", "date_form"),
        ("二〇二二年六月一日", "date_form"),
        ("二零二二年六月一号", "date_form"),
        ("'2022-06-01", "date_form"),
        ("44713", "excel_serial"),
        ("44713.5", "excel_serial"),
        ("2022.6", "first_of_month"),
        ("2022-06", "first_of_month"),
        ("202206", "first_of_month"),
        ("2022年6月", "first_of_month"),
        ("二〇二二年六月", "first_of_month"),
    ],
)
def test_the_first_of_june_is_read_in_every_form_departments_write(written, action):
    found = parse_date(written)
    assert (found.value, found.action) == (FIRST_OF_JUNE, action)


def test_chinese_numerals_above_ten_are_read():
    assert parse_date("二〇二一年十二月三十一日").value == date(2021, 12, 31)
    assert parse_date("二〇二一年十月二十日").value == date(2021, 10, 20)
    assert parse_date("一九九九年十一月十五日").value == date(1999, 11, 15)


@pytest.mark.parametrize("written", ["202206", "2022-06", "2022年6月", "2022-06-01", "20220615", "2022.06"])
def test_a_contribution_month_is_the_first_of_its_month(written):
    found = parse_date(written, is_month=True)
    assert found.value == FIRST_OF_JUNE
    assert not found.changes_meaning


def test_day_numbers_of_old_macintosh_workbooks_start_in_1904():
    assert parse_date("43251", epoch=1904).value == FIRST_OF_JUNE


@pytest.mark.parametrize(
    "written", ["0000-00-00", "00000000", "0", "0000-00-00 00:00:00", "", " ", "无", "NULL", "-"]
)
def test_a_date_that_says_nothing_is_null(written):
    assert parse_date(written).value is None


@pytest.mark.parametrize("written", ["99991231", "9999-12-31", "9999-12-31 00:00:00", "长期", "长期有效"])
def test_without_end_is_null_for_an_end_and_refused_for_a_required_day(written):
    assert parse_date(written) == Value(None, "no_end")
    assert parse_date(written, may_be_open=False).reason == "no_date"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("2022-02-30", "impossible_date"),
        ("20221301", "impossible_date"),
        ("1022-06-01", "impossible_date"),
        ("6/1/2022", "not_a_date"),
        ("22-06-01", "not_a_date"),
        ("220601", "impossible_date"),
        ("2022", "not_a_date"),
        ("昨天", "not_a_date"),
        ("二〇二二年", "not_a_date"),
    ],
)
def test_a_date_that_could_be_another_is_refused(written, reason):
    assert parse_date(written).reason == reason


@pytest.mark.parametrize(
    ("written", "yuan", "action"),
    [
        ("1234.5", "1234.50", None),
        ("-20", "-20.00", None),
        ("0", "0.00", None),
        ("1,234.50", "1234.50", "number_form"),
        ("12,345,678.9", "12345678.90", "number_form"),
        ("1234元", "1234.00", "number_form"),
        ("￥1234.5", "1234.50", "number_form"),
        ("(20.00)", "-20.00", "number_form"),
        ("（20.00）", "-20.00", "number_form"),
        ("20-", "-20.00", "number_form"),
        ("−20", "-20.00", "number_form"),
        ("１２３４", "1234.00", "number_form"),
        ("+5", "5.00", "number_form"),
        ("1.2万", "12000.00", "unit"),
        ("0.86万元", "8600.00", "unit"),
        ("1.5亿元", "150000000.00", "unit"),
        ("0.30000000000000004", "0.30", "rounded"),
        ("12.345", "12.35", "rounded"),
        ("-12.345", "-12.35", "rounded"),
        ("1.2E+5", "120000.00", "scientific"),
    ],
)
def test_money_is_exact_yuan_however_it_is_written(written, yuan, action):
    found = parse_money(written)
    assert (str(found.value), found.action) == (yuan, action)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("1,2", "not_a_number"),
        ("1,23,4", "not_a_number"),
        ("12.3.4", "not_a_number"),
        ("--5", "not_a_number"),
        ("(-5)", "not_a_number"),
        (".", "not_a_number"),
        ("约100", "not_a_number"),
        ("100美元", "unknown_unit"),
        ("99999999999", "too_large"),
        ("NaN1", "not_a_number"),
    ],
)
def test_money_that_could_be_another_amount_is_refused(written, reason):
    assert parse_money(written).reason == reason


def test_a_header_in_ten_thousand_yuan_converts_and_says_so():
    assert parse_money("0.86", factor=Decimal(10_000)) == Value(Decimal("8600.00"), "unit")


def test_a_unit_that_the_contract_promises_is_no_repair():
    assert parse_money("0.86", factor=Decimal(10_000), promised=Decimal(10_000)) == Value(Decimal("8600.00"))


def test_the_unit_in_a_cell_wins_over_the_headers():
    found = parse_money("500元", factor=Decimal(10_000), promised=Decimal(10_000))
    assert (found.value, found.action) == (Decimal("500.00"), "unit")


@pytest.mark.parametrize("written", ["2", "02", "2.0", "二级", "2级", "二", "Ⅱ", "II", "２", " 2 ", "Ⅱ级"])
def test_a_grade_is_read_as_digit_word_and_roman_numeral(written):
    assert parse_code(written, GRADES, "1, 2").value == "2"


@pytest.mark.parametrize("written", ["5", "五级", "22", "2.5", "重度"])
def test_a_code_that_the_contract_does_not_name_is_refused(written):
    assert parse_code(written, GRADES, "1, 2") == Refusal("not_in_code_list", "1, 2")


def test_a_word_of_the_code_list_is_more_than_a_null_word():
    assert parse_code("无", {"无": "none"}, "").value == "none"
    assert parse_code("无", GRADES, "").value is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [("是", True), ("Y", True), ("1", True), ("1.0", True), ("√", True), ("TRUE", True), ("有", True),
     ("否", False), ("N", False), ("0", False), ("false", False), ("×", False), ("", None), ("-", None)],
)  # fmt: skip
def test_yes_and_no_are_read_in_every_form(written, meant):
    assert parse_boolean(written).value is meant


def test_words_of_the_contract_mean_yes_too():
    assert parse_boolean("退费", {"退费": "1"}).value is True
    assert parse_boolean("大概").reason == "not_yes_or_no"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("  兴华里\u00a0", "兴华里"),
        ("'0123", "0123"),
        ("１２号Ａ座", "12号A座"),
        ("兴\u200b华里", "兴华里"),
        ("兴华里　3号", "兴华里 3号"),
        ("（小）", "（小）"),
    ],
)
def test_text_is_tidied_and_keeps_its_punctuation(written, text):
    assert parse_text(written).value == text


@pytest.mark.parametrize(
    "written", ["", " ", "-", "—", "/", "无", "NULL", "null", "N/A", "\\N", "　", "(null)"]
)
def test_null_words_are_null(written):
    assert is_null(written)
    assert parse_text(written).value is None


def test_whole_numbers_are_read_and_others_refused():
    assert parse_integer("1,234").value == 1234
    assert parse_integer("12.0").value == 12
    assert parse_integer("12.5").reason == "not_a_number"


PARSERS = [
    parse_date,
    parse_money,
    parse_integer,
    parse_boolean,
    parse_text,
    lambda t: parse_code(t, GRADES, ""),
]
ODD = st.text(
    alphabet="0123456789-/.,年月日万元亿()（）+ 〇一二十廿EeXx合计\u200b\u00a0\u3000'’Ⅱ０９Ａ無:T",
    max_size=24,
)


@given(st.one_of(st.text(max_size=30), ODD))
def test_whatever_a_cell_holds_it_is_read_or_refused_with_words(text):
    for parse in PARSERS:
        found = parse(text)
        assert isinstance(found, (Value, Refusal))
        if isinstance(found, Refusal):
            assert found.reason.replace("_", "").isalpha()


@given(st.dates(date(1880, 1, 1), date(2199, 12, 31)))
def test_every_day_survives_every_form(day):
    forms = ["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%Y-%m-%d 00:00:00"]
    for written in [day.strftime(form) for form in forms] + [f"{day.year}年{day.month}月{day.day}日"]:
        found = parse_date(written)
        assert found.value == day, written
        assert found.action in (None, *TIDYING)


@given(st.dates(date(1930, 1, 1), date(2100, 1, 1)))
def test_spreadsheet_day_numbers_are_the_days_they_stand_for(day):
    assert parse_date(str((day - date(1899, 12, 30)) // timedelta(days=1))).value == day


@given(st.decimals(-9_999_999_999, 9_999_999_999, places=2))
def test_every_amount_survives_every_form(amount):
    for written in (f"{amount}", f"{amount:,}", f"{amount}元", f"¥{amount:,}"):
        assert parse_money(written).value == amount, written
    if amount >= 0:
        assert parse_money(f"({amount})").value == -amount


@given(st.decimals(0, 999_999, places=6))
def test_ten_thousands_are_exact_to_the_fen(amount):
    assert parse_money(f"{amount}万元").value == amount * 10_000


@given(st.text(max_size=30))
def test_tidied_text_is_tidy(text):
    once = parse_text(text).value
    if once is not None:
        assert parse_text(once).action is None
