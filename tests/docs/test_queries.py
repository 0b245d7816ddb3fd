"""The questions in docs/queries.md can be asked of a published month as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.contract import load_extracts
from pipelines.database import DatabaseError, read_views
from pipelines.lake import Lake
from pipelines.publish import publish
from pipelines.publish.catalogue import catalogue_path
from pipelines.publish.tables import ANALYSTS
from tests.pipelines.publish.conftest import MONTH, City, some_households

PAGE = (Path(__file__).parent.parent.parent / "docs" / "queries.md").read_text(encoding="utf-8")
QUESTIONS = re.findall(r"^## (.+?)$.*?```sql\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE)
# What the made-up month has no rows of: visits, loads of towns, months before.
WITHOUT_ROWS = {
    "What did visits find?",
    "Which data do visits find wrong, and which rules rested on them?",
    "Does the order put hardship first?",
    "Who waits longest, and how far is each town behind?",
    "What became of the households of a month's list?",
}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    city = City(Lake(tmp_path_factory.mktemp("city")))
    city.lay(some_households())
    publish(load_extracts(), MONTH, city.lake)
    return catalogue_path(city.lake)


def test_every_question_has_its_query():
    assert len(QUESTIONS) == PAGE.count("\n## ") == PAGE.count("```sql")


@pytest.mark.parametrize(("question", "sql"), QUESTIONS, ids=[question for question, _ in QUESTIONS])
def test_a_question_is_answered(catalogue, question, sql):
    names, rows = read_views(catalogue, sql)
    assert len(set(names)) == len(names) > 1
    assert rows or question in WITHOUT_ROWS


def test_the_answers_are_those_of_the_month(catalogue):
    queries = dict(QUESTIONS)
    _, [(month, listed, new, reopened)] = read_views(catalogue, queries[QUESTIONS[0][0]])
    assert (month, listed, reopened) == (MONTH.start, 4, 0)
    _, reasons = read_views(catalogue, queries["Why are households with a match not listed?"])
    assert {(reason, count) for _, reason, count in reasons} == {("waiting_for_capacity", 1), ("covered", 1)}
    assert new <= listed


def test_a_query_on_a_column_that_went_away_would_be_seen(catalogue):
    with pytest.raises(DatabaseError):
        read_views(catalogue, "select no_such_column from candidates")


def test_the_questions_touch_the_tables_that_people_ask_most(catalogue):
    asked = {name for name in ANALYSTS if re.search(rf"\b{name}\b", " ".join(sql for _, sql in QUESTIONS))}
    assert asked >= {"candidates", "matches", "exclusions", "cases", "coverage", "metrics", "town_loads"}
