"""Precision: how often visits find what lists say, by month, town and combination, and below the bar."""

from __future__ import annotations

from pipelines.page import Html, Number, both, table
from pipelines.report.answers import Answer
from pipelines.report.charts import Interval, intervals
from pipelines.report.shell import figure, folded, scrolling
from pipelines.report.small import Count, grid, parts
from pipelines.report.view import View, percent

_SHOWN_COMBINATIONS = 15
_SHARE = ("属实率（95%区间）", "Confirmed (95 % interval)")


def by_month(view: View) -> Html:
    """The city's share in each month's own view of the twelve months before."""
    title = ("属实率逐月变化", "Confirmed by visits, month by month")
    rows = [row for row in view.rows("report_precision_by_month") if row["visited"]]
    lines = []
    for row in rows:
        found = interval_of(view, (f"{row['month']:%Y-%m}",) * 2, row)
        # With the counts of two months beside each other a reader could tell what few visits changed.
        lines.append(Interval(found.name_zh, found.name_en, found.share, found.low, found.high,
                              percent(found.share)))  # fmt: skip
    drawn = [intervals(lines, title, "precision-months")] if lines else []
    return figure(
        "precision-months", title,
        both(
            "每月按其前十二个月的走访结果计。" if lines else "尚无走访结果。",
            "Each month by the visits of its twelve months." if lines else "No visit has come back yet.",
        ),
        *drawn, source=[view.answers["report_precision_by_month"]],
    )  # fmt: skip


def by_town(view: View) -> Html:
    """Listed, not visited, visited, confirmed and the days it took, town by town."""
    title = ("各镇街走访情况", "Visits by town")
    names = [(("town", town.code), both(town.name_zh, town.short[1])) for town in view.towns]
    return _table(view, "precision-towns", title, names, ("镇街", "Town"))


def by_combination(view: View) -> Html:
    """The same for the combinations of rules that were visited most."""
    title = ("规则组合的属实率", "Combinations of rules")
    found = sorted(
        (row for (scope, _), row in view.precision.items() if scope == "combination"),
        key=lambda row: (-row["visited"], -row["listed"], row["subject"]),
    )
    names = [(("combination", row["subject"]), _titles(view, row["subject"])) for row in found]
    return _table(
        view, "precision-combinations", title, names, ("同时命中的规则", "Rules that match together")
    )


def by_place(view: View) -> Html:
    """The same by place on the towns' lists: whether the order puts hardship first."""
    title = ("名单位次与属实率", "Confirmed by place on the list")
    names = [
        (("place", place), both(f"第{place.rstrip('-')}{'位' if place[-1] != '-' else '位起'}", words))
        for place, words in _PLACES
    ]
    return _table(view, "precision-places", title, names, ("位次", "Place on the list"))


def _titles(view: View, combination: str) -> Html:
    rules = [view.rules.rules.get(rule_id) for rule_id in combination.split("+")]
    if None in rules:
        return both(combination, combination)
    return both("＋".join(rule.title_zh for rule in rules), " + ".join(rule.title_en for rule in rules))


