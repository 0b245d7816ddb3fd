"""The clerk's workbook as a spreadsheet program sees it: to read, to print, to fill in, to send back."""

from __future__ import annotations

import zipfile

import openpyxl
import polars as pl
import pytest

from pipelines.contract_check import fold_header
from pipelines.lake import Lake
from pipelines.publish import publish
from pipelines.publish.styles import height_of, width_of

from .conftest import MONTH, City, Household, some_households

HEADER = 4  # the row of the headers, as people count


@pytest.fixture(scope="module")
def folder(tmp_path_factory, extracts):
    city = City(Lake(tmp_path_factory.mktemp("city")))
    households = some_households()
    households += [
        Household(7, rank=4, name='=HYPERLINK("http://x","y")', address="+86 号", grid_no="@grid"),
        Household(
            8, rank=5, name="-1+1", address="\t=1+1", grid_no=None, facts={"to_verify_zh": "共有住房1/6"}
        ),
        Household(9, rank=6, facts={"is_address_uncertain": True, "explanation_zh": "=1+1"}),
    ]
    city.lay(households)
    publish(extracts, MONTH, city.lake)
    return city.lake.partition("published", MONTH) / "towns"


@pytest.fixture(scope="module")
def path(folder):
    return folder / "442000109_三角镇" / "2022-06_三角镇_走访名单.xlsx"


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def sheet(book):
    return book["走访名单"]


def column(sheet, header: str) -> int:
    found = [c.column for c in sheet[HEADER] if fold_header(c.value) == fold_header(header)]
    assert len(found) == 1, header
    return found[0]


def cells(sheet, header: str) -> list:
    return [sheet.cell(row, column(sheet, header)).value for row in range(HEADER + 1, sheet.max_row + 1)]


def test_the_first_sheet_is_the_list_and_others_explain_it(book):
    assert book.sheetnames == ["走访名单", "变化", "候补", "数据情况", "说明"]


def test_one_row_per_household_in_the_published_order(sheet):
    assert cells(sheet, "序号") == [1, 2, 3, 4, 5, 6]
    assert cells(sheet, "状态")[0] == "加重"
    assert cells(sheet, "户主")[0] == "杨伟志"
    assert cells(sheet, "家庭成员")[0] == "4人：户主50岁、配偶49岁、子女48、47岁"
    assert cells(sheet, "住址")[0] == "福兴路29号"
    assert cells(sheet, "困难类型")[0] == "●医疗\n●教育"
    assert cells(sheet, "等候月数")[0] == 2


def test_what_could_not_be_assessed_stands_beside_what_matched(sheet):
    assert cells(sheet, "困难类型")[1] == "○就业？"


def test_an_earlier_visit_is_told_with_its_outcome(sheet):
    assert cells(sheet, "以往走访")[2] == "2022-04-18\n未见到人"


def test_what_to_verify_and_an_uncertain_address_are_told(sheet):
    assert cells(sheet, "主要情况")[4].endswith("请核实：共有住房1/6")
    assert cells(sheet, "住址")[5] == "福兴路29号（仅有户籍地址，待核实）"


def test_nothing_that_looks_like_a_formula_is_one(book, sheet, path):
    assert cells(sheet, "户主")[3:5] == ['=HYPERLINK("http://x","y")', "-1+1"]
    assert cells(sheet, "主要情况")[5] == "=1+1"
    for page in book.worksheets:
        assert not [c.coordinate for row in page.iter_rows() for c in row if c.data_type == "f"]
    with zipfile.ZipFile(path) as parts:
        assert not [name for name in parts.namelist() if "vba" in name.lower() or "external" in name.lower()]


