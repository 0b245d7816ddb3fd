"""Tables with anything around and between their rows: good rows come through, the others are named."""

from __future__ import annotations

import csv
import gzip
import html
import io
import zipfile
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pipelines.ingest.delivering import Department, person, sheet

ILLNESSES = "health__major_illnesses"
_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
_ABOVE = st.lists(
    st.sampled_from(
        ["2022年6月重大疾病登记表", "单位：人", "填报单位：市卫生健康局（盖章）", "", "身份证号须为文本"]
    ),
    max_size=4,
)
_BELOW = st.lists(
    st.sampled_from(["合计", "注：数据来源于医院", "制表人：张三", "", "第1页 共1页"]), max_size=3
)
_DAYS = st.dates(date(2001, 1, 1), date(2022, 6, 30))
_DAY_FORMS = st.sampled_from(
    [
        lambda d: d.isoformat(), lambda d: f"{d:%Y%m%d}", lambda d: f"{d:%Y/%m/%d}",
        lambda d: f"{d.year}年{d.month}月{d.day}日", lambda d: f"{d.year}.{d.month}.{d.day}",
        lambda d: f"{d:%Y-%m-%d} 00:00:00",
    ]
)  # fmt: skip
_ID_FORMS = st.sampled_from(
    [
        str, str.lower, lambda t: f" {t} ", lambda t: "'" + t, lambda t: f"{t[:6]} {t[6:14]} {t[14:]}",
        lambda t: "".join(chr(ord(c) + 0xFEE0) for c in t), lambda t: t[:9] + "\u200b" + t[9:],
    ]
)  # fmt: skip
_HEADERS = st.sampled_from(["身份证号", "证件号码", "*身份证号码", "身份证 号", "身份证号（必填）"])
_DAY_HEADERS = st.sampled_from(["登记日期", "登记 日期", "*登记日期", "登记日期（年月日）"])


@st.composite
def tables(draw, junk=_TEXT):
    """(rows of texts as delivered, the good rows among them as {ID: day})."""
    people = draw(st.lists(st.integers(1, 200_000), min_size=1, max_size=8, unique=True))
    good = {person(number): draw(_DAYS) for number in people}
    extra = draw(st.integers(0, 3))
    order = draw(st.permutations(range(2 + extra)))
    headers = [draw(_HEADERS), draw(_DAY_HEADERS), *(f"备用{n}" for n in range(extra))]
    rows = [
        [draw(_ID_FORMS)(i), draw(_DAY_FORMS)(day), *draw(_cells(junk, extra))] for i, day in good.items()
    ]
    for broken in draw(st.lists(_cells(junk, 2 + extra), max_size=4)):
        rows.insert(draw(st.integers(0, len(rows))), broken)
    laid = [[row[place] for place in order] for row in [headers, *rows]]
    return [*([text] for text in draw(_ABOVE)), *laid, *([text] for text in draw(_BELOW))], good


def _cells(junk, count: int):
    return st.lists(junk, min_size=count, max_size=count)


def health(tmp_path_factory) -> Department:
    return Department(tmp_path_factory.mktemp("fuzz"), ILLNESSES)


def good_rows_came_through(department: Department, good: dict[str, date], rows: list[list[str]]) -> None:
    outcome = department.ingested()  # which checks that rows in are rows accepted and rejected
    assert outcome.report["status"] == "read", outcome.problem
    secret = department.lake.secret()
    from pipelines.identity import resident_key

    found = dict(outcome.rows.select("resident_key", "registered_on").rows())
    assert {resident_key(number, secret): day for number, day in good.items()}.items() <= found.items()
    assert outcome.report["rows_in"] <= len(rows)
    lines = outcome.rejected["line"].to_list()
    assert len(lines) == len(set(lines)) and all(line >= 1 for line in lines)


def as_text(rows: list[list[str]], separator: str, end: str) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=separator, lineterminator=end).writerows(rows)
    return buffer.getvalue()


@settings(max_examples=60)
@given(
    tables(),
    st.sampled_from([",", "\t", "|", ";"]),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["csv", "gz", "zip"]),
)
def test_good_rows_of_a_text_file_come_through_whatever_stands_around_them(
    tmp_path_factory, table, separator, encoding, end, form
):
    rows, good = table
    department = health(tmp_path_factory)
    data = as_text(rows, separator, end).encode(encoding)
    if form == "gz":
        data = gzip.compress(data)
    elif form == "zip":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("表.csv", data)
        data = buffer.getvalue()
    department.path(department.name("." + form)).write_bytes(data)
    good_rows_came_through(department, good, rows)


@settings(max_examples=30)
@given(tables())
def test_good_rows_of_a_workbook_come_through_whatever_stands_around_them(tmp_path_factory, table):
    rows, good = table
    department = health(tmp_path_factory)
    sheet(department.path(department.name(".xlsx")), rows)
    good_rows_came_through(department, good, rows)


@settings(max_examples=30)
@given(tables())
def test_good_rows_of_a_web_page_come_through_whatever_stands_around_them(tmp_path_factory, table):
    rows, good = table
    department = health(tmp_path_factory)
    page = "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>\n" for row in rows)
    text = f"<html><body><table>{page}</table></body></html>"
    department.path(department.name(".xls")).write_bytes(text.encode())
    good_rows_came_through(department, good, rows)


@settings(max_examples=60)
@given(st.lists(st.lists(st.one_of(_TEXT, _HEADERS, _DAY_HEADERS), max_size=5), max_size=12), st.data())
def test_whatever_a_table_is_it_is_read_or_named_unreadable(tmp_path_factory, rows, data):
    department = health(tmp_path_factory)
    form = data.draw(st.sampled_from(["csv", "xlsx", "html"]))
    if form == "xlsx":
        sheet(department.path(department.name(".xlsx")), rows)
    elif form == "csv":
        department.path(department.name(".csv")).write_bytes(as_text(rows, ",", "\n").encode())
    else:
        tags = st.sampled_from(
            ["<tr>", "</tr>", "<td>", "</td>", "<td rowspan=3 colspan=2>", "<table>", "</table>"]
        )
        page = "".join(data.draw(tags) + html.escape(cell) for row in rows for cell in row)
        department.path(department.name(".xls")).write_bytes(f"<html><table>{page}".encode())
    outcome = department.ingested()
    assert outcome.report["status"] == "read" or outcome.problem
