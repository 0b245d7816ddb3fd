"""Sources: what the departments delivered, and who could therefore not be assessed."""

from __future__ import annotations

from collections import defaultdict

from pipelines.delivery import STATUSES
from pipelines.department import DEPARTMENTS
from pipelines.page import Html, Number, both, escaped, table
from pipelines.report.arrivals import Arrival
from pipelines.report.shell import figure, scrolling
from pipelines.report.small import Count, grid
from pipelines.report.view import View

# Told apart without colour: by shape.
_MARKS = {"accepted": "●", "warned": "◐", "held": "■", "missing": "○", "not due": "·"}


def deliveries(view: View) -> Html:
    """A row for each extract: status now and in twelve months, rows, what was set aside and repaired."""
    title = ("各部门报送情况", "Deliveries by department")
    heads = [
        both("部门", "Department"), both("数据", "Extract"), both("本月", "This month"),
        both("所用数据", "Rows used"),
        both("近12个月", "12 months"), both("收到行", "Rows in"), both("采用", "Accepted"),
        both("退回", "Set aside"), both("修正值", "Values repaired"),
    ]  # fmt: skip
    rows = [
        [both(*DEPARTMENTS.get(a.department, (a.department,) * 2)), *_cells(view, a)] for a in view.arrivals
    ]
    now = [a.status for a in view.arrivals]
    held, late, repaired = now.count("held"), now.count("missing"), sum(a.repaired for a in view.arrivals)
    lead = both(
        f"本月{len(now)}项数据：{late}项未收到，{held}项暂不采用，修正{repaired:,}个值。"
        "图例：● 已采用　◐ 采用，有提醒　■ 暂不采用　○ 未收到　· 无需报送",
        f"{len(now)} extracts: {late} did not arrive, {held} are held, {repaired:,} values were repaired. "
        "● accepted ◐ accepted with warnings ■ held ○ missing · not due",
    )
    return figure(
        "deliveries", title, lead, scrolling(table(heads, rows, both(*title), is_named=True), title),
        source=Html(
            "<p>"
            + both("来源", "Source")
            + f" <code>published/month={view.month}/manifest.json</code>, <code>inputs.extracts</code></p>"
        ),
        kind="long",
    )  # fmt: skip


def _cells(view: View, arrival: Arrival) -> list:
    zh, en = STATUSES[arrival.status]
    kind = "bad" if arrival.status in ("held", "missing") else "good" if arrival.status == "accepted" else ""
    if arrival.as_of:
        used = both(f"沿用{arrival.as_of}", f"as of {arrival.as_of}")
    elif arrival.is_gap and arrival.status != "not due":
        used = Html(f'<span class="bad">{both("空缺", "none")}</span>')
    else:
        used = both("本月", "this month")
    months = view.month.window(len(arrival.statuses))
    strip = "".join(
        f'<span title="{month} {escaped(STATUSES[status][0])} / {escaped(STATUSES[status][1])}">'
        f"{_MARKS[status]}</span>"
        for month, status in zip(months, arrival.statuses, strict=True)
    )
    spoken = escaped(
        "; ".join(f"{m} {STATUSES[s][1]}" for m, s in zip(months, arrival.statuses, strict=True))
    )
    accepted = view.count(arrival.accepted)
    rows_in = accepted if not accepted.is_shown else Count(arrival.rows_in)
    return [
        both(arrival.title_zh, arrival.title_en),
        Html(f'<span class="{kind}">{_MARKS[arrival.status]} {both(zh, en)}</span>'),
        used,
        Html(f'<span role="img" class="strip" aria-label="{spoken}">{strip}</span>'),
        rows_in.cell,
        accepted.cell,
        arrival.rejected,
        arrival.repaired,
    ]


def coverage(view: View) -> Html:
    """Share of households whose dimension cannot be told, by town and dimension."""
    title = ("谁无法判断", "Who could not be assessed")
    dimensions = sorted(
        {row["dimension"] for row in view.rows("report_coverage")}, key=list(view.labels["dimensions"]).index
    )
    cells: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in view.rows("report_coverage"):
        cells[row["town_code"]][row["dimension"]] = (row["households_unknown"], row["households"])
    towns = [town for town in view.towns if town.code in cells]
    unknown = [[cells[t.code].get(d, (0, 0))[0] for d in dimensions] for t in towns]
    homes = [[cells[t.code].get(d, (0, 0))[1] for d in dimensions] for t in towns]
    counts = grid(unknown, view.limit, rows_add_up=False, columns_add_up=view.is_city)
    rows = [
        [both(town.name_zh, town.short[1]), *(_shaded(c, h) for c, h in zip(line, of, strict=True))]
        for town, line, of in zip(towns, counts, homes, strict=True)
    ]
    if view.is_city:
        sums = [
            _shaded(view.count(sum(line[place] for line in unknown)), sum(line[place] for line in homes))
            for place in range(len(dimensions))
        ]
        rows.append([both("全市", "City"), *sums])
    heads = [both("镇街", "Town"), *(both(*view.label("dimensions", d)) for d in dimensions)]
    return figure(
        "coverage", title,
        both(
            "每类困难中，因数据不覆盖、未收到或暂不采用而无法判断的家庭比例（着色越重越多）。"
            "无法判断不等于没有困难。",
            "Share of households whose dimension cannot be told because a source does not cover them, is "
            "missing or held. Unknown is not the same as no hardship.",
        ),
        scrolling(table(heads, rows, both(*title), is_named=True, has_total=view.is_city), title),
        source=[view.answers["report_coverage"]], kind="long",
    )  # fmt: skip


def _shaded(count: Count, households: int) -> Number:
    if not count.is_shown:
        return count.cell
    share = count.value / households if households else 0
    return Number(
        f'<span style="background:rgba(var(--shade),{0.55 * share:.2f});padding:1px 6px;border-radius:4px">'
        f"{100 * share:.0f}%</span>"
    )
