"""What an official reads before signing a rule, in a terminal and on a page, and what everybody may read."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from pipelines.contract import load_contracts
from pipelines.month import Month
from pipelines.problem import HardshipError
from pipelines.rule import compile_rule, load_rules
from pipelines.rule.pages import write_rule_pages
from pipelines.rule.show import show
from tests.rules.files import changed, folder_of, written
from tests.rules.test_tables_of_values import sized

RULES = load_rules()
JUNE = Month.parse("2022-06")


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("pages")
    write_rule_pages(RULES, load_contracts(), JUNE, folder)
    return {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}


def test_a_rule_is_shown_with_the_value_of_the_month_its_first_day_and_its_reference():
    before, after = (show(RULES, "heavy_medical_spending", Month.parse(m)) for m in ("2021-12", "2022-01"))
    assert "self_paid_limit = 10,000 (yuan), since 2021-01-01; another value from 2022-01-01" in before
    assert "self_paid_limit = 8,000 (yuan), since 2022-01-01\n" in after
    assert "Southern Daily, 2022-06-17" in after
    line = show(RULES, "low_income", JUNE)
    assert "dibao_standard = 1,160 (yuan), since 2022-01-01" in line
    assert "owner Zhongshan Civil Affairs Bureau, to be reviewed by 2023-01-31" in line
    assert "its first day is not" not in line.lower() or "To be confirmed" in line


@pytest.mark.parametrize("rule_id", RULES.rules)
def test_what_is_shown_as_sql_is_what_is_run(rule_id):
    told = show(RULES, rule_id, JUNE)
    compiled = compile_rule(RULES.rules[rule_id], JUNE, RULES.profiles[RULES.rules[rule_id].unit])
    assert compiled.answer in told
    for name in re.findall(r"\$(\w+)", compiled.answer):
        assert f"${name} = {compiled.values[name]}" in told


def test_a_table_of_values_is_shown_key_by_key(tmp_path):
    rules = load_rules(folder_of(tmp_path, sized()))
    assert "limit by members_count = 1: 1,100; 2: 1,650; other: 2,200 (yuan)" in show(rules, "costs", JUNE)


def test_a_rule_is_not_shown_for_a_month_before_its_first_value():
    with pytest.raises(HardshipError, match="begins on 2021-01-01"):
        show(RULES, "heavy_medical_spending", Month.parse("2020-12"))


def test_every_rule_has_a_page_with_all_it_says(pages):
    assert set(pages) == {"index", "citizens", "order", *RULES.rules}
    for rule in RULES.rules.values():
        text = _words(pages[rule.id])
        said = [rule.title_zh, rule.title_en, *(test.name for test in rule.tests)]
        said += [words for wording in rule.false_positives for words in wording.values()]
        said += [" ".join(sql.split()) for sql in rule.document.data["detection"].values()]
        said += [words for item in rule.references for words in item["title"].values()]
        said += [str(day) for parameter in rule.parameters.values() for day, _ in parameter.values]
        assert [words for words in said if words not in text] == [], rule.id
        assert rule.id in pages["index"]


def test_every_page_stands_alone_and_is_well_formed(pages):
    for name, text in pages.items():
        assert not re.search(r"<(script|link|img|iframe)|@import|url\(", text), name
        _Balance().check(text)


def test_the_page_for_everybody_says_the_values_of_the_month_in_both_languages(pages, tmp_path):
    text = _words(pages["citizens"])
    assert "自付医疗费标准 8,000元（2022-01-01起）" in text
    assert "Limit of self-paid medical costs 8,000 yuan (since 2022-01-01)" in text
    assert "近12个月（2021-07至2022-06）自付医疗费8,000元（标准8,000元，2022-01-01起）" in text
    assert "a lead for a visit, not a decision" in text and "不是决定" in text
    write_rule_pages(RULES, load_contracts(), Month.parse("2021-06"), tmp_path)
    earlier = _words((tmp_path / "citizens.html").read_text(encoding="utf-8"))
    assert "自付医疗费标准 10,000元（2021-01-01起）" in earlier and "8,000元" not in earlier


def test_what_is_only_tried_out_is_not_told_to_everybody(tmp_path):
    folder = folder_of(tmp_path, changed(status="test"))
    stable = changed(id="stable_costs", title={"zh": "正式", "en": "Stable costs"})
    (folder / "stable_costs.yaml").write_text(written(stable), encoding="utf-8")
    rules = load_rules(folder)
    write_rule_pages(rules, load_contracts(), JUNE, tmp_path / "pages")
    pages = {p.stem: p.read_text(encoding="utf-8") for p in (tmp_path / "pages").glob("*.html")}
    assert "<h3>Stable costs</h3>" in pages["citizens"] and "Medical costs" not in pages["citizens"]
    assert "shown to reviewers only" in pages["costs"]


def test_the_order_of_the_lists_is_published_with_every_point(pages):
    text = _words(pages["order"])
    for words in (
        "10 points",
        "2 points",
        "3 points",
        "1: 2; 1.25: 3; 1.5: 4; 2: 6; 3: 8; 5: 10",
        "5 households",
    ):
        assert words in text, words


def test_markup_in_a_rule_is_shown_and_not_obeyed(tmp_path):
    rules = load_rules(folder_of(tmp_path, changed(false_positives=["<script>alert(1)</script> & more"])))
    write_rule_pages(rules, load_contracts(), JUNE, tmp_path / "pages")
    page = (tmp_path / "pages" / "costs.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page and "<script>" not in page


class _Balance(HTMLParser):
    """Every element that opens closes in order."""

    def check(self, text: str) -> None:
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


class _Text(HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.words: list[str] = []
        self.feed(text)

    def handle_data(self, data):
        self.words.append(data)


def _words(page: str) -> str:
    return "".join(_Text(page).words)