def _table(view: View, key: str, title: tuple[str, str], names: list, first: tuple[str, str]) -> Html:
    nothing = dict.fromkeys(("listed", "not_visited", "visited", "confirmed"), 0)
    rows = [view.precision.get(place, nothing) for place, _ in names]

    def pairs(part: str, whole: str) -> list[list[Count]]:
        # Lines and columns add up to numbers that stand on the page.
        return grid([[row[part], row[whole] - row[part]] for row in rows], view.limit, True, True)

    def column(name: str) -> list[Count]:
        return [cells[0] for cells in grid([[row[name]] for row in rows], view.limit, False, True)]

    confirmed, not_visited = pairs("confirmed", "visited"), pairs("not_visited", "listed")
    counted = zip(column("listed"), column("visited"), strict=True)
    cells = []
    for (_, name), row, yes, away, (listed, visited) in zip(
        names, rows, confirmed, not_visited, counted, strict=True
    ):
        is_open = row["visited"] and all(count.is_shown for count in (*yes, visited))
        days = row.get("days_listing_to_visit")
        cells.append(
            [
                name, listed.cell, away[0].cell, visited.cell,
                Number(_share(row)) if is_open else Number("*" if row["visited"] else "–"),
                Number("–" if days is None else f"{days:.1f}" if is_open else "*"),
            ]
        )  # fmt: skip
    heads = [
        both(*first), both("近12个月列入", "Listed in 12 months"), both("尚未走访", "Not visited"),
        both("走访有结果", "Visited"), both(*_SHARE), both("列入至走访天数", "Days from list to visit"),
    ]  # fmt: skip
    shown = scrolling(table(heads, cells[: _FIRST[key]], both(*title), is_named=True), title)
    rest = cells[_FIRST[key] :]
    more = [
        folded((f"其余{len(rest)}种", f"{len(rest)} more"), table(heads, rest, both(*title), is_named=True))
    ] if rest else []  # fmt: skip
    return figure(
        key, title,
        both(
            "近12个月名单上的家庭及其走访结果；天数为中位数。",
            "Households on the lists of twelve months and what visits found; days are medians.",
        ),
        *([shown, *more] if cells else []), source=[view.answers["report_precision"]], kind="long",
    )  # fmt: skip


_PLACES = (("1-10", "1 to 10"), ("11-20", "11 to 20"), ("21-50", "21 to 50"), ("51-", "51 and below"))
_FIRST = {"precision-places": 4, "precision-towns": 100, "precision-combinations": _SHOWN_COMBINATIONS}


def _share(row: dict) -> str:
    low, high = percent(row["precision_low"]), percent(row["precision_high"])
    return f"{percent(row['precision'])} ({low}–{high})"


def measured_by_visits(view: View, row: dict | None) -> tuple[Html, Html]:
    """Share and interval as text, and how many were visited."""
    if row is None or not row["visited"]:
        return Number("–"), Number("0")
    visited = view.count(row["visited"])
    confirmed = parts([row["confirmed"], row["visited"] - row["confirmed"]], view.limit)[0]
    if not visited.is_shown or not confirmed.is_shown:
        return confirmed.cell, visited.cell
    return Number(_share(row)), visited.cell


def interval_of(view: View, words: tuple[str, str], row: dict) -> Interval:
    """A row of metrics as a point on the line of what it may be."""
    visited = view.count(row["visited"])
    confirmed = parts([row["confirmed"], row["visited"] - row["confirmed"]], view.limit)[0]
    if not row["visited"] or not visited.is_shown or not confirmed.is_shown:
        return Interval(*words, None, None, None, f"–  ({visited.text})")
    low, share, high = (float(row[name]) for name in ("precision_low", "precision", "precision_high"))
    return Interval(*words, share, low, high, f"{percent(share)}  ({confirmed.text}/{visited.text})")


def audit(view: View) -> Html:
    """What visits found among households drawn at random below the bar; for the bureau alone."""
    title = ("随机抽查：规则漏了谁", "The audit sample: whom the rules miss")
    drawn = {row["stratum"]: row for row in view.rows("report_audit_sample")}
    rows = []
    for code, words in view.labels["strata"].items():
        measured = view.precision.get(("audit", code))
        share, visited = measured_by_visits(view, measured)
        counts = drawn.get(code, {"drawn": 0, "eligible_now": 0})
        rows.append(
            [both(*words), counts["eligible_now"] or 0, view.count(counts["drawn"]).cell, visited, share]
        )
    heads = [
        both("抽自", "Drawn from"), both("本月可抽户数", "Households now"),
        both("近12个月抽取", "Drawn in 12 months"),
        both("走访有结果", "Visited"), both("属实率（95%区间）", "In hardship (95 % interval)"),
    ]  # fmt: skip
    sources: list[Answer] = [view.answers["report_audit_sample"], view.answers["report_precision"]]
    return figure(
        "audit", title,
        both(
            "每月在名单之外随机抽取少量家庭，镇街不知其为抽查户；属实率越高，规则漏得越多。",
            "A few households on no list are drawn each month; no town knows which. The higher, the more are "
            "missed.",
        ),
        scrolling(table(heads, rows, both(*title), is_named=True), title), source=sources,
    )  # fmt: skip
