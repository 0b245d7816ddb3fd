"""The invented towns answer to the lists they were given, and to nobody else's."""

from __future__ import annotations

import polars as pl

from pipelines.city.answers import OUTCOMES, answers, lay_answers
from pipelines.contract import load_extracts
from pipelines.ingest import ingest
from pipelines.lake import Lake
from pipelines.month import Month

MAY, JUNE = Month(2022, 5), Month(2022, 6)


def listed(lake: Lake, month: Month, keys: list[str]) -> None:
    with lake.write("published", month, {}) as folder:
        pl.DataFrame({"household_key": keys, "overlap": [2] * len(keys)}).write_parquet(
            folder / "candidates.parquet"
        )
        pl.DataFrame({"household_key": keys}, schema={"household_key": pl.String}).write_parquet(
            folder / "cases.parquet"
        )
        pl.DataFrame({"household_key": []}, schema={"household_key": pl.String}).write_parquet(
            folder / "audit_sample.parquet"
        )


def key(number: int) -> str:
    return f"H{number:016X}"


def test_some_of_the_listed_households_are_visited_in_the_month_after(tmp_path):
    lake = Lake(tmp_path / "lake")
    listed(lake, MAY, [key(n) for n in range(200)])
    found = answers(lake, JUNE, seed=1)
    assert 80 < len(found) < 160
    assert set(found["outcome"]) <= set(OUTCOMES)
    assert found["visited_on"].min() >= JUNE.start and found["visited_on"].max() <= JUNE.end
    assert found.equals(answers(lake, JUNE, seed=1)) and not found.equals(answers(lake, JUNE, seed=2))


def test_nobody_is_visited_before_there_is_a_list(tmp_path):
    assert answers(Lake(tmp_path / "lake"), JUNE, seed=1).is_empty()


def test_a_household_visited_last_month_is_not_visited_again(tmp_path):
    lake = Lake(tmp_path / "lake")
    listed(lake, Month(2022, 4), [key(n) for n in range(200)])
    listed(lake, MAY, [])
    with lake.write("parquet/towns__visits", MAY, {}) as folder:
        pl.DataFrame({"household_key": [key(n) for n in range(150)]}).write_parquet(folder / "rows.parquet")
    assert 0 < len(answers(lake, JUNE, seed=1)) < 50
    assert set(answers(lake, JUNE, seed=1)["household_key"]) <= {key(n) for n in range(150, 200)}


def test_the_answers_are_read_as_the_towns_extract(tmp_path):
    lake = Lake(tmp_path / "lake")
    listed(lake, MAY, [key(n) for n in range(50)])
    laid = lay_answers(tmp_path / "landing", lake, JUNE, seed=1)
    report = ingest(load_extracts()["towns__visits"], JUNE, tmp_path / "landing", lake)
    assert report["accepted"] == laid > 0 and report["rejected"] == 0
