"""The report as a browser shows it: Debian's Chromium, without network, by mouse and by keyboard."""

from __future__ import annotations

import os
import shutil
from collections import Counter

import polars as pl
import pytest

from .conftest import FEW, JUNE, NAMES

CHROMIUM = os.environ.get("HARDSHIP_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on the path: install it or name one in HARDSHIP_CHROMIUM"
)
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        # As root, inside a container, Chromium cannot have a sandbox of its own.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, page):
    """Opens a page of the report; fails when it asks for anything or complains about anything."""
    contexts, heard = [], []

    def opened(path=page, **settings):
        context = browser.new_context(viewport=settings.pop("viewport", WIDE), offline=True, **settings)
        contexts.append(context)
        shown = context.new_page()
        shown.on("console", lambda message: heard.append(f"console: {message.text}"))
        shown.on("pageerror", lambda error: heard.append(f"error: {error}"))
        shown.on("request", lambda request: heard.append(request.url))
        shown.goto(path.resolve().as_uri())
        assert heard.pop(0) == path.resolve().as_uri()
        return shown

    yield opened
    for context in contexts:
        context.close()
    assert heard == []


def test_the_headline_numbers_on_the_screen_are_the_tables(opened, lake):
    shown = opened()
    folder = lake.resolve("published", JUNE)
    candidates = pl.read_parquet(folder / "candidates.parquet")
    reasons = Counter(pl.read_parquet(folder / "exclusions.parquet")["reason"])
    assert shown.locator("#listed strong").inner_text() == f"{len(candidates):,}"
    assert shown.locator("#new strong").inner_text() == f"{(candidates['status'] == 'new').sum():,}"
    assert shown.locator("#waiting strong").inner_text() == f"{reasons['waiting_for_capacity']:,}"
    row = shown.locator("#towns-table tbody tr", has_text="小榄镇").locator("td")
    listed = candidates.filter(pl.col("town_code") == "442000118")
    assert row.nth(2).inner_text() == str(len(listed))


def test_the_language_switch_changes_every_word_of_text_tables_and_charts(opened):
    shown = opened()
    chart = shown.locator("svg.chart", has=shown.locator("text=石岐")).first
    assert "月报" in shown.title() and shown.evaluate("document.documentElement.lang") == "zh-CN"
    assert chart.get_by_text("石岐", exact=True).is_visible()
    assert not chart.get_by_text("Shiqi", exact=True).is_visible()
    shown.locator("#lang-en").check()
    assert "report of 2022-06" in shown.title() and shown.evaluate("document.documentElement.lang") == "en"
    assert chart.get_by_text("Shiqi", exact=True).is_visible()
    assert not chart.get_by_text("石岐", exact=True).is_visible()
    seen = shown.evaluate("document.querySelector('main').innerText")
    assert not [c for c in seen if "\u4e00" <= c <= "\u9fff" and c not in "现行参数"]
    assert shown.locator("#towns-table th", has_text="Residents").first.is_visible()


def test_the_switches_work_by_keyboard_and_show_where_one_is(opened):
    shown = opened()
    shown.keyboard.press("Tab")
    assert shown.evaluate("document.activeElement.className") == "skip"
    shown.keyboard.press("Tab")
    assert shown.evaluate("document.activeElement.id") == "lang-zh"
    shown.keyboard.press("ArrowRight")
    assert shown.evaluate("document.documentElement.lang") == "en"
    outline = "getComputedStyle(document.activeElement.nextElementSibling).outlineStyle"
    assert shown.evaluate(outline) == "solid"
    shown.locator("details.source summary").first.focus()
    shown.keyboard.press("Enter")
    assert shown.locator("details.source[open] pre").first.is_visible()


def _ground(shown) -> int:
    colour = shown.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(map(int, colour.removeprefix("rgb(").removesuffix(")").split(",")))


def test_the_page_is_light_or_dark_as_the_reader_likes(opened):
    light, dark = opened(color_scheme="light"), opened(color_scheme="dark")
    assert _ground(light) > 600 and _ground(dark) < 150
    light.locator("#look-dark").check()
    dark.locator("#look-light").check()
    assert _ground(light) < 150 and _ground(dark) > 600
    dark.emulate_media(media="print", color_scheme="dark")
    assert _ground(dark) > 600, "paper is white"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_told_from_its_ground(opened, scheme):
    """Contrast of at least 4.5 to 1 for the text of cards, tables and leads, by WCAG's formula."""
    shown = opened(color_scheme=scheme)
    for selector in (".card dt", ".card small", ".lead", "td", "nav a", "summary", ".good"):
        found = shown.evaluate(
            """selector => {
                const node = document.querySelector("main " + selector) || document.querySelector(selector);
                const rgb = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
                const light = text => rgb(text).map(v => v / 255)
                    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
                let ground = node;
                const style = part => getComputedStyle(part);
                while (style(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
                const two = [light(style(node).color), light(style(ground).backgroundColor)];
                return (Math.max(...two) + 0.05) / (Math.min(...two) + 0.05);
            }""",
            selector,
        )
        assert found >= 4.5, f"{selector} in {scheme}: {found:.1f}"


def test_the_first_screen_holds_the_headlines_the_map_and_the_trend(opened):
    shown = opened()
    for key in ("listed", "new", "waiting", "helped", "map", "trend"):
        box = shown.locator(f"#{key}").bounding_box()
        assert box["y"] < WIDE["height"], key


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["desk", "telephone"])
def test_nothing_stands_beyond_the_edge_of_the_screen(opened, viewport):
    shown = opened(viewport=viewport)
    for language in ("zh", "en"):
        shown.locator(f"#lang-{language}").check()
        assert shown.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_word_of_a_chart_is_cut_off(opened, language):
    shown = opened()
    shown.locator(f"#lang-{language}").check()
    cut = shown.evaluate(
        """() => [...document.querySelectorAll("svg.chart")].flatMap(svg => {
            const frame = svg.getBoundingClientRect();
            return [...svg.querySelectorAll("text")].filter(text => {
                const box = text.getBoundingClientRect();
                return box.width && (box.left < frame.left - 1 || box.right > frame.right + 1);
            }).map(text => text.textContent);
        })"""
    )
    assert cut == []


def test_a_small_town_is_withheld_on_the_screen_and_shown_on_its_own_page(opened, page):
    shown = opened()
    shown.locator("#lang-en").check()
    row = shown.locator("#towns-table tbody tr", has_text=NAMES[FEW]).locator("td")
    assert row.nth(2).inner_text() == "<5"
    town = opened(page.parent / "towns" / f"{FEW}.html")
    assert town.locator("#listed strong").inner_text() == "3"


def test_the_page_reads_without_a_script(opened):
    shown = opened(java_script_enabled=False)
    assert shown.locator("#listed strong").is_visible()
    shown.locator("#lang-en").check()
    assert shown.get_by_text("Households listed", exact=True).first.is_visible()
    assert not shown.get_by_text("本月列入", exact=True).first.is_visible()
