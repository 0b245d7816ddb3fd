"""The workbook that goes back to a department: totals, returned rows, repairs, scorecard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

import polars as pl

from pipelines.contract import Contract
from pipelines.delivery import STATUSES, Delivery
from pipelines.department import DEPARTMENTS
from pipelines.feedback.reasons import reason_words, repair_words
from pipelines.feedback.rows import MOST_ROWS, allowed_of, headers_of
from pipelines.feedback.scores import Score
from pipelines.month import Month
from pipelines.sheet import Book, Sheet

_KEPT = ("值未采用，行已采用", "value refused, row kept")
_RETURNED = ("退回", "returned")


@dataclass(frozen=True)
class Returned:
    """All that goes back to one department; dictionaries by extract."""

    month: Month
    department: str
    contracts: dict[str, Contract]
    deliveries: dict[str, Delivery]
    reports: dict[str, dict]
    rows: dict[str, pl.DataFrame]
    scores: list[Score]


def write_return(path: Path, returned: Returned) -> None:
    """Writes the workbook; equal content gives equal bytes."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Book(path, options | {"strings_to_numbers": False}) as book:
        # The file's own date is the month's, not the day it was made.
        book.set_properties({"created": datetime.combine(returned.month.end, time())})
        sheets = _Sheets(book)
        zh, en = DEPARTMENTS[returned.department]
        title = f"{zh}数据退回单 {returned.month} / Data returned to {en}, {returned.month}"
        _totals(sheets, returned, title)
        _rows(sheets, returned, title)
        _repairs(sheets, returned, title)
        _scorecard(sheets, returned, title)


class _Sheets:
    """Sheets that look alike: title, header, rows."""

    def __init__(self, book: Book):
        self._book = book
        base = {"font_name": "微软雅黑", "font_size": 9, "valign": "top", "text_wrap": True, "border": 1}
        self._title = book.add_format({"font_name": "微软雅黑", "font_size": 13, "bold": True})
        self._note = book.add_format({"font_name": "微软雅黑", "font_size": 9})
        self._head = book.add_format({**base, "bold": True, "bg_color": "#DCE6F1"})
        self._cell = book.add_format(base)
        self._share = book.add_format({**base, "num_format": "0.0%"})

    def add(
        self, name: str, title: str, note: str, columns: Sequence[tuple[str, float]], rows: Sequence
    ) -> None:
        """One sheet; numbers that are not whole are shares."""
        page = self._book.add_worksheet(name, Sheet)
        page.write_string(0, 0, title, self._title)
        page.write_string(1, 0, note, self._note)
        for x, (header, width) in enumerate(columns):
            page.set_column(x, x, width)
            page.write_string(2, x, header, self._head)
        for y, row in enumerate(rows, start=3):
            page.write_cells(
                y, [(cell, self._share if isinstance(cell, float) else self._cell) for cell in row]
            )
        page.freeze_panes(3, 0)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(0, 2)
        if rows:
            page.autofilter(2, 0, 2 + len(rows), len(columns) - 1)


def _both(words: tuple[str, str]) -> str:
    return f"{words[0]} / {words[1]}"


def _named(contract: Contract) -> str:
    return f"{contract.title_zh} / {contract.title_en}"


def _totals(sheets: _Sheets, returned: Returned, title: str) -> None:
    rows = []
    for extract, contract in returned.contracts.items():
        found, report = returned.deliveries[extract], returned.reports[extract]
        refused = sum(n for a, n in report.get("repairs_by_action", {}).items() if a.startswith("refused_"))
        used = "" if found.as_of in (None, returned.month) else f"{found.as_of}"
        rows.append(
            [
                _named(contract), _both(STATUSES[found.status]), used, len(report.get("files", ())),
                found.rows_in, found.accepted, found.rejected - found.corrected, found.corrected,
                found.repaired_values - refused, refused,
                "\n".join(f"{reason['zh']} / {reason['en']}" for reason in found.reasons),
            ]
        )  # fmt: skip
    columns = [
        ("数据表 Extract", 30), ("状态 Status", 16), ("沿用月份 As of", 10), ("文件数 Files", 8),
        ("行数 Rows", 10), ("采用 Accepted", 10), ("退回 Returned", 10), ("已更正 Corrected", 10),
        ("修正值 Values repaired", 10), ("未采用的值 Values refused", 10), ("原因 Reasons", 90),
    ]  # fmt: skip
    note = "请按“退回行”逐条更正，报送时文件名加“更正”。 / Send a correction: add 更正 to the file's name."
    sheets.add("汇总 Totals", title, note, columns, rows)


