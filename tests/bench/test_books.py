"""The bench of the towns' workbooks measures what it says."""

from __future__ import annotations

from tests.bench.books import books


def test_every_town_gets_as_many_households_as_asked_for():
    found = books(3)
    assert (found["towns"], found["households"]) == (23, 69)
    assert found["seconds"] > 0 and found["mib"] > 0
