"""Lists: who is on them, town by town, by what overlaps, by hukou, and who was left out for which reason."""

from __future__ import annotations

from collections import Counter

from pipelines.page import Html, Number, both, table
from pipelines.report.charts import Bar, bars
from pipelines.report.drawing import HATCHED, LIGHT, WITHHELD
from pipelines.report.mosaics import overlaps
from pipelines.report.shell import NOBODY, SHOW, figure, folded, scrolling
from pipelines.report.small import grid, parts
from pipelines.report.view import NO_TOWN, View

_SHOWN_COMBINATIONS = 12
_ALONE = ("仅符合单独列入规则", "lists on its own")

# In the order in which detect decides them.
_REASONS = (
    "covered", "deceased", "conflict", "assets", "recently_verified", "unassessable", "below_bar",
    "waiting_for_capacity",
)  # fmt: skip


def by_town(view: View) -> Html:
    """A row for every town, numbers and rates per 1,000 residents."""
    title = ("各镇街", "By town")
    heads = [
        both("镇街", "Town"), both("居民", "Residents"), both("家庭", "Households"), both("列入", "Listed"),
        both("每千居民", "per 1,000 residents"), both("新增", "New"), both("候补", "Waiting"),
        both("近12个月已救助", "Helped in 12 months"), both("每千居民", "per 1,000 residents"),
    ]  # fmt: skip
    names = {town.code: both(town.name_zh, town.short[1]) for town in view.towns}
    rows = []
    for code, counts in view.by_town.items():
        now = view.of_month.get(code or None, {"residents": 0, "households": 0})
        rows.append(
            [
                names.get(code, both(*NO_TOWN)), now["residents"], now["households"], counts["listed"].cell,
                counts["listed"].rate(now["residents"]), counts["listed_new"].cell, counts["waiting"].cell,
                counts["helped"].cell, counts["helped"].rate(now["residents"]),
            ]
        )  # fmt: skip
    people, homes = view.total("residents"), view.total("households")
    listed, new, waiting = (view.count(view.total(name)) for name in ("listed", "listed_new", "waiting"))
    helped = view.count(sum(row["helped"] for row in view.rows("report_helped")))
    rows.append(
        [both("全市", "City"), people, homes, listed.cell, listed.rate(people), new.cell, waiting.cell,
         helped.cell, helped.rate(people)]
    )  # fmt: skip
    return figure(
        "towns-table", title,
        both(
            "居民为月末在册且在世的人员，按本月数据，非统计人口。",
            "Residents: alive and present at month end, by the month's data."
        ),
        scrolling(table(heads, rows, both(*title), is_named=True, has_total=True), title),
        source=[view.answers["report_towns"], view.answers["report_helped"]], kind="long",
    )  # fmt: skip


def combinations(view: View) -> Html:
    """Which dimensions occur together among listed households."""
    title = ("哪些困难叠加", "Which kinds of hardship overlap")
    counted: Counter[str] = Counter()
    for row in view.rows("report_dimensions"):
        counted[row["combination"]] += row["households"]
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    sizes = parts([households for _, households in ordered], view.limit)
    codes = list(view.labels["dimensions"])
    found = [
        (
            frozenset([len(codes)])
            if not combination
            else frozenset(map(codes.index, combination.split("+"))),
            size,
        )
        for (combination, _), size in zip(ordered, sizes, strict=True)
    ]
    sets = [*view.labels["dimensions"].values(), _ALONE]
    names = [
        both(*("＋".join(sets[place][language] for place in sorted(members)) for language in (0, 1)))
        for members, _ in found
    ]
    rows = [[name, size.cell] for name, (_, size) in zip(names, found, strict=True)]
    rows.append([both("合计", "Total"), view.count(view.total("listed")).cell])
    more = len(found) - _SHOWN_COMBINATIONS
    lead = both(
        "每根柱为一种困难组合，下方实心点表示其中包含的困难。"
        + (f"另有{more}种组合见表。" if more > 0 else ""),
        "A bar for each combination; filled dots say what is in it."
        + (f" {more} more combinations in the table." if more > 0 else ""),
    )
    heads = [both("困难组合", "Combination"), both("户数", "Households")]
    drawn = [NOBODY]
    if found:
        numbers = table(heads, rows, both(*title), is_named=True, has_total=True)
        drawn = [overlaps(sets, found[:_SHOWN_COMBINATIONS], title, "combinations"), folded(SHOW, numbers)]
    return figure(
        "combinations", title, lead, *drawn,
        source=[view.answers["report_dimensions"]],
    )  # fmt: skip


