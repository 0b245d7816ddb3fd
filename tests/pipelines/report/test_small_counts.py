"""On a page meant for many no count below five can be read, nor worked out from what stands beside it."""

from __future__ import annotations

import itertools

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.report.small import LIMIT, count, grid, parts

from .conftest import CODES, FEW, JUNE, NAMES, read_page

numbers = st.one_of(st.integers(0, 12), st.integers(0, 4), st.integers(0, 500))


def possible(line, total: int) -> list[set[int]]:
    """What a reader who knows the rule can think of for each withheld number of a line with its sum."""
    withheld = [cell for cell in line if not cell.is_shown]
    rest = total - sum(cell.value for cell in line if cell.is_shown)
    others = [0, *range(LIMIT, rest + 1)]
    if len(withheld) == len(line) and not any(cell.hidden == "small" for cell in line):
        others = range(rest + 1)  # it is not told which of them are small
    choices = [range(1, LIMIT) if cell.hidden == "small" else others for cell in withheld]
    fitting = [choice for choice in itertools.product(*choices) if sum(choice) == rest]
    return [set(values) for values in zip(*fitting, strict=True)]


def test_counts_from_one_to_four_are_withheld_and_zero_is_not():
    assert [count(n, LIMIT).text for n in (0, 1, 4, 5, 1234)] == ["0", "<5", "<5", "5", "1,234"]
    assert count(3, LIMIT).cell == "&lt;5"


def test_one_small_count_beside_its_sum_takes_the_next_smallest_with_it():
    assert [c.text for c in parts([30, 3, 12, 80], LIMIT)] == ["30", "<5", "*", "80"]


def test_small_counts_whose_sum_leaves_no_choice_take_another_with_them():
    assert [c.text for c in parts([1, 1, 9, 50], LIMIT)] == ["<5", "<5", "*", "50"]
    assert [c.text for c in parts([4, 4, 9, 50], LIMIT)] == ["<5", "<5", "*", "50"]
    assert [c.text for c in parts([2, 3, 9, 50], LIMIT)] == ["<5", "<5", "9", "50"]


def test_a_sum_that_is_withheld_itself_gives_nothing_away():
    assert [c.text for c in parts([0, 3, 0], LIMIT)] == ["0", "<5", "0"]


def test_nothing_is_withheld_from_those_who_may_see_it():
    assert all(c.is_shown for line in grid([[1, 2], [3, 4]], 0, True, True) for c in line)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.integers(0, 12), st.integers(0, 4)), min_size=2, max_size=5))
def test_no_small_count_follows_from_the_sum_of_its_line(values):
    line = parts(values, LIMIT)
    assert not any(cell.is_shown for cell in line if 0 < cell.value < LIMIT)
    if sum(values) >= LIMIT:
        withheld = [cell for cell in line if not cell.is_shown]
        for cell, known in zip(withheld, possible(line, sum(values)), strict=True):
            assert not 0 < cell.value < LIMIT or len(known) > 1


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=3, max_size=6))
def test_in_a_table_with_sums_on_both_sides_no_line_has_a_single_withheld_number(rows):
    cells = grid(rows, LIMIT, rows_add_up=True, columns_add_up=True)
    lines = [*zip(cells, map(sum, rows), strict=True)]
    lines += [*zip(zip(*cells, strict=True), map(sum, zip(*rows, strict=True)), strict=True)]
    for line, total in lines:
        if total >= LIMIT:
            assert sum(not cell.is_shown for cell in line) != 1


def test_no_count_below_five_stands_on_the_bureaus_page(lake, page):
    shown = read_page(page)
    town = shown.table("towns-table")[NAMES[FEW]]
    assert town[2:5] == ["<5", "*", "<5"] or town[2:5] == ["<5", "*", "0"]
    for figure, columns in {
        "towns-table": (2, 4, 5, 6), "combinations": (0,), "funnel": (0,), "hukou": (2, 4),
        "rules": (2, 3, 4), "trend": (0, 1, 2, 3, 4), "results": (0,), "visit-months": (0, 1, 2, 3),
        "loads": (0, 1), "audit": (1, 2),
    }.items():  # fmt: skip
        for name, row in shown.table(figure).items():
            for column in columns:
                assert row[column].strip("−") not in {"1", "2", "3", "4"}, f"{figure}, {name}"


def test_a_towns_withheld_number_cannot_be_had_from_the_citys_sum(lake, page):
    rows = read_page(page).table("towns-table")
    listed = [row[2] for name, row in rows.items() if name != "City"]
    assert sum(not text.isdigit() for text in listed) >= 2
    exact = pl.read_parquet(lake.resolve("published", JUNE) / "candidates.parquet")
    assert rows["City"][2] == str(len(exact))


def test_what_is_computed_from_a_withheld_number_is_withheld_too(page):
    shown = read_page(page)
    load = shown.table("loads")[NAMES[FEW]]
    assert load[0] == "<5" and load[3] == "*"
    rule = shown.table("rules")["Income per head at or below the edge line"]
    assert rule[-2:] == ["<5", "<5"]
    almost_all = shown.table("rules")["Unemployed member of working age"]
    assert almost_all[-2:] == ["80", "*"], "two of eighty were not in hardship"
    assert shown.table("audit")["no match"][-1] == "<5"
    # Four of twelve were not in hardship in each town, one of forty in a combination.
    assert {row[3] for row in shown.table("precision-towns").values()} == {"*", "–"}
    assert {row[3] for row in shown.table("precision-combinations").values()} == {"*"}


def test_a_chart_tells_no_more_than_its_table(page):
    """All small counts have bars of one length, and a tile of a withheld town has no shade."""
    text = page.read_text(encoding="utf-8")
    begin = text.index('aria-labelledby="map-title"')
    tiles = text[begin : text.index("</svg>", begin)]
    withheld = sum(row[2] in ("<5", "*") for row in read_page(page).table("towns-table").values())
    assert tiles.count("url(#withheld)") == withheld > 0
    assert len(CODES) == 23
