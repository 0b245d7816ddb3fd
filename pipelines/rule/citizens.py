"""The page for everybody: what is compared, by which rules and limits, and what a line on a list means."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines import page
from pipelines.contract import Contract
from pipelines.department import department_names
from pipelines.month import Month
from pipelines.page import Html, bullets, escaped, paragraph
from pipelines.rule.bind import sealed_database
from pipelines.rule.compile import compile_rule
from pipelines.rule.inline import answer_of, sentences_of
from pipelines.rule.model import Rule, RuleSet
from pipelines.rule.words import code_labels, in_language, with_unit

_WORDS = {
    "zh": {
        "language": "zh-CN",
        "title": "数据比对如何发现困难家庭",
        "intro": [
            "每月，市有关部门把各自登记的数据按家庭汇总比对，找出可能遇到困难、尚未纳入救助的家庭，由镇街上门了解。",
            "进入名单只是一次走访的线索，不是决定。名单不会减少、停止或拒绝任何人的救助，也不对外公示。",
            "部门没有的数据、不包含您的数据，一律按“不知道”处理，不当作“没有困难”，也不当作“有困难”。",
            "不使用民族、宗教、国籍、政治或犯罪信息；疾病只用“是否登记”，不用诊断；残疾在名单上只写“残疾”。",
            "您可以要求查看用到的数据和理由，也可以提出更正；更正会退回数据来源部门。请联系镇街公共服务办公室（民政）。",
        ],
        "listed": "哪些情形会被比对",
        "excluded": "哪些情形不列入",
        "values": "现行标准（{month}）：",
        "example": "例如：",
        "from": "数据来自：",
        "basis": "依据：",
        "none": "无数额标准。",
        "dimension": "困难类型：{}",
        "alone": "符合即列入",
        "takes_off": "有数据证明时不列入；数据不明时请走访人员核实",
        "since": "（{day}起）",
        "comma": "，",
    },
    "en": {
        "language": "en",
        "title": "How comparing data finds households in hardship",
        "intro": [
            "Every month the city's departments compare what they have registered, household by household, "
            "to find families that may be in trouble and receive no assistance yet. The town then visits.",
            "A line on a list is a lead for a visit, not a decision. No list reduces, ends or refuses "
            "anybody's assistance, and none is made public.",
            "What a department does not have, or data that do not cover you, count as not known: neither as "
            "hardship nor as its absence.",
            "Ethnicity, religion, nationality, politics and crime are not used. Of illness only that it is "
            "registered is used, no diagnosis; a list says disability, never which.",
            "You may ask to see the data used and the reason, and ask for correction, which goes back to the "
            "department it came from. Ask your town's civil affairs desk.",
        ],
        "listed": "What is looked for",
        "excluded": "What keeps a household off the list",
        "values": "Values in force ({month}): ",
        "example": "For example: ",
        "from": "Data from: ",
        "basis": "Basis: ",
        "none": "No amount.",
        "dimension": "dimension: {}",
        "alone": "listed by this alone",
        "takes_off": "kept off only where data prove it; where they do not, the visitor verifies",
        "since": " (since {day})",
        "comma": ", ",
    },
}


def citizens_page(rules: RuleSet, contracts: Mapping[str, Contract], month: Month) -> str:
    """Only stable rules in force: what is tried out lists nobody."""
    stable = [rule for rule in rules.in_force(month) if rule.status == "stable"]
    examples = _examples(stable, rules, month)
    parts = []
    for language in ("zh", "en"):
        words = _WORDS[language]
        parts.append(f'<section lang="{words["language"]}">')
        if language == "en":
            parts.append(f"<h1>{escaped(words['title'])}</h1>")
        parts.append(bullets(words["intro"]))
        for key, effects in (("listed", ("signal", "list")), ("excluded", ("exclude",))):
            parts.append(f"<h2>{escaped(words[key])}</h2>")
            for rule in stable:
                if rule.effect in effects:
                    parts += _rule(rule, rules, contracts, month, language, examples[rule.id])
        parts.append("</section>")
    return page.page(_WORDS["zh"]["title"], _WORDS["en"]["title"], *parts)


def _rule(rule: Rule, rules: RuleSet, contracts, month: Month, language: str, examples: dict) -> list[str]:
    words, is_en = _WORDS[language], language == "en"
    values_of = rule.parameters.values()
    if rule.effect == "signal":
        label = code_labels(contracts["candidates"], "dimension", rule.dimension)[is_en]
        does = words["dimension"].format(label)
    else:
        does = words["alone" if rule.effect == "list" else "takes_off"]
    values = [
        f"{(p.title_en if is_en else p.title_zh) or name} {with_unit(p.in_force(month), p.unit, language)}"
        + words["since"].format(day=p.since(month))
        for name, p in rule.parameters.items()
    ]
    profile = {p.column: p for p in rules.profiles[rule.unit].properties}
    extracts = {extract for column in rule.columns for extract in profile[column].sources}
    departments = sorted({extract.partition("__")[0] for extract in extracts})
    basis = dict.fromkeys(
        in_language(item["title"], language)
        for items in [rule.references, *(p.references for p in values_of)]
        for item in items
    )
    lines = [
        words["values"].format(month=month) + words["comma"].join(values) if values else words["none"],
        words["from"] + department_names(departments, language),
        words["basis"] + "; ".join(basis),
    ]
    if examples.get(language):
        lines.insert(1, words["example"] + examples[language])
    title = rule.title_en if is_en else rule.title_zh
    return [
        Html(f"<h3>{escaped(title)}</h3>"),
        paragraph(does),
        bullets(lines),
    ]


def _examples(stable: list[Rule], rules: RuleSet, month: Month) -> dict[str, dict[str, str]]:
    """The sentence of each rule's first example that matches with the values of the month."""
    steps = rules.selection_in_force(month)["severity_points"]
    found = {}
    with sealed_database() as db:
        for rule in stable:
            compiled = compile_rule(rule, month, rules.profiles[rule.unit])
            found[rule.id] = {}
            for test in rule.tests:
                if test.expect == "match" and answer_of(db, compiled, test.profiles) == "match":
                    found[rule.id] = sentences_of(db, compiled, steps)
                    break
    return found
