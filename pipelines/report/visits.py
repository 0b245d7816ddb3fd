"""Visits: what towns found, how long it took, what they could have been spared and what they can bear."""

from __future__ import annotations

from collections import Counter

from pipelines.page import Html, Number, both, table
from pipelines.report.charts import Bar, Load, bars, loads, month_bars
from pipelines.report.drawing import DOTTED, HATCHED, LIGHT, SOLID, WARM, WITHHELD, legend
from pipelines.report.shell import SHOW, figure, folded, scrolling
from pipelines.report.small import Count, parts
from pipelines.report.view import View

CONFIRMED = ("confirmed_helped", "confirmed_pending")
_NO_RESULT = ("not_reached", "declined")


def results(view: View) -> Html:
    """Visits of twelve months by what they found."""
    title = ("走访结果", "What visits found")
    counted: Counter[str] = Counter()
    for row in view.rows("report_visits"):
        counted[row["outcome"]] += row["visits"]
    codes = [code for code in view.labels["outcomes"] if counted[code]]
    source = [view.answers["report_visits"]]
    if not codes:
        return figure("results", title, both("尚无走访结果。", "No visit has come back yet."), source=source)
    sizes = parts([counted[code] for code in codes], view.limit)
    chart = bars(
        [
            Bar(*view.label("outcomes", code), size.length, size.text, _fill(code, size))
            for code, size in zip(codes, sizes, strict=True)
        ],
        title, "results",
    )  # fmt: skip
    total = view.count(sum(counted.values()))
    rows = [[both(*view.label("outcomes", c)), size.cell] for c, size in zip(codes, sizes, strict=True)]
    rows.append([both("合计", "Total"), total.cell])
    heads = [both("结果", "Result"), both("走访次数", "Visits")]
    lead = both(
        f"近12个月共{total.text}次走访。实心：属实；浅色：不属实；斜线：未得结果。",
        f"{total.text} visits in twelve months. Solid: confirmed; light: not; hatched: no result.",
    )
    numbers = table(heads, rows, both(*title), is_named=True, has_total=True)
    return figure("results", title, lead, chart, folded(SHOW, numbers), source=source)


def _fill(code: str, size: Count) -> str:
    if not size.is_shown:
        return WITHHELD
    return SOLID if code in CONFIRMED else HATCHED if code in _NO_RESULT else LIGHT


def by_month(view: View) -> Html:
    """Visits month by month, confirmed and not."""
    title = ("走访逐月变化", "Visits month by month")
    months = view.month.window(12)
    months = [m for m in months if m >= min((*view.months, view.month))]
    words = (("属实", "confirmed"), ("未得结果", "no result"), ("不属实", "not confirmed"))
    cells = []
    for month in months:
        rows = [row for row in view.rows("report_visits") if row["visit_month"] == month.start]
        yes = sum(row["visits"] for row in rows if row["outcome"] in CONFIRMED)
        none = sum(row["visits"] for row in rows if row["outcome"] in _NO_RESULT)
        cells.append(parts([yes, none, sum(row["visits"] for row in rows) - yes - none], view.limit))
    totals = [view.count(sum(count.value for count in line)) for line in cells]
    chart = month_bars(
        [str(m) for m in months],
        list(zip(*cells, strict=True)),
        [t.text for t in totals],
        title,
        "visit-months",
    )
    table_rows = [
        [str(month), *(count.cell for count in line), total.cell]
        for month, line, total in zip(months, cells, totals, strict=True)
    ]
    heads = [both("走访月份", "Month of visit"), *(both(*w) for w in words), both("合计", "Total")]
    return figure(
        "visit-months", title, both("按走访日期计。", "By the day of the visit."),
        legend(list(zip((SOLID, HATCHED, LIGHT), words, strict=True))), chart,
        folded(SHOW, table(heads, table_rows, both(*title), is_named=True)),
        source=[view.answers["report_visits"]],
    )  # fmt: skip


