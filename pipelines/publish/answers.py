"""What a visitor answers on a row of the list: the columns to fill in and what may stand in them."""

from __future__ import annotations

from xlsxwriter.utility import xl_col_to_name

from pipelines.month import Month
from pipelines.publish.styles import Styles
from pipelines.publish.words import Words

# Help that towns give most; other words may be typed.
_HELP = (
    "临时救助", "协助申请低保", "协助申请低保边缘", "医疗救助", "教育资助", "残疾人补贴", "就业帮扶",
    "慈善帮扶", "无需救助",
)  # fmt: skip

# A list of choices within a cell's rule holds no more, commas included.
_LONGEST_CHOICES = 255


def add_checks(
    sheet, first: int, last: int, month: Month, names: list[str], words: Words, styles: Styles
) -> None:
    """Drop-downs and limits for the rows `first` to `last`; `names` are the sheet's columns in order."""
    at = {name: number for number, name in enumerate(names)}

    def check(column: str, rule: dict) -> None:
        if len(",".join(rule.get("source", ()))) > _LONGEST_CHOICES:
            raise AssertionError(f"the choices of {column} are longer than spreadsheets allow")
        sheet.data_validation(first, at[column], last, at[column], rule)

    check(
        "visited_on",
        {"validate": "date", "criteria": "between", "minimum": month.start, "maximum": "=TODAY()",
         "input_title": "走访日期", "input_message": f"例如 {month.plus(1)}-08",
         "error_title": "日期不对",
         "error_message": f"请填写不早于 {month.start}、不晚于今天的日期，例如 {month.plus(1)}-08。"},
    )  # fmt: skip
    check(
        "outcome",
        {"validate": "list", "source": [label for label, _ in words.outcomes.values()],
         "error_title": "请从下拉列表中选择",
         "error_message": "走访结果只能选列表中的一项；详情写在原因栏。"},
    )  # fmt: skip
    check(
        "wrong_data",
        {"validate": "list", "source": [label for label, _ in words.wrong_data.values()],
         "input_title": "有误的数据", "input_message": "走访结果选“数据有误”时，请选哪一项有误。",
         "error_title": "请从下拉列表中选择", "error_message": "请选列表中的一项；其余写在原因栏。"},
    )  # fmt: skip
    check(
        "help_given",
        {"validate": "list", "source": list(_HELP), "error_type": "information",
         "error_title": "列表外的措施", "error_message": "不在常用措施之内，确认后可以保留。"},
    )  # fmt: skip
    check(
        "reason",
        {"validate": "length", "criteria": "<=", "value": 200,
         "error_title": "过长", "error_message": "请控制在200字以内；勿写病名。"},
    )  # fmt: skip
    row = first + 1
    day, outcome, wrong = (f"${xl_col_to_name(at[n])}{row}" for n in ("visited_on", "outcome", "wrong_data"))
    is_wrong = f'{outcome}="{words.outcomes["data_wrong"][0]}"'
    # What a row that was begun still owes stands out; one that owes nothing turns grey, so that what is left
    # to do stays bright. Not every program applies two formats to one cell: no two of these hold at once.
    for column, owes in (
        ("visited_on", f'AND({outcome}<>"",{day}="")'),
        ("outcome", f'AND({day}<>"",{outcome}="")'),
        ("wrong_data", f'AND({is_wrong},{wrong}="")'),
    ):
        rule = {"type": "formula", "criteria": f"={owes}", "format": styles.owed}
        sheet.conditional_format(first, at[column], last, at[column], rule)
    is_done = f'AND({outcome}<>"",{day}<>"",OR(NOT({is_wrong}),{wrong}<>""))'
    sheet.conditional_format(
        first, 0, last, len(names) - 1,
        {"type": "formula", "criteria": f"={is_done}", "format": styles.done},
    )  # fmt: skip
