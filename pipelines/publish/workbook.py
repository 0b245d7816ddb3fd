"""The clerk's workbook: one town's list of one month, to be read, printed, filled in and sent back.

Nothing in it is computed by the spreadsheet program: text is written as text, so that a name or an
address beginning with = + - @ is never run. Dates of the file are those of the month, so that the
same content gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

import polars as pl

from pipelines.contract import Contract
from pipelines.month import Month
from pipelines.publish import notes
from pipelines.publish.answers import add_checks
from pipelines.publish.revision import Revision
from pipelines.publish.styles import Styles, height_of, marks, sentences
from pipelines.publish.words import Words, zh, zh_list
from pipelines.reference import Town
from pipelines.rule.order import Order
from pipelines.sheet import Book, Sheet

CONFIDENTIAL = "内部工作资料，仅供走访核实使用；严禁公示、转发、拍照外传。"
CONFIDENTIAL_EN = "Internal working paper for visits only. Do not display, forward or photograph."

_TITLE_ROWS = 3


@dataclass(frozen=True)
class Column:
    """One column of the list: its header, its width in characters and how it is used."""

    name: str
    header: str
    english: str
    width: float
    use: str = "read"  # read | detail (folded away) | fill | key (hidden)


def columns_of(listing: Contract, visits: Contract) -> list[Column]:
    """The list's columns in order; headers are the contracts', so that a filled workbook can be read back."""
    shown = [
        ("rank", 4.6, "read"), ("key_check", 5.4, "read"), ("status", 5.6, "read"),
        ("community", 9, "read"), ("grid_no", 6.5, "read"),
        ("head_name", 8, "read"), ("head_id_masked", 9.5, "read"), ("address", 17, "read"),
        ("members_zh", 11, "read"), ("dimensions", 10.5, "read"), ("explanation_zh", 50, "read"),
        ("months_waiting", 5.2, "read"), ("last_visited_on", 9.5, "read"), ("suggested_path", 12, "read"),
        ("explanation_en", 60, "detail"), ("causes", 12, "detail"), ("troubles", 12, "detail"),
        ("not_covered_zh", 26, "detail"), ("priority", 7, "detail"),
        ("priority_sum", 24, "detail"),
    ]  # fmt: skip
    english = {
        "rank": "No.", "key_check": "Check", "status": "Status", "community": "Community",
        "grid_no": "Grid", "head_name": "Head",
        "head_id_masked": "ID, masked", "address": "Address", "members_zh": "Members",
        "dimensions": "Trouble", "explanation_zh": "What the data show", "months_waiting": "Months waiting",
        "last_visited_on": "Earlier visit", "suggested_path": "Suggested", "explanation_en": "In English",
        "causes": "Causes", "troubles": "Troubles", "not_covered_zh": "Not covered by",
        "priority": "Priority", "priority_sum": "How it adds up",
    }  # fmt: skip
    columns = [
        Column(name, listing.property(name).header, english[name], width, use) for name, width, use in shown
    ]
    for name, label, width in (
        ("visited_on", "Visited on", 10.5), ("outcome", "Outcome", 10.5),
        ("wrong_data", "If data wrong", 9.5), ("help_given", "Help given", 10.5), ("reason", "Reason", 11),
    ):  # fmt: skip
        columns.append(Column(name, visits.property(name).header, label, width, "fill"))
    columns.append(Column("remark", "备注", "Remark", 9, "fill"))
    columns.append(Column("household_key", visits.property("household_key").header, "Key", 20, "key"))
    return columns


@dataclass(frozen=True)
class Content:
    """Everything one town's workbook shows."""

    month: Month
    town: Town
    listed: pl.DataFrame
    waiting: pl.DataFrame
    changes: pl.DataFrame
    deliveries: list[dict]
    coverage: pl.DataFrame
    mark: str  # short hash of the list, printed on every page so that paper and file can be matched
    revision: Revision | None = None


