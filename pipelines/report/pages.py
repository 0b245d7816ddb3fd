"""Pages: what stands on the city's report and on a town's, in which order."""

from __future__ import annotations

from pathlib import Path

from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.page import Html, both, paragraph
from pipelines.report import law, lists, overview, precision, sources, visits
from pipelines.report.shell import figure, whole_page
from pipelines.report.view import View, city_view

# A town's staff see its households' names anyway; nothing of their own page is withheld.
TOWN_LIMIT = 0


def write_pages(folder: Path, month: Month, lake: Lake, rules: Path, limit: int) -> None:
    """Writes the city's page and one page for every town below `folder`."""
    view = city_view(month, lake, rules, limit)
    (folder / "report.html").write_text(city_page(view), encoding="utf-8")
    (folder / "towns").mkdir(exist_ok=True)
    for town in view.towns:
        page = town_page(view.of_town(town.code, TOWN_LIMIT))
        (folder / "towns" / f"{town.code}.html").write_text(page, encoding="utf-8")


def city_page(view: View) -> str:
    """The month's report: for the bureau and whoever it shows it to; small counts are withheld."""
    month = view.month
    notice = figure(
        "points", ("本月要点", "What to notice"), both("由各表自动写出。", "Written from the tables."),
        overview.points(view),
        source=[view.answers[name] for name in ("report_towns", "report_loads", "report_precision")],
    )  # fmt: skip
    screen = Html(
        overview.cards(view)
        + _pair(overview.town_tiles(view), Html(notice + overview.trend(view)), kind="wide")
    )
    sections = [
        ("overview", ("一屏总览", "Overview"), screen),
        ("towns", ("镇街", "Towns"), lists.by_town(view)),
        ("households", ("哪些家庭", "Which households"),
         _pair(Html(lists.combinations(view) + lists.by_hukou(view)), lists.funnel(view))),
        ("law", ("规则", "Rules"), law.rules(view)),
        ("visits", ("走访", "Visits"),
         Html(
             _pair(visits.results(view), visits.by_month(view))
             + _pair(visits.delays(view), visits.spared(view)) + precision.by_month(view)
             + precision.by_place(view) + precision.by_town(view) + precision.by_combination(view)
             + precision.audit(view)
         )),
        ("burden", ("负担与公平", "Loads"), visits.burden(view)),
        ("data", ("数据", "Data"), Html(sources.deliveries(view) + sources.coverage(view))),
        ("formula", ("排序公式", "The order"), law.order(view)),
    ]  # fmt: skip
    subtitle = both(
        f"参照月份 {month} · 内部资料，仅列数字，不含个人信息",
        f"Reference month {month} · internal; numbers only, nobody's data",
    )
    title = (f"困难家庭主动发现月报 {month}", f"Finding households in hardship: report of {month}")
    return whole_page(title, subtitle, sections, _footer(view))


def town_page(view: View) -> str:
    """One town's figures for its own staff: exact numbers, nothing of other towns, no audit sample."""
    town = next(town for town in view.towns if town.code == view.code)
    sections = [
        ("overview", ("总览", "Overview"),
         Html(overview.cards(view) + _pair(overview.trend(view), visits.delays(view)))),
        ("households", ("哪些家庭", "Which households"),
         _pair(Html(lists.combinations(view) + lists.by_hukou(view)), lists.funnel(view))),
        ("law", ("规则", "Rules"), law.rules(view)),
        ("visits", ("走访", "Visits"), Html(visits.results(view) + visits.spared(view))),
        ("data", ("无法判断", "Not assessed"), sources.coverage(view)),
        ("formula", ("排序公式", "The order"), law.order(view)),
    ]  # fmt: skip
    subtitle = both(
        f"参照月份 {view.month} · 仅供本镇街工作人员使用；含小数目，不得外传",
        f"Reference month {view.month} · for this town's staff only: it shows small numbers",
    )
    title = (f"{town.name_zh}月报 {view.month}", f"{town.short[1]}: report of {view.month}")
    return whole_page(title, subtitle, sections, _footer(view))


def _pair(first: Html, second: Html, kind: str = "") -> Html:
    return Html(f'<div class="pair {kind}"><div>{first}</div><div>{second}</div></div>')


def _footer(view: View) -> Html:
    months = "、".join(map(str, view.months))
    withheld = (
        paragraph(
            both(
                f"隐私：少于{view.limit}户的数目显示为“<{view.limit}”；凡可由合计推出小数目的，另以“*”代替。",
                f"Privacy: counts below {view.limit} are shown as <{view.limit}; a number from which a small "
                "one would follow is shown as *.",
            )
        )
        if view.limit
        else ""
    )
    return Html(
        withheld
        + paragraph(
            both(
                f"名单是走访线索，不是审批决定。各图表均由已发布的表（{months}）算出；"
                "查询可用 hardship sql 或任何 DuckDB 工具重算。",
                f"A line on a list is a lead for a visit, never a decision. All figures come from the "
                f"published tables ({months}); run any query again with hardship sql or any DuckDB client.",
            )
        )
    )
