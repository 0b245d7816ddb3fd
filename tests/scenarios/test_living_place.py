"""Ou's household of two towns when nobody recorded where it lives."""

import polars as pl

from tests.scenarios.changes import without
from tests.scenarios.people import DONGFENG, OU, XIAOLAN, family_of


def test_a_household_found_by_no_grid_is_listed_once_where_its_head_is_registered_and_marked_uncertain(story):
    story.change("towns__living_places", without(*family_of(OU)), ("2022-05",))
    story.run("2022-05")
    assert story.household("2022-05", OU) == set(family_of(OU)), "still one household, by marriage and child"
    [town] = story.towns_that_list("2022-05", OU)
    # Two registers, two heads: the elder one's counts.
    assert town == DONGFENG
    line = story.line("2022-05", DONGFENG, OU)
    assert line["is_address_uncertain"]
    assert any(
        "仅有户籍地址，待核实" in str(cell) for row in story.sheet("2022-05", DONGFENG) for cell in row
    )
    assert story.line("2022-05", XIAOLAN, OU) is None
    candidates = pl.read_parquet(story.published("2022-05") / "candidates.parquet")
    assert candidates["household_key"].n_unique() == candidates.height
