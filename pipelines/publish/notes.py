"""The workbook's further sheets: changes, waiting households, the data's situation, how to read it."""

from __future__ import annotations

import polars as pl

from pipelines.delivery import STATUSES
from pipelines.department import DEPARTMENTS
from pipelines.publish.styles import height_of, marks
from pipelines.publish.words import Words, zh, zh_list
from pipelines.rule.order import Order

_DIMENSION_HELP = {
    "medical": "医疗自付费用高（只看金额，不含病名）",
    "employment": "劳动年龄成员登记失业，或失业金已停发且未再就业",
    "disability": "有成员持有残疾人证（名单不写类别和等级）",
    "education": "学费负担重",
    "income": "收入低，或刚性支出后所余不多",
    "accident": "近期遭遇事故或灾害",
    "housing": "住房不安全",
}

_STATUS_HELP = {
    "new": "本月首次列入", "continuing": "上月已列入，情形未变", "escalated": "困难情形比上月增多",
    "de_escalated": "困难情形比上月减少", "reopened": "曾核实或移出，因新情况再次列入",
}  # fmt: skip


def gaps_text(content, words: Words) -> str:
    """What this month's data cannot say, for the line under the title; empty when nothing is missing."""
    unknown = dict(content.coverage.group_by("extract").agg(pl.col("households_unknown").max()).iter_rows())
    parts = []
    again = f" 第{content.revision.number}版，与上一版的不同见“数据情况”。" if content.revision else ""
    for delivery in content.deliveries:
        if delivery["status"] not in ("held", "missing"):
            continue
        text = f"{delivery['title_zh']}（{department(delivery)}）{zh(STATUSES, delivery['status'])}"
        if delivery["as_of_month"]:
            text += f"，沿用{delivery['as_of_month']}"
        elif unknown.get(delivery["extract"]):
            text += f"，本镇街{unknown[delivery['extract']]}户受影响"
        parts.append(text)
    if not parts:
        return again
    more = f"等{len(parts)}项" if len(parts) > 3 else ""
    return f"{again} 注意：{'；'.join(parts[:3])}{more}，详见“数据情况”。"


def changes_sheet(sheet, content, words: Words, styles) -> None:
    """What is different from last month's list: who came, who is worse or better off, who went and why."""
    widths = _page(sheet, [14, 9, 9, 12, 78], landscape=True)
    _title(sheet, styles, "与上月名单相比", "What changed since last month: came, worse, better, gone")
    _header(sheet, 3, ["变化", "本月序号", "上月序号", "户主", "说明"], styles)
    changed = content.listed.filter(pl.col("status") != "continuing").sort("rank")
    come = [
        [zh(words.statuses, values["status"]), values["rank"], None, values["head_name"],
         f"{_STATUS_HELP.get(values['status'], '')}：{zh_list(words.dimensions, values['dimensions'])}"]
        for values in changed.iter_rows(named=True)
    ]  # fmt: skip
    gone = [
        [zh(words.departures, values["reason"]), None, values["previous_rank"], values["head_name"],
         f"不再列入。{values['detail_zh'] or ''}"]
        for values in content.changes.iter_rows(named=True)
    ]  # fmt: skip
    row = 3
    for row, cells in enumerate([*come, *gone], start=4):
        _cells(sheet, row, styles, widths, cells)
    _ending(sheet, row, 5, "与上月名单相同，或上月没有名单。", bool(come or gone), styles)


def waiting_sheet(sheet, content, words: Words, styles) -> None:
    """Households that meet the bar and wait because the list is as long as the town can visit."""
    widths = _page(sheet, [6, 12, 10, 14, 12, 56, 20, 9], landscape=True)
    _title(
        sheet, styles, "候补：符合条件，因本月走访名额已满暂未列入", "Waiting: beyond this month's capacity"
    )
    _header(
        sheet, 3, ["序号", "社区", "户主", "家庭成员", "困难类型", "主要情况", "说明", "等候月数"], styles
    )
    row = 3
    for row, values in enumerate(content.waiting.iter_rows(named=True), start=4):
        _cells(
            sheet, row, styles, widths,
            [
                row - 3, values["community"], values["head_name"], values["members_zh"], None,
                values["explanation_zh"], values["detail_zh"], values["months_waiting"] or 0,
            ],
            lines=len(values["dimensions"] or ()),
        )  # fmt: skip
        marks(sheet, row, 4, values["dimensions"], (), words, styles)
    _ending(sheet, row, 8, "没有候补家庭。", not content.waiting.is_empty(), styles)


