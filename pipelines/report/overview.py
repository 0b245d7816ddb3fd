"""Overview: the month on one screen: headline numbers, what to notice, the towns and the months."""

from __future__ import annotations

from pipelines.page import Html, both, bullets, table
from pipelines.report.charts import month_bars
from pipelines.report.drawing import HATCHED, LIGHT, SOLID, WITHHELD, legend
from pipelines.report.mosaics import Tile, town_map
from pipelines.report.shell import NOBODY, SHOW, card, figure, folded
from pipelines.report.small import Count, parts
from pipelines.report.view import View, percent

_LATE = ("missing", "held")


def cards(view: View) -> Html:
    """Households listed, new, waiting, helped; how often visits found hardship; what did not arrive."""
    listed, new, waiting = (view.count(view.total(name)) for name in ("listed", "listed_new", "waiting"))
    helped = view.count(sum(row["helped"] for row in view.rows("report_helped")))
    found = [
        card("listed", ("本月列入", "Households listed"), listed.text, _against_before(view, "listed")),
        card("new", ("其中新增", "Of these new"), new.text, _against_before(view, "listed_new")),
        card("waiting", ("名额已满候补", "Waiting"), waiting.text, _against_before(view, "waiting")),
        card(
            "helped", ("近12个月已救助", "Helped in 12 months"), helped.text,
            both("走访后救助，或列入后纳入救助", "after a visit, or covered since listed"), "is-good",
        ),
        _precision_card(view),
    ]  # fmt: skip
    if view.is_city:
        late = sum(a.status in _LATE for a in view.arrivals)
        gaps = sum(a.is_gap and a.status in _LATE for a in view.arrivals)
        found.append(
            card(
                "late", ("迟报或暂不采用的数据", "Extracts late or held"), f"{late} / {len(view.arrivals)}",
                both(f"其中{gaps}项本月空缺", f"{gaps} of them a gap this month"),
                "is-warn" if late else "is-good",
            )
        )  # fmt: skip
    return Html(f'<dl class="cards">{"".join(found)}</dl>')


def _precision_card(view: View) -> Html:
    row = view.own_precision
    title = ("走访属实率", "Confirmed by visits")
    if row is None or not row["visited"]:
        return card("precision", title, "–", both("尚无走访结果", "no visit has come back yet"))
    counts = parts([row["confirmed"], row["visited"] - row["confirmed"]], view.limit)
    if not counts[0].is_shown:
        return card("precision", title, counts[0].text, both("数目过小，不予显示", "too few to be shown"))
    low, high = percent(row["precision_low"]), percent(row["precision_high"])
    return card(
        "precision", title, percent(row["precision"]),
        both(
            f"走访有结果{row['visited']:,}户；95%区间{low}–{high}",
            f"of {row['visited']:,} visited; 95 % interval {low}–{high}",
        ),
    )  # fmt: skip


def _against_before(view: View, column: str) -> Html:
    if len(view.months) < 2 or view.months[-2] != view.month.plus(-1):
        return both("上月未发布", "no list the month before")
    before = view.count(view.total(column, view.months[-2])).text
    return both(f"上月 {before} 户", f"{before} the month before")


def points(view: View) -> Html:
    """What to notice, in sentences."""
    steps = view.manifest["steps"]
    people, homes = steps["link"]["resident_profile"], steps["link"]["household_profile"]
    matched, listed = view.count(view.total("matched")), view.count(view.total("listed"))
    found = [
        both(
            f"{people:,}名居民、{homes:,}户家庭经比对，{matched.text}户命中规则，{listed.text}户列入走访名单。",
            f"Of {people:,} residents in {homes:,} households, {matched.text} households match a rule and "
            f"{listed.text} are listed for a visit.",
        )
    ]
    rates = [
        (1000 * counts["listed"].value / view.of_month[town.code]["residents"], town)
        for town in view.towns
        if (counts := view.by_town.get(town.code)) and counts["listed"].is_shown and counts["listed"].value
        and view.of_month[town.code]["residents"]
    ]  # fmt: skip
    if rates:
        rate, town = max(rates, key=lambda pair: (pair[0], pair[1].code))
        found.append(
            both(
                f"按每千名居民计，列入最多的是{town.name_zh}（{rate:.1f}户）。",
                f"Most per 1,000 residents: {town.short[1]} ({rate:.1f} households).",
            )
        )
    over = [row for row in view.rows("report_loads") if row["load"] is not None and row["load"] > 1]
    if over:
        names = {town.code: town for town in view.towns}
        found.append(
            both(
                f"{len(over)}个镇街达标户超过可走访户数："
                + "、".join(names[row["town_code"]].name_zh for row in over) + "。",
                f"More households above the bar than visits ({len(over)} of the towns): "
                + ", ".join(names[row["town_code"]].short[1] for row in over) + ".",
            )
        )  # fmt: skip
    else:
        found.append(
            both(
                "各镇街名单均在可走访户数之内。",
                "No town has more households above the bar than it can visit.",
            )
        )
    late = [a for a in view.arrivals if a.status in _LATE]
    if late:
        found.append(
            both(
                f"迟报或暂不采用：{'、'.join(a.title_zh for a in late)}；相应困难按规则可能无法判断。",
                f"Late or held: {', '.join(a.title_en for a in late)}; what rests on them may be unknown.",
            )
        )
    spared = view.own_precision
    if spared and spared["visited"]:
        wrong = [
            view.count(spared[name]) for name in ("deceased_visited", "moved_visited", "covered_visited")
        ]
        if any(count.value for count in wrong):
            zh = "、".join(
                f"{word}{count.text}户"
                for word, count in zip(("已故", "已搬离", "已在保"), wrong, strict=True) if count.value
            )  # fmt: skip
            en = ", ".join(
                f"{count.text} {word}"
                for word, count in zip(("deceased", "moved", "covered"), wrong, strict=True) if count.value
            )  # fmt: skip
            found.append(both(f"本可避免的走访：{zh}（应为0）。", f"Visits that should not happen: {en}."))
    return bullets(found)