def write_workbook(path: Path, content: Content, columns: list[Column], words: Words, order: Order) -> None:
    """Writes the workbook; rows come as `town_lists` orders them."""
    book = Book(
        path,
        # In memory: no half-written file of names and addresses is left behind by a crash. Capacity
        # keeps lists short. Nothing but text, numbers and dates is written.
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
         "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd"},
    )  # fmt: skip
    month, town = content.month, content.town
    book.set_properties(
        {
            "title": f"{month} {town.name_zh} 走访名单",
            "subject": f"{town.code} {town.name_en} {month}",
            "keywords": f"{month} {town.code} {content.mark}",
            "status": f"第{content.revision.number if content.revision else 1}版",
            "category": "内部资料",
            "comments": CONFIDENTIAL,
            "created": datetime.combine(month.end, time()),
        }
    )
    styles, add = Styles(book), book.add_worksheet
    _list_sheet(add("走访名单", Sheet), content, columns, words, styles)
    notes.changes_sheet(add("变化", Sheet), content, words, styles)
    notes.waiting_sheet(add("候补", Sheet), content, words, styles)
    notes.data_sheet(add("数据情况", Sheet), content, words, styles)
    notes.guide_sheet(add("说明", Sheet), content, words, styles, order)
    for sheet in book.worksheets():
        sheet.set_footer(
            f"&L&8{CONFIDENTIAL}&C&8第 &P 页，共 &N 页&R&8{town.name_zh} {month} 版本 {content.mark}"
        )
    book.close()


def headline(content: Content, words: Words) -> str:
    """The list in one line: how many, of which status, how many wait."""
    counts = dict(content.listed.group_by("status").len().iter_rows())
    parts = "、".join(
        f"{zh(words.statuses, status)}{counts[status]}户" for status in words.statuses if status in counts
    )
    listed = f"本月列入{len(content.listed)}户（{parts}）" if parts else "本月没有列入的家庭"
    waiting = f"，另有候补{len(content.waiting)}户" if len(content.waiting) else ""
    return f"{listed}{waiting}。资料截至{content.month.end}。"


def _list_sheet(sheet, content: Content, columns: list[Column], words: Words, styles: Styles) -> None:
    _set_up_page(sheet, content, columns, styles)
    header = _TITLE_ROWS
    sheet.set_row(0, 27)
    title = f"{content.month.year}年{content.month.number}月 {content.town.name_zh}走访名单"
    sheet.write_string(0, 0, title, styles.title)
    sheet.set_row(1, 16)
    gaps = notes.gaps_text(content, words)
    sheet.write_string(1, 0, headline(content, words) + gaps, styles.subtitle)
    sheet.set_row(2, 16)
    sheet.write_string(2, 0, f"{CONFIDENTIAL} 黄色栏由走访人填写，其余各栏请勿改动。", styles.warning)
    sheet.set_row(header, 34)
    for number, column in enumerate(columns):
        top, bottom = styles.head_fill if column.use == "fill" else styles.head_read
        cell = styles.header_fill if column.use == "fill" else styles.header
        sheet.write_rich_string(header, number, top, column.header, bottom, f"\n({column.english})", cell)
    writers = [_writer(sheet, column, words, styles) for column in columns]
    width_at = {column.name: column.width for column in columns}
    row = header
    for values in content.listed.iter_rows(named=True):
        row += 1
        shown = {
            **values,
            "visited": _visit_text(values, words),
            "address": _address_text(values, content.town),
            "explanation_zh": _explanation_text(values),
        }  # fmt: skip
        sheet.set_row(row, _height(shown, width_at, words))
        for number, write in enumerate(writers):
            write(row, number, shown)
    sheet.autofilter(header, 0, max(row, header), len(columns) - 1)
    if row > header:
        names = [column.name for column in columns]
        add_checks(sheet, header + 1, row, content.month, names, words, styles)


