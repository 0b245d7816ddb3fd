"""An analyst asks the published tables with one command, and can change nothing."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.database import DocumentedView, write_views

TOWNS = pa.table({"code": ["442000109"], "name_zh": ["三角镇"]})


@pytest.fixture
def lake(tmp_path):
    pq.write_table(
        pa.table({"town_code": ["442000109", "442000109"], "priority": [32, 26]}), tmp_path / "c.parquet"
    )
    columns = {"town_code": "Town.", "priority": "Points."}
    view = DocumentedView("candidates", str(tmp_path / "c.parquet"), "Listed households.", columns)
    write_views(tmp_path / "hardship.duckdb", [view], {"towns": TOWNS})
    return tmp_path


def ask(lake, *words):
    return CliRunner().invoke(app, ["--lake", str(lake), "sql", *words])


def test_without_a_query_the_tables_are_named_with_what_they_hold(lake):
    answer = ask(lake)
    assert answer.exit_code == 0
    assert "candidates" in answer.stdout and "Listed households." in answer.stdout


def test_a_query_is_answered_as_a_table_and_as_json(lake):
    query = (
        "select name_zh, sum(priority)::int as points "
        "from candidates join towns on code = town_code group by name_zh"
    )
    assert ask(lake, query).stdout.split() == ["name_zh", "points", "-------", "------", "三角镇", "58"]
    assert json.loads(ask(lake, query, "--json").stdout) == {"name_zh": "三角镇", "points": 58}


def test_a_query_can_change_nothing(lake):
    before = (lake / "hardship.duckdb").read_bytes()
    assert ask(lake, "drop view candidates").exit_code != 0
    assert (lake / "hardship.duckdb").read_bytes() == before


def test_before_any_month_was_published_it_says_what_to_do(tmp_path):
    answer = ask(tmp_path)
    assert answer.exit_code != 0
    assert "hardship run --month" in str(answer.exception)