def funnel(view: View) -> Html:
    """From households with a match to those listed, every exclusion a step."""
    title = ("从居民到名单", "From residents to the list")
    counted: Counter[str] = Counter()
    for row in view.rows("report_exclusions"):
        counted[row["reason"]] += row["households"]
    reasons = [*_REASONS, *sorted(set(counted) - set(_REASONS))]
    reasons = [reason for reason in reasons if counted[reason]]
    matched, listed = view.total("matched"), view.total("listed")
    sizes = parts([*(counted[reason] for reason in reasons), listed], view.limit)
    left = float(matched)
    steps = [Bar("命中规则", "Match a rule", matched, view.count(matched).text)]
    for reason, size in zip(reasons, sizes, strict=False):
        left -= size.length
        fill = LIGHT if size.is_shown else WITHHELD
        steps.append(Bar(*view.label("reasons", reason), size.length, f"−{size.text}", fill, max(left, 0)))
    steps.append(Bar("列入走访名单", "Listed", sizes[-1].length, sizes[-1].text, HATCHED))
    rows = [[both("命中规则", "Match a rule"), view.count(matched).cell]]
    rows += [
        [both(*view.label("reasons", r)), Number("−" + size.cell)]
        for r, size in zip(reasons, sizes, strict=False)
    ]
    rows.append([both("列入走访名单", "Listed"), sizes[-1].cell])
    steps_before = view.manifest["steps"]["link"] if view.is_city else None
    people = steps_before["resident_profile"] if steps_before else view.total("residents")
    homes = steps_before["household_profile"] if steps_before else view.total("households")
    heads = "".join(
        f"<li><strong>{number:,}</strong><br>{both(*words)}</li>"
        for number, words in (
            (people, ("居民（月末在册且在世）", "residents alive and present")),
            (homes, ("家庭", "households")),
            (
                homes - min(homes, matched),
                ("未命中任何规则（包括无法判断）", "match no rule, or cannot be assessed"),
            ),
        )
    )
    table_of = table([both("步骤", "Step"), both("户数", "Households")], rows, both(*title), True, True)
    return figure(
        "funnel", title,
        both(
            "命中规则的家庭，或列入名单，或以一个主要原因不列入；两者相加不多不少。",
            "A household with a match is listed or left out for one leading reason; together they are all.",
        ),
        Html(f'<ul class="steps">{heads}</ul>'), bars(steps, title, "funnel") if matched else NOBODY,
        folded(SHOW, table_of),
        source=[view.answers["report_exclusions"], view.answers["report_towns"]],
    )  # fmt: skip


def by_hukou(view: View) -> Html:
    """Residents, households and those listed by whether a member has local hukou."""
    title = ("按户籍情况", "By hukou")
    columns = ("residents", "households", "listed", "listed_new")
    sums = {
        code: [sum(r[c] for r in view.rows("report_hukou") if r["hukou"] == code) for c in columns]
        for code in view.labels["hukou"]
    }
    sums = {code: row for code, row in sums.items() if any(row)}
    listed = parts([row[2] for row in sums.values()], view.limit)
    new = grid([[row[3], row[2] - row[3]] for row in sums.values()], view.limit, True, True)
    rows = [
        [both(*view.label("hukou", code)), row[0], row[1], size.cell, size.rate(row[0]), fresh[0].cell]
        for (code, row), size, fresh in zip(sums.items(), listed, new, strict=True)
    ]
    heads = [
        both("家庭", "Household"), both("居民", "Residents"), both("家庭数", "Households"),
        both("列入", "Listed"), both("每千居民", "per 1,000 residents"), both("新增", "New"),
    ]  # fmt: skip
    return figure(
        "hukou", title,
        both(
            "无本地户籍的家庭按“困难发生地”建议，不建议本地低保。",
            "Without local hukou help is suggested at the place of difficulty, never local dibao.",
        ),
        scrolling(table(heads, rows, both(*title), is_named=True), title),
        source=[view.answers["report_hukou"]],
    )  # fmt: skip
