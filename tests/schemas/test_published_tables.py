"""Programs of analysts rest on the published tables: what they rest on does not change unannounced."""

from __future__ import annotations

import copy

import pytest

from pipelines.contract import load_extracts
from pipelines.publish.tables import published_contracts
from tests.schemas.promised import complaints, promises, read


@pytest.fixture(scope="module")
def now():
    return promises()


def test_no_published_table_changes_without_its_version_saying_so(now):
    assert complaints(read(), now) == []


def test_what_is_promised_is_written_down(now):
    assert read() == now, "meant? python -m tests.schemas.promised"


def changed(now, version=None, drop=None, **columns):
    after = copy.deepcopy(now)
    after["candidates"]["columns"].update(columns)
    if drop:
        del after["candidates"]["columns"][drop]
    if version:
        after["candidates"]["version"] = version
    return after


@pytest.fixture
def before(now):
    return changed(now, "1.3.0")


COLUMN = {"type": "string", "unit": None, "required": False, "codes": []}


@pytest.mark.parametrize(
    ("change", "due"),
    [
        ({"drop": "rank"}, "column rank is gone. Version 2.0.0"),
        ({"rank": COLUMN}, "type of rank was int64 and is string"),
        ({"more": COLUMN}, "new: column more. Version 1.4.0"),
        ({"status": COLUMN | {"required": True, "codes": ["new"]}}, "status has no"),
    ],
)
def test_a_change_asks_for_the_version_that_announces_it(before, change, due):
    [complaint] = complaints(before, changed(before, **change))
    assert due in complaint


def test_an_announced_change_is_no_complaint(before):
    assert complaints(before, changed(before, "2.0.0", drop="rank")) == []
    assert complaints(before, changed(before, "1.4.0", more=COLUMN)) == []


def test_an_addition_does_not_announce_a_loss(before):
    assert complaints(before, changed(before, "1.4.0", drop="rank"))


def test_a_table_that_vanishes_and_a_key_that_changes_are_seen(before):
    gone = {name: table for name, table in before.items() if name != "candidates"}
    assert complaints(before, gone) == ["table candidates is gone"]
    keyed = copy.deepcopy(before)
    keyed["candidates"]["key"] = ["month", "rank"]
    assert "the key was" in complaints(before, keyed)[0]


@pytest.mark.parametrize("column", ["outcome", "wrong_data"])
def test_published_visits_have_the_codes_and_words_of_the_towns_visits(column):
    delivered = load_extracts()["towns__visits"].property(column)
    published = published_contracts()["visit_results"].property(column)
    assert (published.labels, published.meanings) == (delivered.labels, delivered.meanings)
