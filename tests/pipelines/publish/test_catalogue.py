"""An analyst opens one file and finds every month, with words on every column."""

from __future__ import annotations

import subprocess
import sys

import polars as pl
import pytest

from pipelines.publish import publish
from pipelines.publish.catalogue import catalogue_path

from .conftest import MONTH, some_households

ASK = "import duckdb, sys; print(duckdb.connect(sys.argv[1], read_only=True).execute(sys.argv[2]).fetchall())"


@pytest.fixture
def ask(city, tmp_path):
    def ask(sql: str) -> str:
        """As an analyst does: another program, another folder, read-only."""
        done = subprocess.run(
            [sys.executable, "-c", ASK, str(catalogue_path(city.lake)), sql],
            capture_output=True, text=True, check=True, cwd=tmp_path,
        )  # fmt: skip
        return done.stdout.strip()

    return ask


def test_all_published_months_are_read_in_their_current_revision(city, extracts, ask):
    for back in (-1, 0):
        city.lay(some_households(), MONTH.plus(back))
        publish(extracts, MONTH.plus(back), city.lake)
    per_month = "select cast(month as varchar), count(*) from candidates group by 1 order by 1"
    assert ask(per_month) == "[('2022-05-01', 4), ('2022-06-01', 4)]"
    city.lay(some_households()[:-1])
    publish(extracts, MONTH, city.lake)
    assert ask(per_month) == "[('2022-05-01', 4), ('2022-06-01', 3)]"
    assert ask("select name_zh from towns where code = '442000109'") == "[('三角镇',)]"


def test_every_view_and_column_is_explained(city, extracts, ask):
    city.lay(some_households())
    publish(extracts, MONTH, city.lake)
    assert ask("select count(*) from duckdb_views() where not internal and comment is null") == "[(0,)]"
    silent = (
        "select count(*) from duckdb_columns() where not internal and comment is null "
        "and table_name not in ('towns', 'communities')"
    )
    assert ask(silent) == "[(0,)]"


def test_the_catalogue_holds_no_row_of_a_household(city, extracts, ask):
    city.lay(some_households())
    publish(extracts, MONTH, city.lake)
    assert ask("select table_name from duckdb_tables() order by 1") == "[('communities',), ('towns',)]"
    assert some_households()[0].key.encode() not in catalogue_path(city.lake).read_bytes()
    assert catalogue_path(city.lake).stat().st_mode & 0o077 == 0


def test_a_month_published_by_hand_elsewhere_shows_up_without_a_new_catalogue(city, extracts, ask):
    city.lay(some_households())
    publish(extracts, MONTH, city.lake)
    before = catalogue_path(city.lake).read_bytes()
    source = city.lake.resolve("published", MONTH) / "cases.parquet"
    later = city.lake.root / "published" / "month=2022-07"
    later.mkdir()
    pl.read_parquet(source).with_columns(month=pl.date(2022, 7, 1)).write_parquet(later / "cases.parquet")
    assert ask("select count(distinct month) from cases") == "[(2,)]"
    assert catalogue_path(city.lake).read_bytes() == before