def test_dangerous_text_in_the_csv_is_made_text(path):
    text = path.with_suffix(".csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    rows = pl.read_csv(text, infer_schema=False)
    assert rows["户主"].to_list()[3:5] == ['\'=HYPERLINK("http://x","y")', "'-1+1"]
    assert rows["住址"].to_list()[3:5] == ["'+86 号", "'\t=1+1"]
    assert rows["网格"].to_list()[3] == "'@grid"


def test_the_columns_to_fill_in_are_empty_and_named_as_the_contract_of_visits_names_them(sheet, extracts):
    for prop in extracts["towns__visits"].properties:
        assert column(sheet, prop.header)
    for header in ("走访日期", "走访结果", "救助措施", "备注"):
        assert cells(sheet, header) == [None] * 6


def test_the_key_is_hidden_and_comes_back_with_the_workbook(sheet, extracts, folder):
    header = extracts["towns__visits"].property("household_key").header
    letter = openpyxl.utils.get_column_letter(column(sheet, header))
    assert sheet.column_dimensions[letter].hidden
    keys = pl.read_parquet(folder / "442000109_三角镇" / "list.parquet")["household_key"].to_list()
    assert cells(sheet, header) == keys


def test_no_header_of_the_list_is_read_as_another_column_of_the_visits(sheet, extracts):
    claimed = {
        fold_header(header)
        for prop in extracts["towns__visits"].properties
        for header in (prop.header, *prop.synonyms)
    }
    shown = [fold_header(c.value) for c in sheet[HEADER]]
    assert len([header for header in shown if header in claimed]) == len(extracts["towns__visits"].properties)


def checks(sheet, header: str):
    letter = openpyxl.utils.get_column_letter(column(sheet, header))
    wanted = f"{letter}{HEADER + 1}:{letter}{HEADER + 6}"
    (found,) = [v for v in sheet.data_validations.dataValidation if str(v.sqref) == wanted]
    return found


def test_the_outcome_is_chosen_from_the_words_of_the_contract(sheet, extracts):
    labels = list(extracts["towns__visits"].property("outcome").labels.values())
    check = checks(sheet, "走访结果")
    assert (check.type, check.errorStyle or "stop") == ("list", "stop")
    assert check.formula1 == f'"{",".join(labels)}"'


def test_where_the_data_are_wrong_which_of_them_is_chosen_too(sheet, extracts):
    labels = extracts["towns__visits"].property("wrong_data").labels.values()
    assert checks(sheet, "有误的数据").formula1 == f'"{",".join(labels)}"'


def test_nothing_stops_a_clerk_from_sorting(book):
    assert not [page.title for page in book.worksheets if page.protection.sheet]
    assert not book.security or not book.security.lockStructure
    assert not [page.title for page in book.worksheets if page.merged_cells.ranges]


def test_every_household_has_a_code_to_tell_on_the_phone_and_to_hold_its_row_together(sheet):
    ends = [f"…{text[-4:]}" for text in cells(sheet, "家庭识别码")]
    assert cells(sheet, "核对码") == ends


def test_help_may_be_chosen_or_typed_and_dates_are_dates(sheet):
    assert checks(sheet, "救助措施").errorStyle == "information"
    date = checks(sheet, "走访日期")
    assert (date.type, date.operator or "between") == ("date", "between")
    assert (date.formula1, date.formula2) == ("44713", "TODAY()")  # 2022-06-01 as spreadsheets count days


def test_the_sheet_is_frozen_filtered_and_printed_on_one_page_wide_a4(sheet):
    assert sheet.freeze_panes == "G5"
    assert sheet.auto_filter.ref.startswith("A4:")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$4:$4"
    assert "严禁公示" in sheet.oddFooter.left.text
    assert "&P" in sheet.oddFooter.center.text
    assert "三角镇" in sheet.oddFooter.right.text


def test_widths_and_heights_fit_chinese_text(sheet):
    letter = openpyxl.utils.get_column_letter(column(sheet, "主要情况"))
    width = sheet.column_dimensions[letter].width
    text = cells(sheet, "主要情况")[0]
    assert sheet.row_dimensions[HEADER + 1].height >= width_of(text) / width * 12


def test_a_row_is_high_enough_for_its_longest_cell():
    assert width_of("三角镇A1") == 8
    assert height_of([("短", 10)]) < height_of([("长" * 30, 10)])
    assert height_of([("长" * 9999, 10)]) <= 409


def test_the_english_sentences_are_folded_away_but_there(sheet):
    letter = openpyxl.utils.get_column_letter(column(sheet, "主要情况的英文"))
    assert sheet.column_dimensions[letter].outlineLevel == 1
    assert sheet.column_dimensions[letter].hidden
    assert cells(sheet, "主要情况的英文")[0] == "Paid 13,800.00 yuan."


def test_the_changes_tell_who_came_and_who_went_and_why(city, extracts):
    city.lay([Household(n, rank=n) for n in (1, 2)], MONTH.plus(-1))
    publish(extracts, MONTH.plus(-1), city.lake)
    city.lay(
        [
            Household(1, name="留家", facts={"status": "continuing"}),
            Household(2, reason="covered", name="陈强", facts={"detail_zh": "2022-06起享受低保。"}),
            Household(3, rank=2, name="新来", facts={"status": "new"}),
            Household(4, rank=3, name="更难", facts={"status": "escalated"}),
        ]
    )
    publish(extracts, MONTH, city.lake)
    (path,) = city.lake.partition("published", MONTH).glob("towns/442000109_*/*.xlsx")
    page = openpyxl.load_workbook(path)["变化"]
    rows = [[c.value for c in row] for row in page.iter_rows(min_row=5)]
    assert [row[:4] for row in rows] == [
        ["新增", 2, None, "新来"], ["加重", 3, None, "更难"], [rows[2][0], None, 2, "陈强"],
    ]  # fmt: skip
    assert rows[0][4] == "本月首次列入：医疗、教育"
    assert rows[2][4] == "不再列入。2022-06起享受低保。"
    assert page.auto_filter.ref == "A4:E7"


def test_the_waiting_households_are_named_without_address_or_id(book):
    rows = [[c.value for c in row] for row in book["候补"].iter_rows(min_row=5)]
    assert len(rows) == 1
    assert rows[0][1] == "桂园社区"
    assert "路29号" not in str(rows) and "442099" not in str(rows)


def test_the_data_sheet_names_every_delivery_and_who_cannot_be_assessed(book, extracts):
    told = [[c.value for c in row] for row in book["数据情况"].iter_rows()]
    assert {contract.title_zh for contract in extracts.values()} <= {row[1] for row in told}
    assert any(row[0] == "就业" and row[2:4] == [770, 230] for row in told)


def test_the_line_under_the_title_says_what_is_missing(sheet):
    assert sheet["A2"].value.startswith("本月列入6户（")
    assert "未收到" in sheet["A2"].value
    assert "另有候补1户" in sheet["A2"].value


def test_the_guide_explains_every_dimension_status_and_outcome(book, extracts):
    told = " ".join(str(c.value) for row in book["说明"].iter_rows() for c in row if c.value)
    for label in [
        *extracts["towns__visits"].property("outcome").labels.values(),
        "●医疗",
        "●意外灾害",
        "重新列入",
    ]:
        assert label in told


def test_a_town_without_a_household_gets_a_workbook_that_says_so(folder):
    book = openpyxl.load_workbook(folder / "442000006_五桂山街道" / "2022-06_五桂山街道_走访名单.xlsx")
    assert book["走访名单"]["A2"].value.startswith("本月没有列入的家庭")
    assert book["走访名单"].max_row == HEADER
    assert len(pl.read_parquet(folder / "442000006_五桂山街道" / "list.parquet")) == 0


def test_the_file_says_which_month_and_town_it_is_of_and_no_time_of_writing(book):
    properties = book.properties
    assert properties.title == "2022-06 三角镇 走访名单"
    assert "442000109" in properties.subject
    assert properties.created.date() == MONTH.end
    assert properties.modified.date() == MONTH.end
    assert properties.contentStatus == "第1版"


def test_what_a_begun_row_still_owes_stands_out_and_a_finished_row_turns_grey(sheet):
    rules = {
        (str(area.sqref).split(":")[0], rule.formula[0])
        for area, found in sheet.conditional_formatting._cf_rules.items()
        for rule in found
    }
    day, outcome, wrong = (
        f"{openpyxl.utils.get_column_letter(column(sheet, header))}5"
        for header in ("走访日期", "走访结果", "有误的数据")
    )
    owed = {
        (day, f'AND(${outcome}<>"",${day}="")'), (outcome, f'AND(${day}<>"",${outcome}="")'),
        (wrong, f'AND(${outcome}="数据有误",${wrong}="")'),
    }  # fmt: skip
    assert owed < rules
    [(_, finished)] = rules - owed
    assert f'${day}<>""' in finished and f'${outcome}<>""' in finished and f'${wrong}<>""' in finished
