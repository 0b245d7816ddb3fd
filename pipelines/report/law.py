"""Law: which rules fire, how often visits say they are right, and the order of the lists in force."""

from __future__ import annotations

from pipelines.page import Html, both, table
from pipelines.report.charts import intervals
from pipelines.report.precision import interval_of, measured_by_visits
from pipelines.report.shell import figure, scrolling
from pipelines.report.view import View


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
        row = view.precision.get(("rule", rule_id)) if view.is_city else None
        share, visited = measured_by_visits(view, row)
        dimension = both(*view.label("dimensions", rule.dimension)) if rule and rule.dimension else "–"
        cells = [
            both(*words), dimension, both(*view.label("effects", effects[rule_id])),
            view.count(matched).cell, view.count(unknown).cell,
        ]  # fmt: skip
        if view.is_city:
            cells += [visited, share]
        rows.append(cells)
        if row and effects[rule_id] != "exclude":
            lines.append(interval_of(view, words, row))
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