def delays(view: View) -> Html:
    """Median days from the first signal to the list, to the visit, to help."""
    title = ("多快得到帮助", "How fast help comes")
    row = view.own_precision or {}
    steps = (
        ("days_signal_to_listing", ("首次命中 → 列入", "first match → list")),
        ("days_listing_to_visit", ("列入 → 走访", "list → visit")),
        ("days_visit_to_help", ("走访 → 救助", "visit → help")),
    )
    # A median of very few households is nearly the date of one of them.
    few = view.count(row.get("visited", 0))
    items = "".join(
        f'<li id="{name}"><strong>{_days(row.get(name)) if few.is_shown else few.cell}</strong> '
        f"{both('天', 'days')}<br>{both(*words)}</li>"
        for name, words in steps
    )
    listed, not_visited = (view.count(row.get(name, 0)) for name in ("listed", "not_visited"))
    return figure(
        "delays", title,
        both(
            f"中位数，近12个月名单上的{listed.text}户；其中{not_visited.text}户尚未走访。",
            f"Medians of {listed.text} households of twelve months' lists; {not_visited.text} not visited.",
        ),
        Html(f'<ul class="steps">{items}</ul>'), source=[view.answers["report_precision"]],
    )  # fmt: skip


def _days(value) -> str:
    return "–" if value is None else f"{value:.1f}".removesuffix(".0")


def spared(view: View) -> Html:
    """Visits that better data would have spared: each number should be 0."""
    title = ("本可避免的走访", "Visits that should not happen")
    row = view.own_precision or {}
    items = []
    for name, words in (
        ("deceased_visited", ("走访时已故", "deceased when visited")),
        ("moved_visited", ("走访时已搬离", "moved away when visited")),
        ("covered_visited", ("列入前已在保", "covered before it was listed")),
    ):
        size = view.count(row.get(name, 0))
        kind = "bad" if size.value else "good"
        items.append(f'<li id="{name}"><strong class="{kind}">{size.cell}</strong><br>{both(*words)}</li>')
    return figure(
        "spared", title, both("近12个月，均应为0。", "In twelve months; each should be 0."),
        Html(f'<ul class="steps">{"".join(items)}</ul>'), source=[view.answers["report_precision"]],
    )  # fmt: skip


def burden(view: View) -> Html:
    """Households above the bar against the visits each town can make, and whether towns are treated alike."""
    title = ("镇街负担与公平", "Loads of the towns, and fairness")
    names = {town.code: town for town in view.towns}
    lines, rows = [], []
    nothing = Count(0)
    for row in view.rows("report_loads"):
        town = names[row["town_code"]]
        counts = view.by_town.get(town.code, {"listed": nothing, "waiting": nothing})
        listed, waiting = counts["listed"], counts["waiting"]
        is_open = listed.is_shown and waiting.is_shown
        lines.append(Load(*town.short, listed, waiting, row["visits"]))
        no = both("否", "no")
        unlike = Html(f'<span class="bad">{both("显著", "yes")}</span>') if row["is_unlike_city"] else no
        rows.append(
            [
                both(town.name_zh, town.short[1]), listed.cell, waiting.cell, row["visits"],
                _if(is_open, row["load"], "{:.2f}"), _if(is_open, row["served_share"], "{:.0%}"),
                _if(is_open, row["above_bar_per_1000"], "{:.1f}"), unlike if is_open else "*",
                _if(is_open, row["lowest_priority_listed"], "{}"),
                _if(is_open, row["highest_priority_waiting"], "{}"), row["longest_wait_months"],
            ]
        )  # fmt: skip
    heads = [
        both("镇街", "Town"), both("列入", "Listed"), both("候补", "Waiting"),
        both("可走访", "Visits it can make"),
        both("负担（达标户/可走访）", "Load"), both("列入比例", "Share served"),
        both("每千户达标", "Above the bar per 1,000 households"), both("与全市差异", "Unlike the city"),
        both("列入最低分", "Lowest score listed"), both("候补最高分", "Highest score waiting"),
        both("最长等候（月）", "Longest wait (months)"),
    ]  # fmt: skip
    words = (("列入", "listed"), ("候补", "waiting"), ("可走访户数", "visits the town can make"))
    return figure(
        "loads", title,
        both(
            "橙线为该镇街本月可走访户数。候补最高分不应明显高于其他镇街的列入最低分。",
            "The orange mark is what the town can visit. No town's best waiting household should outscore by "
            "far what another town lists.",
        ),
        legend(list(zip((SOLID, DOTTED, WARM), words, strict=True))), loads(lines, title, "loads"),
        scrolling(table(heads, rows, both(*title), is_named=True), title),
        source=[view.answers["report_loads"]], kind="long",
    )  # fmt: skip


def _if(is_open: bool, value, form: str) -> Number:
    if value is None:
        return Number("–")
    return Number(form.format(value) if is_open else "*")