def town_tiles(view: View) -> Html:
    """The schematic map: households listed per 1,000 residents."""
    title = ("每千名居民列入户数", "Households listed per 1,000 residents")
    rates = {
        town.code: 1000 * view.by_town[town.code]["listed"].value / view.of_month[town.code]["residents"]
        if view.of_month.get(town.code, {}).get("residents")
        else 0.0
        for town in view.towns
    }
    shown = {code: rate for code, rate in rates.items() if view.by_town[code]["listed"].is_shown}
    most = max(shown.values(), default=0) or 1
    tiles = [
        Tile(
            town.column, town.row, *town.short,
            f"{rates[town.code]:.1f}" if town.code in shown else view.by_town[town.code]["listed"].text,
            shown[town.code] / most if town.code in shown else None,
        )
        for town in view.towns
    ]  # fmt: skip
    return figure(
        "map", title,
        both(
            "示意图：方块按各镇街相对位置排列，不表示边界；着色越重，比例越高。",
            "Schematic: tiles stand where the towns lie towards each other; the stronger the shade, the "
            "higher the rate.",
        ),
        _withheld_legend(view), town_map(tiles, title, "map"), source=[view.answers["report_towns"]],
    )  # fmt: skip


def trend(view: View) -> Html:
    """Listed households month by month, in three parts."""
    title = ("名单逐月变化", "The list month by month")
    words = (
        ("新增", "new"),
        ("加重或重新列入", "escalated or reopened"),
        ("持续或减轻", "as before or fewer"),
    )
    columns = (("listed_new",), ("escalated", "reopened"), ("continuing", "de_escalated"))
    months = [
        parts([sum(view.total(name, m) for name in names) for names in columns], view.limit)
        for m in view.months
    ]
    totals = [view.count(view.total("listed", m)) for m in view.months]
    drawn = NOBODY
    if any(total.value for total in totals):
        columns_of = list(zip(*months, strict=True))
        texts = [total.text for total in totals]
        drawn = month_bars([str(m) for m in view.months], columns_of, texts, title, "trend")
    rows = [
        [str(m), *(count.cell for count in cells), total.cell, view.count(view.total("waiting", m)).cell]
        for m, cells, total in zip(view.months, months, totals, strict=True)
    ]
    heads = [
        both("月份", "Month"),
        *(both(*w) for w in words),
        both("列入", "Listed"),
        both("候补", "Waiting"),
    ]
    fills = (SOLID, HATCHED, LIGHT)
    return figure(
        "trend", title, both("每月走访名单上的户数。", "Households on the lists of each month."),
        legend(list(zip(fills, words, strict=True))), drawn,
        folded(SHOW, table(heads, rows, both(*title), is_named=True)),
        source=[view.answers["report_towns"]],
    )  # fmt: skip


def _withheld_legend(view: View) -> Html:
    if all(counts["listed"].is_shown for counts in view.by_town.values()):
        return Html("")
    return legend([(WITHHELD, (f"不足{view.limit}户或为保护隐私不显示", f"below {view.limit}, or withheld"))])


def rate_of(count: Count, whole: int) -> Html:
    """Households per 1,000, withheld with the count."""
    return count.rate(whole)
