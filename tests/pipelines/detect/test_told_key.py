"""Somebody on the phone reads out the code beside the rank, and the household is found by it."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.detect import told_key
from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.problem import HardshipError

MONTH = Month(2022, 6)
KEYS = ["H00000000000069DF", "H11111111111169DF", "H2222222222222A25"]


@pytest.fixture
def lake(tmp_path):
    lake = Lake(tmp_path)
    with lake.write("matches", MONTH, {}) as folder:
        pl.DataFrame({"household_key": KEYS}).write_parquet(folder / "cases.parquet")
    return lake


@pytest.mark.parametrize("told", ["…2A25", "...2a25", "2A25", "22A25", "H2222222222222A25"])
def test_the_end_of_a_key_is_enough(lake, told):
    assert told_key(MONTH, lake, told) == KEYS[2]


def test_an_end_that_several_share_is_asked_back(lake):
    with pytest.raises(HardshipError, match=f"2 households .* {KEYS[0]}, {KEYS[1]}"):
        told_key(MONTH, lake, "…69DF")


def test_an_end_that_nobody_has_is_said(lake):
    with pytest.raises(HardshipError, match="ends in FFFF"):
        told_key(MONTH, lake, "…FFFF")


def test_whatever_is_no_end_of_a_key_stays_as_it_was_told(lake):
    assert told_key(MONTH, lake, " nobody ") == "nobody"
    assert told_key(Month(2022, 7), lake, "2A25") == "2A25"