def _rows(sheets: _Sheets, returned: Returned, title: str) -> None:
    rows, cut = [], 0
    for extract, found in returned.rows.items():
        contract = returned.contracts[extract]
        cut += found.height == MOST_ROWS
        for row in found.iter_rows(named=True):
            zh, en, _ = reason_words(row["reason"])
            allowed_zh, allowed_en = allowed_of(row)
            kept = _KEPT if row["is_kept"] else _RETURNED
            rows.append(
                [
                    _named(contract), row["file"], row["line"], headers_of(contract, row["column"]), zh, en,
                    row["found"], allowed_zh, allowed_en, _both(kept), row["also"] or "",
                ]
            )  # fmt: skip
    columns = [
        ("数据表 Extract", 24), ("文件 File", 30), ("行号 Line", 7), ("列 Column", 14), ("原因", 24),
        ("Reason", 26), ("实际（遮盖） Found, masked", 22), ("应为", 30), ("Allowed", 34),
        ("处理 Outcome", 16), ("其他问题 Also", 24),
    ]  # fmt: skip
    note = "内容已遮盖，请按文件名和行号在原文件中查找。 / Values are masked: look them up by file and line."
    if cut:
        note += f" 每个数据表最多列出{MOST_ROWS:,}行。 / At most {MOST_ROWS:,} rows of an extract are shown."
    sheets.add("退回行 Returned rows", title, note, columns, rows)


def _repairs(sheets: _Sheets, returned: Returned, title: str) -> None:
    rows = [
        [_named(returned.contracts[extract]), *repair_words(action), count]
        for extract, report in returned.reports.items()
        for action, count in report.get("repairs_by_action", {}).items()
        if not action.startswith("refused_")
    ]
    columns = [("数据表 Extract", 30), ("修正", 28), ("Repair", 40), ("次数 Count", 10)]
    note = "这些值已自动修正并采用；请在源头更正。 / Repaired and used; mend them at their source."
    sheets.add("修正 Repairs", title, note, columns, rows)


def _punctuality(days_late: int | None) -> str | None:
    if days_late is None:
        return None
    return f"迟{days_late}天 / {days_late} days late" if days_late else "按时 / on time"


def _scorecard(sheets: _Sheets, returned: Returned, title: str) -> None:
    rows = [
        [
            str(score.month), _named(returned.contracts[score.extract]), _both(STATUSES[score.status]),
            _punctuality(score.days_late), score.rows_in, score.rejected,
            score.rejected / score.rows_in if score.rows_in else None,
            score.repaired, score.resolved, score.leads, score.confirmed, score.wrong,
        ]
        for score in returned.scores
    ]  # fmt: skip
    columns = [
        ("月份 Month", 9), ("数据表 Extract", 30), ("状态 Status", 20), ("送达 Delivered", 16),
        ("行数 Rows", 10), ("退回 Returned", 10), ("退回比例 Share", 10), ("修正值 Repaired", 10),
        ("号码可核实 IDs resolved", 12), ("本部门参与的名单户 Leads", 14), ("走访属实 Confirmed", 12),
        ("走访发现本部门数据有误 Data found wrong", 14),
    ]  # fmt: skip
    note = (
        "名单户为本部门数据参与发现的家庭。 / Leads are listed households that rest on the department's data."
    )
    sheets.add("记分 Scorecard", title, note, columns, rows)
