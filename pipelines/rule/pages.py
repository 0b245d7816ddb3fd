"""Pages on the rules: one for officials per rule, one for everybody, and the order of the lists."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipelines import page
from pipelines.contract import Contract
from pipelines.month import Month
from pipelines.page import Html, both, bullets, code, heading, paragraph, table
from pipelines.rule.citizens import citizens_page
from pipelines.rule.compile import compile_rule
from pipelines.rule.model import Rule, RuleSet, Wording
from pipelines.rule.parameter import Parameter
from pipelines.rule.show import as_written
from pipelines.rule.words import (
    ANSWERS,
    EFFECTS,
    STATUSES,
    UNITS_OF_RULES,
    code_labels,
    references_of,
    value_in_words,
    with_unit,
)

_CODES = {
    "dimension": ("困难类型", "Dimension"),
    "cause": ("致困原因", "Cause"),
    "trouble": ("困难领域", "Trouble"),
    "path": ("建议途径", "Suggested path"),
}


def write_rule_pages(
    rules: RuleSet, contracts: Mapping[str, Contract], month: Month, folder: Path
) -> list[Path]:
    """Writes index.html, citizens.html, order.html and a page per rule; returns what it wrote.

    Pages show every dated value; examples and marked values are those in force at the month's end.
    """
    pages = {
        "index": _index(rules, contracts, month),
        "citizens": citizens_page(rules, contracts, month),
        "order": _order(rules, month),
        **{rule.id: rule_page(rule, rules, contracts, month) for rule in rules.rules.values()},
    }
    return page.write_pages(pages, folder)


def rule_page(rule: Rule, rules: RuleSet, contracts: Mapping[str, Contract], month: Month) -> str:
    """Everything an official signs when signing a rule."""
    facts = [
        [both("规则编号", "Rule"), rule.id],
        [both("状态", "Status"), both(*STATUSES[rule.status])],
        [both("作用", "Effect"), both(*EFFECTS[rule.effect])],
        [both("判断对象", "Asked of each"), both(*UNITS_OF_RULES[rule.unit])],
        *(
            [both(*title), both(*code_labels(contracts["candidates"], word, getattr(rule, word)))]
            for word, title in _CODES.items()
        ),
    ]
    return page.page(
        rule.title_zh,
        rule.title_en,
        table([both("项目", "Item"), both("内容", "Content")], facts),
        heading("依据", "Legal basis"),
        bullets([_reference(item) for item in rule.references]),
        heading("标准", "Values"),
        _parameters(rule.parameters, month, rule),
        heading("条件", "Clauses"),
        paragraph(
            "以 SQL 写成；每个条件的答案是符合、不符合或无法判断。",
            Html('<span class="en">SQL over one profile row; match, no match or unknown.</span>'),
        ),
        code("\n".join(f"{name}: {' '.join(str(sql).split())}" for name, sql in as_written(rule).items())),
        *_run_as(rule, rules, month),
        heading("所用数据", "Data it reads"),
        _columns(rule, rules, contracts),
        heading("名单上的说明", "Sentence on the list"),
        bullets([rule.explanation["zh"], rule.explanation["en"]]),
        *_remarks(rule),
        heading("可能的误判", "How it can be wrong"),
        bullets([_both(wording) for wording in rule.false_positives]),
        heading("示例", "Examples, checked on every change"),
        _examples(rule),
    )


def _run_as(rule: Rule, rules: RuleSet, month: Month) -> list[str]:
    if not rule.is_in_force(month):
        return [paragraph(both(f"{month}不运行。", f"Not run in {month}."))]
    compiled = compile_rule(rule, month, rules.profiles[rule.unit])
    values = "\n".join(f"${name} = {value}" for name, value in sorted(compiled.values.items()))
    return [
        paragraph(both(f"{month}运行的条件：", f"As it is run in {month}:")),
        code(f"{compiled.answer}\n\n{values}"),
    ]


def _parameters(parameters: Mapping[str, Parameter], month: Month, rule: Rule | None) -> Html:
    if not parameters:
        return paragraph(both("无", "none"))
    rows = []
    for name, parameter in parameters.items():
        since = parameter.since(month)
        for day, value in parameter.values:
            sure = parameter.confidence.get(str(day), "")
            rows.append(
                [
                    both(parameter.title_zh or name, parameter.title_en or name),
                    both(with_unit(value, parameter.unit, "zh"), with_unit(value, parameter.unit, "en"))
                    if not parameter.by
                    else f"{value_in_words(value, parameter.unit)} ({parameter.by})",
                    str(day),
                    both("现行", "in force") if day == since else "",
                    parameter.description + (f" {' '.join(sure.split())}" if sure else ""),
                    "; ".join(references_of(parameter, rule)),
                    f"{parameter.owner}, {parameter.review_by}" if parameter.owner else "",
                ]
            )
    heads = [
        ("标准", "Value of"), ("数值", "Value"), ("起始", "From"), ("", ""), ("含义", "Meaning"),
        ("依据", "Reference"), ("负责单位、复核期限", "Owner, review by"),
    ]  # fmt: skip
    return table([both(*head) for head in heads], rows)


def _columns(rule: Rule, rules: RuleSet, contracts: Mapping[str, Contract]) -> Html:
    profile = {p.column: p for p in rules.profiles[rule.unit].properties}
    rows = []
    for name in sorted(rule.columns):
        extracts = [contracts[e] for e in profile[name].sources if e in contracts]
        rows.append(
            [
                name,
                profile[name].description,
                both("、".join(c.title_zh for c in extracts), ", ".join(c.title_en for c in extracts)),
            ]
        )
    heads = [("画像列", "Profile column"), ("含义", "Meaning"), ("来源", "Extracts")]
    return table([both(*head) for head in heads], rows)


def _remarks(rule: Rule) -> list[str]:
    remarks = [*rule.remarks, *([rule.verify] if rule.verify else [])]
    if not remarks:
        return []
    data = rule.document.data
    when = {**{n: r["when"] for n, r in (data.get("remarks") or {}).items()}}
    when["verify"] = (data.get("verify") or {}).get("when", "")
    rows = [[remark.name, when[remark.name], both(remark.zh, remark.en)] for remark in remarks]
    return [
        heading("附加说明", "Remarks"),
        table([both("名称", "Name"), both("条件", "When"), both("文字", "Words")], rows),
    ]


def _examples(rule: Rule) -> Html:
    rows = []
    for test in rule.tests:
        given = "; ".join(
            ", ".join(f"{name} = {value}" for name, value in row.items()) or "–" for row in test.profiles
        )
        rows.append([test.name, str(test.month), given, both(*ANSWERS[test.expect])])
    heads = [("示例", "Example"), ("月份", "Month"), ("已知", "Known"), ("答案", "Answer")]
    return table([both(*head) for head in heads], rows)


def _reference(item: dict) -> Html:
    title = _both(item["title"])
    return Html(f'<a href="{page.escaped(item["href"])}">{title}</a>') if item.get("href") else title


def _both(wording: Wording) -> Html:
    return page.escaped(wording) if isinstance(wording, str) else both(wording["zh"], wording["en"])


def _index(rules: RuleSet, contracts: Mapping[str, Contract], month: Month) -> str:
    rows = [
        [
            Html(f'<a href="{rule.id}.html">{both(rule.title_zh, rule.title_en)}</a>'),
            both(*STATUSES[rule.status]),
            both(*EFFECTS[rule.effect]),
            both(*code_labels(contracts["candidates"], "dimension", rule.dimension)),
            both("是", "yes") if rule.is_in_force(month) else both("否", "no"),
        ]
        for rule in rules.rules.values()
    ]
    heads = [
        ("规则", "Rule"), ("状态", "Status"), ("作用", "Effect"), ("困难类型", "Dimension"),
        (f"{month}运行", f"Run in {month}"),
    ]  # fmt: skip
    return page.page(
        "困难家庭发现规则",
        "Rules for finding households in hardship",
        paragraph(
            Html('<a href="citizens.html">面向居民的说明 For residents</a>'),
            Html('<a href="order.html">列入与排序 Who is listed and in which order</a>'),
        ),
        table([both(*head) for head in heads], rows),
        heading("共用标准", "Values that several rules quote"),
        _parameters(rules.shared, month, None),
    )


def _order(rules: RuleSet, month: Month) -> str:
    return page.page(
        "列入与排序",
        "Who is listed and in which order",
        paragraph(
            both(
                "优先分＝每类困难分×困难类型数＋各类型严重程度分＋每等候一月分×等候月数＋特殊成员分"
                "－扣分×仅凭以往月份数据的类型数。分高者在前；同分的，人均净收入低者在前，再按家庭编号。",
                "Priority = points per dimension × dimensions + points of severity of each dimension + "
                "points per month waiting × months waiting + points for a vulnerable member − points off × "
                "dimensions that rest on earlier months alone. Ties: lower net income per head, then "
                "household key.",
            )
        ),
        _parameters(rules.selection, month, None),
    )
