"""Law: which rules fire, how often visits say they are right, and the order of the lists in force."""

from __future__ import annotations

from pipelines.page import Html, Number, both, table
from pipelines.report.answers import Answer
from pipelines.report.charts import Interval, intervals
from pipelines.report.shell import figure, scrolling
from pipelines.report.small import parts
from pipelines.report.view import View, percent


def rules(view: View) -> Html:
    """A row for each rule in force: households matched, unknown, visited, confirmed, with the interval."""
    title = ("规则命中与属实率", "Which rules fire, and how often they are right")
    sums: dict[str, list[int]] = {}
    effects = {}
    for row in view.rows("report_rules"):
        counted = sums.setdefault(row["rule_id"], [0, 0, 0])
        for place, name in enumerate(("matched", "unmatched", "unknown")):
            counted[place] += row[name]
        effects[row["rule_id"]] = row["effect"]
    ordered = sorted(sums, key=lambda r: (effects[r] == "exclude", -sums[r][0], r))
    rows, lines = [], []
    for rule_id in ordered:
        rule = view.rules.rules.get(rule_id)
        words = (rule.title_zh, rule.title_en) if rule else (rule_id, rule_id)
        matched, _, unknown = sums[rule_id]
        measured = view.precision.get(("rule", rule_id)) if view.is_city else None
        share, visited = _measured(view, measured)
        dimension = both(*view.label("dimensions", rule.dimension)) if rule and rule.dimension else "–"
        cells = [
            both(*words), dimension, both(*view.label("effects", effects[rule_id])),
            view.count(matched).cell, view.count(unknown).cell,
        ]  # fmt: skip
        if view.is_city:
            cells += [visited, share]
        rows.append(cells)
        if measured and effects[rule_id] != "exclude":
            lines.append(_interval(view, words, measured))
    heads = [
        both("规则", "Rule"), both("困难类型", "Dimension"), both("作用", "Effect"), both("命中", "Matches"),
        both("无法判断", "Unknown"),
    ]  # fmt: skip
    if view.is_city:
        heads += [both("走访有结果", "Visited"), both("属实率（95%区间）", "Confirmed (95 % interval)")]
    drawn = [intervals(lines, title, "rules")] if lines else []
    lead = both(
        "命中为本月户数；属实率按近12个月走访结果计，横线为95%威尔逊区间，括号内为属实户/走访户。"
        if view.is_city
        else "本月本镇街各规则的命中户数；属实率见全市报告。",
        "Matches of this month; confirmed: visits of twelve months, the line is Wilson's 95 % interval, in "
        "brackets confirmed of visited."
        if view.is_city
        else "Households of this town that match each rule; precision stands in the city's report.",
    )
    sources = ["report_rules", "report_precision"] if view.is_city else ["report_rules"]
    return figure(
        "rules", title, lead, *drawn, scrolling(table(heads, rows, both(*title), is_named=True), title),
        source=[view.answers[name] for name in sources], kind="long",
    )  # fmt: skip


def _measured(view: View, row: dict | None) -> tuple[Html, Html]:
    """Share and interval as text, and how many were visited."""
    if row is None or not row["visited"]:
        return Number("–"), Number("0")
    visited = view.count(row["visited"])
    confirmed = parts([row["confirmed"], row["visited"] - row["confirmed"]], view.limit)[0]
    if not visited.is_shown or not confirmed.is_shown:
        return confirmed.cell, visited.cell
    low, high = percent(row["precision_low"]), percent(row["precision_high"])
    return Number(f"{percent(row['precision'])} ({low}–{high})"), visited.cell


def _interval(view: View, words: tuple[str, str], row: dict) -> Interval:
    visited = view.count(row["visited"])
    confirmed = parts([row["confirmed"], row["visited"] - row["confirmed"]], view.limit)[0]
    if not row["visited"] or not visited.is_shown or not confirmed.is_shown:
        return Interval(*words, None, None, None, f"–  ({visited.text})")
    low, share, high = (float(row[name]) for name in ("precision_low", "precision", "precision_high"))
    return Interval(*words, share, low, high, f"{percent(share)}  ({confirmed.text}/{visited.text})")


def order(view: View) -> Html:
    """The bar, the formula of the order and the table of severity, as selection.yaml has them in force."""
    title = ("名单怎样产生、怎样排序", "Who is listed, and in which order")
    points = view.order.severity
    severity = table(
        [both("数额为标准的倍数", "Figure as a multiple of its limit"), both("严重程度分", "Points")],
        [[f"≥ {ratio}", int(score)] for ratio, score in points.items()],
        both(
            "严重程度分：每类困难取所命中规则的最高分", "Severity: of each dimension the highest of its rules"
        ),
        is_named=True,
    )
    cooling = table(
        [both("走访结果", "What the visit found"), both("不再列入的月数", "Months left alone")],
        [[both(*view.label("outcomes", code)), months] for code, months in view.order.cooling_off.items()],
        both("走访后的间隔", "After a visit"),
        is_named=True,
    )
    values = table(
        [both("参数", "Parameter"), both("现行值", "In force"), both("自", "Since")],
        [
            [both(p.title_zh or name, p.title_en or name), str(value), str(p.since(view.month))]
            for name, p in view.rules.selection.items()
            if not isinstance(value := p.in_force(view.month), dict)
            # A town is not told that there is an audit.
            and (view.is_city or not name.startswith("audit"))
        ],
        both("rules/selection.yaml 现行参数", "rules/selection.yaml as in force"),
        is_named=True,
    )
    return figure(
        "order", title, both(view.order.who, view.order.who_en),
        Html(f'<p class="formula">{both(view.order.formula, view.order.formula_en)}</p>'),
        Html(f'<div class="pair"><div>{severity}</div><div>{cooling}</div></div>'), values,
        source=Html(
            f"<p>{both('来源', 'Source')} <code>rules/selection.yaml</code> · "
            f"{both('任何人可按名单各列复算', 'anybody can work it out from the columns of the list')}</p>"
        ),
        kind="long",
    )  # fmt: skip


def audit(view: View) -> Html:
    """What visits found among households drawn at random below the bar; for the bureau alone."""
    title = ("随机抽查：规则漏了谁", "The audit sample: whom the rules miss")
    drawn = {row["stratum"]: row for row in view.rows("report_audit_sample")}
    rows = []
    for code, words in view.labels["strata"].items():
        measured = view.precision.get(("audit", code))
        share, visited = _measured(view, measured)
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
