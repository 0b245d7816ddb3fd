"""Towns under their old and short names: every name a department may write leads to one of today's towns."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from pipelines.contract import SCHEMAS

REFERENCE = SCHEMAS.parent / "data" / "reference"


def rows(name):
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TOWNS = {row["code"]: row["name_zh"] for row in rows("towns")}
ALIASES = {row["alias"]: row for row in rows("town_aliases")}


def test_every_alias_leads_to_one_of_todays_towns():
    assert len(ALIASES) == len(rows("town_aliases"))
    assert {row["town_code"] for row in ALIASES.values()} <= set(TOWNS)


def test_no_alias_is_a_name_or_code_in_use():
    assert not set(ALIASES) & (set(TOWNS) | set(TOWNS.values()))


def test_every_town_is_known_by_its_short_name():
    for code, name in TOWNS.items():
        short = name.removesuffix("街道") if name.endswith("街道") else name.removesuffix("镇")
        assert ALIASES[short]["town_code"] == code
    assert ALIASES["古镇"]["town_code"] == "442000105"  # its kind is cut once: 古镇镇


@pytest.mark.parametrize(
    ("written", "town"),
    [
        ("东升镇", "小榄镇"),
        ("民众镇", "民众街道"),
        ("南朗镇", "南朗街道"),
        ("翠亨新区", "南朗街道"),
        ("火炬开发区", "中山港街道"),
        ("三角", "三角镇"),
        ("442000104", "小榄镇"),
    ],
)
def test_towns_under_the_names_they_had_before_2021_are_found(written, town):
    assert TOWNS[ALIASES[written]["town_code"]] == town


@pytest.mark.parametrize("written", ["火炬统筹区", "442000", "中山市"])
def test_a_name_of_several_towns_leads_to_none(written):
    assert written not in ALIASES


def test_every_alias_says_its_kind_its_basis_and_until_when_it_was_official():
    kinds = {"old_name", "short_name", "new_name", "statistical_name", "old_code"}
    for row in ALIASES.values():
        assert row["kind"] in kinds
        assert row["basis"]
        if row["valid_until"]:
            assert date.fromisoformat(row["valid_until"]) < date(2022, 1, 1)
        assert (row["kind"] == "old_code") == row["alias"].isdigit()
        if row["kind"] == "old_code":
            assert "to be confirmed" in row["basis"]