def _set_up_page(sheet, content: Content, columns: list[Column], styles: Styles) -> None:
    for number, column in enumerate(columns):
        options = {"detail": {"level": 1, "hidden": True}, "key": {"hidden": True}}.get(column.use, {})
        if number and columns[number - 1].use == "detail" and column.use != "detail":
            options = {**options, "collapsed": True}
        sheet.set_column(number, number, column.width, None, options)
    names = [column.name for column in columns]
    sheet.freeze_panes(_TITLE_ROWS + 1, names.index("head_name") + 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.3, right=0.3, top=0.4, bottom=0.55)
    sheet.repeat_rows(_TITLE_ROWS)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.hide_gridlines(2)


def _writer(sheet, column: Column, words: Words, styles: Styles):
    """How one column's cell is written: chosen once per column, not once per row."""
    name = column.name

    def text(value_of, style):
        def write(row, number, values):
            value = value_of(values)
            if value:
                sheet.write_string(row, number, value, style)
            else:
                sheet.write_blank(row, number, None, style)

        return write

    if name in ("rank", "months_waiting", "priority"):
        style = styles.months if name == "months_waiting" else styles.centred
        return lambda row, number, values: sheet.write_number(row, number, values[name] or 0, style)
    if name == "status":
        return lambda row, number, values: sheet.write_string(
            row, number, zh(words.statuses, values["status"]), styles.status(values["status"])
        )
    if name == "dimensions":
        return lambda row, number, values: marks(
            sheet, row, number, values["dimensions"], values["unassessed_dimensions"], words, styles
        )
    if name == "explanation_zh":
        return lambda row, number, values: sentences(sheet, row, number, values[name], styles)
    if name == "last_visited_on":
        return text(lambda values: values["visited"], styles.centred)
    if name == "suggested_path":
        return text(lambda values: zh(words.paths, values["suggested_path"]), styles.cell)
    if name in ("causes", "troubles"):
        return text(lambda values: zh_list(getattr(words, name), values[name]), styles.cell)
    if name == "visited_on":
        return lambda row, number, values: sheet.write_blank(row, number, None, styles.fill_date)
    if column.use == "fill":
        return lambda row, number, values: sheet.write_blank(row, number, None, styles.fill)
    style = {
        "head_name": styles.name, "head_id_masked": styles.small, "community": styles.centred,
        "grid_no": styles.centred, "key_check": styles.small,
    }.get(name, styles.cell)  # fmt: skip
    return text(lambda values: values[name], style)


def _address_text(values: dict, town: Town) -> str:
    # The town knows where it is; what tells one door from another should come first.
    address = values["address"] or "（住址不详）"
    for known in ("广东省", "中山市", town.name_zh):
        address = address.removeprefix(known)
    return f"{address}（仅有户籍地址，待核实）" if values["is_address_uncertain"] else address


def _explanation_text(values: dict) -> str:
    # A match ends with its sources in brackets; one match a line reads faster than a paragraph.
    text = values["explanation_zh"].replace("］；", "］\n")
    return f"{text}\n请核实：{values['to_verify_zh']}" if values["to_verify_zh"] else text


def _visit_text(values: dict, words: Words) -> str:
    if values["last_visited_on"] is None:
        return ""
    return f"{values['last_visited_on']}\n{zh(words.outcomes, values['last_visit_outcome'])}"


def _height(values: dict, width_at: dict[str, float], words: Words) -> float:
    texts = {
        "community": values["community"], "grid_no": values["grid_no"], "head_name": values["head_name"],
        "address": values["address"], "members_zh": values["members_zh"],
        "explanation_zh": values["explanation_zh"],
        "suggested_path": zh(words.paths, values["suggested_path"]),
    }  # fmt: skip
    marked = len(values["dimensions"] or ()) + len(values["unassessed_dimensions"] or ())
    return height_of([(text, width_at[name]) for name, text in texts.items()], lines=max(2, marked))