def data_sheet(sheet, content, words: Words, styles) -> None:
    """Which departments delivered what, and how many of the town's households could be assessed."""
    widths = _page(sheet, [12, 20, 16, 12, 10, 10, 8, 8, 48], landscape=True)
    _title(sheet, styles, f"{content.month} 各部门数据情况", "What the departments delivered")
    _header(
        sheet, 3, ["部门", "数据", "状态", "采用月份", "收到行数", "采用", "退回", "修正值", "说明"], styles
    )
    row = 3
    for row, delivery in enumerate(content.deliveries, start=4):
        _cells(
            sheet, row, styles, widths,
            [
                department(delivery), delivery["title_zh"], zh(STATUSES, delivery["status"]),
                delivery["as_of_month"] or "—", delivery["rows_in"], delivery["accepted"],
                delivery["rejected"], delivery["repaired_values"], delivery["reason_zh"],
            ],
        )  # fmt: skip
    row += 2
    sheet.write_string(row, 0, f"{content.town.name_zh}：各类困难能否评估（户）", styles.section)
    _header(sheet, row + 1, ["困难类型", "沿用或缺少的数据", "可评估", "无法评估"], styles)
    titles = {delivery["extract"]: delivery["title_zh"] for delivery in content.deliveries}
    first = row + 2
    for row, code in enumerate(words.dimensions, start=first):
        here = content.coverage.filter(pl.col("dimension") == code)
        # Households are counted per extract; those that the worst one leaves out cannot be assessed.
        households = here["households"].max() or 0
        unknown = here["households_unknown"].max() or 0
        lacking = [
            titles.get(extract, extract) + (f"（{as_of:%Y-%m}）" if as_of else "（缺）")
            for extract, status, as_of in here.select("extract", "status", "as_of_month").iter_rows()
            if status != "assessable"
        ]
        _cells(
            sheet, row, styles, widths,
            [zh(words.dimensions, code), "、".join(lacking), households - unknown, unknown],
        )  # fmt: skip
    if content.revision:
        _revision(sheet, row + 2, content, titles, styles, widths)


_REVISED = {"came": "新列入", "gone": "不再列入", "changed": "情况有变"}


def _revision(sheet, row: int, content, titles: dict, styles, widths) -> None:
    """Why the list was published again, and which households of the town it concerns."""
    number = content.revision.number
    sheet.write_string(
        row, 0, f"本名单为第{number}版 / Revision {number}：与第{number - 1}版的不同", styles.section
    )
    sheet.write_string(row + 1, 0, content.revision.cause(titles), styles.subtitle)
    rows = content.revision.towns.get(content.town.code, [])
    if not rows:
        sheet.write_string(row + 2, 0, "本镇街名单与上一版相同。", styles.subtitle)
        return
    _header(sheet, row + 2, ["变化", "家庭识别码", "上一版序号", "本版序号"], styles)
    for place, told in enumerate(rows, start=row + 3):
        cells = [_REVISED[told["change"]], told["household_key"], told["rank"], told["rank_now"]]
        _cells(sheet, place, styles, widths, cells)


