"""The report's pages stand alone, are equal each time they are made and name where their numbers are from."""

from __future__ import annotations

import html
import re
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.contract import SCHEMAS, load_contract
from pipelines.database import read_views
from pipelines.lake import Lake, content_digest
from pipelines.problem import HardshipError
from pipelines.publish.catalogue import catalogue_path, write_catalogue
from pipelines.publish.tables import ANALYSTS, published_contracts
from pipelines.report import TABLE, report, report_elsewhere
from pipelines.report.answers import QUERIES, answers
from pipelines.report.view import towns

from .conftest import APRIL, FEW, JUNE, MAY, TOWNS, city_page_of, lay_published, read_page


def test_the_same_tables_give_the_same_bytes_for_any_number_of_threads(lake, page, tmp_path, monkeypatch):
    monkeypatch.setenv("HARDSHIP_THREADS", "1")
    report_elsewhere(JUNE, lake, tmp_path)
    assert content_digest(tmp_path) == content_digest(page.parent)


def test_a_report_that_is_up_to_date_is_not_made_again(lake, page):
    began = time.perf_counter()
    assert report(JUNE, lake) == page
    assert time.perf_counter() - began < 1
    assert lake.about(TABLE, JUNE)["revision"] == 1


def test_a_later_month_changes_nothing_in_an_earlier_report(tmp_path):
    lake = Lake(tmp_path)
    for month in (APRIL, MAY):
        lay_published(lake, month)
    before = city_page_of(MAY, lake).text
    lay_published(lake, JUNE)
    assert city_page_of(MAY, lake).text == before


def test_a_month_that_is_not_published_has_no_report(tmp_path):
    with pytest.raises(HardshipError, match="2022-06 has no report: it is not published"):
        report(JUNE, Lake(tmp_path))
    assert not (tmp_path / "report").exists()


def test_nothing_on_a_page_comes_from_elsewhere(page):
    for path in (page, page.parent / "towns" / f"{FEW}.html"):
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"https?://[^\s\"'<>]+", text)) <= {"http://www.w3.org/2000/svg"}
        assert "default-src 'none'" in text and "@import" not in text
        for tag, attributes in read_page(path).tags:
            assert tag not in ("img", "link", "iframe", "object", "base")
            assert "src" not in attributes and attributes.get("href", "#").startswith("#")
            assert not any(name.startswith("on") for name in attributes)


def test_every_id_is_unique_and_every_reference_leads_somewhere(page):
    for path in (page, page.parent / "towns" / f"{FEW}.html"):
        tags = read_page(path).tags
        ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        for _, attributes in tags:
            if attributes.get("href", "").startswith("#"):
                assert attributes["href"][1:] in ids
            for name in attributes.get("aria-labelledby", "").split():
                assert name in ids
            for name in re.findall(r"url\(#(\w+)\)", str(attributes.get("fill", ""))):
                assert name in ids


def test_a_screen_reader_finds_headings_landmarks_and_named_charts_and_tables(page):
    tags = read_page(page).tags
    names = [tag for tag, _ in tags]
    for landmark in ("header", "nav", "main", "footer", "h1"):
        assert names.count(landmark) == 1
    assert names.count("table") == names.count("caption")
    charts = [
        attributes for tag, attributes in tags if tag == "svg" and "chart" in attributes.get("class", "")
    ]
    assert len(charts) >= 8
    assert all(chart["role"] == "img" and chart["aria-labelledby"] for chart in charts)
    scopes = {attributes.get("scope") for tag, attributes in tags if tag == "th"}
    assert scopes == {"col", "row"}


def test_every_word_has_its_other_language(page):
    """Chinese and English stand in pairs, in charts as well; codes and numbers stand alone."""
    zh, en = read_page(page, without="en").text, read_page(page, without="zh").text
    assert not re.search(
        r"[\u4e00-\u9fff]", re.sub("语言 Language|中文", "", en).replace("rules/selection.yaml 现行参数", "")
    )
    assert "Households listed" not in zh and "本月列入" in zh
    text = page.read_text(encoding="utf-8")
    assert text.count('<tspan class="zh"') == text.count('<tspan class="en"') > 50


def test_every_figure_names_its_tables_and_its_query(lake, page):
    shown = page.read_text(encoding="utf-8")
    figures = re.findall(r'<article class="figure[^>]* id="([\w-]+)".*?</article>', shown, re.S)
    sources = re.findall(r'<details class="source">', shown)
    assert len(figures) == len(sources) >= 14
    for name in QUERIES:
        assert f"sql/{name}.sql" in shown


@pytest.fixture(scope="module")
def catalogue(lake):
    """The file of views that analysts open; tables no query reads are empty."""
    contracts = published_contracts()
    for name in set(ANALYSTS) - {table for tables in QUERIES.values() for table in tables}:
        pq.write_table(
            contracts[name].arrow_schema.empty_table(), lake.resolve("published", JUNE) / f"{name}.parquet"
        )
    write_catalogue(lake, contracts)
    return catalogue_path(lake)


def test_a_query_shown_on_a_page_gives_its_numbers_again_to_anybody(lake, page, catalogue):
    found = answers(JUNE, lake)
    shown = [
        html.unescape(text)
        for text in re.findall(r"<pre>(.*?)</pre>", page.read_text(encoding="utf-8"), re.S)
    ]
    for name, answer in found.items():
        names, rows = read_views(catalogue, answer.sql)
        assert [dict(zip(names, row, strict=True)) for row in rows] == list(answer.rows), name
    assert {answer.sql for answer in found.values()} == set(shown)


def test_a_towns_query_gives_its_towns_rows(lake, catalogue):
    for name, answer in answers(JUNE, lake).items():
        mine = answer.of_town(FEW)
        _, rows = read_views(catalogue, mine.sql)
        assert sorted(map(str, rows)) == sorted(str(tuple(row.values())) for row in mine.rows), name


def test_a_month_published_before_a_table_existed_still_has_its_report(tmp_path):
    lake = Lake(tmp_path)
    lay_published(lake, JUNE)
    (lake.resolve("published", JUNE) / "visit_results.parquet").unlink()
    shown = city_page_of(JUNE, lake)
    assert "No visit has come back yet." in shown.texts["results"]


def test_what_stands_in_the_tables_is_text_never_markup(tmp_path):
    lake = Lake(tmp_path)
    lay_published(lake, JUNE)
    path = lake.resolve("published", JUNE) / "answers.parquet"
    table = pq.read_table(path)
    evil = pa.array(["<script>alert(1)</script>"] * len(table), pa.string())
    pq.write_table(table.set_column(table.column_names.index("rule_id"), "rule_id", evil), path)
    shown = city_page_of(JUNE, lake)
    assert "<script>alert(1)</script>" in shown.table("rules")
    assert [tag for tag, _ in shown.tags].count("script") == 1


def test_the_pages_are_small_and_readable_by_their_owner_alone(page):
    assert page.stat().st_size < 1_000_000
    assert all(path.stat().st_mode & 0o077 == 0 for path in page.parent.resolve().rglob("*"))


def test_every_town_has_a_tile_of_its_own_on_the_map():
    places = [(town.column, town.row) for town in towns()]
    assert len(places) == len(set(places)) == len(TOWNS)


def test_the_tables_of_the_queries_are_published_with_a_contract():
    for tables in QUERIES.values():
        for table in tables:
            assert load_contract(SCHEMAS / f"{table}.yaml").id == table
