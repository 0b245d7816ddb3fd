"""Data Docs say what became of each extract, load nothing from the network and show nobody."""

from __future__ import annotations

import dataclasses
import html
import re

import pytest

from pipelines.month import Month
from pipelines.validate import write_data_docs

MONTH = Month(2022, 6)


@pytest.fixture
def site(desk, contract, lake, rows):
    spoilt = rows(MONTH)
    for row in spoilt[:7]:
        row["note"] = f"Secret {row['resident_id']}"
    desk.deliver("2022-06", spoilt)
    missing = dataclasses.replace(contract, id="testing__missing")
    index = write_data_docs({contract.id: contract, missing.id: missing}, MONTH, lake)
    return index.parent


def text(page) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.read_text())))


def test_the_index_names_every_extract_with_its_verdict_and_reasons(site):
    index = text(site / "index.html")
    assert re.search(r"testing__roll 暂扣 held 100 0", index)
    assert "7 of 100 rows break this" in index
    assert "testing__missing 未收到 missing" in index


def test_the_index_leads_to_a_page_with_every_check_in_words(site):
    (link,) = re.findall(r'href="(validations/[^"]+)"', (site / "index.html").read_text())
    assert "validate-2022-06" in link
    page = text(site / link)
    assert "“身份证号”每行都有值 / a value of resident_key in every row" in page
    assert "7% unexpected" in page or "7 unexpected values" in page


def test_no_page_asks_another_host_for_anything(site):
    for page in site.rglob("*.html"):
        assert not re.search(r"(src|href)=[\"']?https?:|url\(|<script|\bfetch\(", page.read_text()), page


def test_no_page_shows_a_value_of_a_person(site):
    for page in site.rglob("*.html"):
        assert "442099" not in page.read_text() and "Secret" not in page.read_text()


def test_pages_are_equal_when_they_are_made_again(site, contract, lake, monkeypatch):
    before = lake.about("data_docs", MONTH)
    monkeypatch.setattr("pipelines.validate.code_digest", lambda *_: "other code")
    missing = dataclasses.replace(contract, id="testing__missing")
    write_data_docs({contract.id: contract, missing.id: missing}, MONTH, lake)
    after = lake.about("data_docs", MONTH)
    assert after["digest"] == before["digest"] and after["inputs"] != before["inputs"]