def guide_sheet(sheet, content, words: Words, styles, order: Order) -> None:
    """How to read the list, how to fill it in, and whom to ask."""
    widths = _page(sheet, [16, 62, 44], landscape=False)
    _title(sheet, styles, "怎样看、怎样填", "How to read and fill in this workbook")
    row = 3

    day = f"{content.month.plus(1)}-08"

    def section(title: str, lines: list[tuple[str, str, str]], mark: bool = False) -> None:
        nonlocal row
        sheet.write_string(row, 0, title, styles.section)
        for first, second, third in lines:
            row += 1
            if mark:
                marks(sheet, row, 0, [first], (), words, styles)
            else:
                sheet.write_string(row, 0, first, styles.centred)
            _cells(sheet, row, styles, widths, [second, third], first=1)
        row += 2

    section(
        "一、这是什么",
        [
            ("线索", "名单由各部门数据每月比对得出，是请您走访核实的线索，"
             "不是认定，也不能作为不予救助的依据。",
             "A lead for a visit, never a decision."),
            ("不在册", "列入的家庭未见于低保、低保边缘、特困、孤儿等在册名单（截至月份见“数据情况”）。",
             "Listed households are on no assistance roll."),
            ("无法评估", "标“○…？”的类型本月缺数据，不等于没有困难，走访时请多问一句。",
             "○ means not known, not “no trouble”."),
        ],
    )  # fmt: skip
    section(
        "二、怎样填写",
        [
            ("只填黄色栏", f"走访日期写成 {day} 的样子；走访结果从下拉列表选；原因请勿写病名。"
             "备注只留在本表，不会上报。",
             "Fill the yellow columns only; remarks stay with you."),
            ("可以筛选排序", "可筛选、打印，可用标题行的筛选箭头排序；"
             "请勿删改隐藏的最后一栏（家庭识别码），交回后靠它对应到户。",
             "Sort by the arrows of the header; leave the hidden key column alone."),
            ("核对码", "家庭识别码的最后四位，电话核对时报这四位；与识别码不符的行会被退回。",
             "The end of the household's key, to tell on the phone."),
            ("交回", "填好后连同未填的行原样交回，文件名不必改；没有走访的行留空即可。",
             "Send the file back as it is; rows not visited stay empty."),
            *(
                (label, _outcome_help(code, order), english)
                for code, (label, english) in words.outcomes.items()
            ),
        ],
    )  # fmt: skip
    section(
        "三、困难类型",
        [(code, _DIMENSION_HELP.get(code, ""), words.dimensions[code][1]) for code in words.dimensions],
        mark=True,
    )
    section(
        "四、状态",
        [(label, _STATUS_HELP.get(code, ""), english) for code, (label, english) in words.statuses.items()],
    )
    section(
        "五、谁列入、谁在前",
        [
            ("列入", order.who, "Who is listed."),
            ("排序", order.formula, "The order; anyone can work it out by hand."),
            (
                "验算",
                "展开名单上方的［＋］，可见每户的优先分和计分过程。",
                "Unfold [+] above the list for the sums.",
            ),
        ],
    )
    section(
        "六、问谁",
        [
            ("走访、救助", f"{content.town.name_zh}公共服务办公室（民政）", "The town's civil affairs desk."),
            ("名单、数据", "市民政局社会救助科", "The bureau's social assistance section."),
        ],
    )


def department(delivery: dict) -> str:
    """Chinese name of the department of a delivery."""
    return zh(DEPARTMENTS, delivery["department"])


def _outcome_help(code: str, order: Order) -> str:
    months = order.cooling_off.get(code, 0)
    after = f"；{months}个月内不再列入，除非有新情况" if months else ""
    return {
        "confirmed_helped": "确有困难，已给予或已申请到救助；请填救助措施",
        "confirmed_pending": "确有困难，救助正在办理",
        "not_in_hardship": "不属困难家庭；请写明原因",
        "data_wrong": "部门数据与实际不符；请在“有误的数据”栏选是哪一项",
        "moved": "已不在本址居住",
        "deceased": "当事人已去世",
        "not_reached": "未见到人，可再次走访",
        "declined": "本人不愿接受走访或救助",
    }.get(code, "") + after


def _page(sheet, widths: list[float], landscape: bool) -> list[float]:
    for number, width in enumerate(widths):
        sheet.set_column(number, number, width)
    if landscape:
        sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    return widths


def _title(sheet, styles, chinese: str, english: str) -> None:
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, chinese, styles.title)
    sheet.write_string(1, 0, english, styles.subtitle)


def _header(sheet, row: int, headers: list[str], styles) -> None:
    for number, header in enumerate(headers):
        sheet.write_string(row, number, header, styles.header)


def _cells(
    sheet, row: int, styles, widths: list[float], values: list, first: int = 0, lines: int = 1
) -> None:
    texts = [(value, widths[n]) for n, value in enumerate(values, start=first) if isinstance(value, str)]
    sheet.set_row(row, height_of(texts, lines))
    sheet.write_cells(
        row,
        [
            (value, styles.cell if value is None or isinstance(value, str) else styles.centred)
            for value in values
        ],
        first,
    )


def _ending(sheet, row: int, columns: int, empty: str, is_filled: bool, styles) -> None:
    if not is_filled:
        sheet.write_string(row + 1, 0, empty, styles.subtitle)
        return
    sheet.autofilter(3, 0, row, columns - 1)
    sheet.freeze_panes(4, 0)
    sheet.repeat_rows(3)
