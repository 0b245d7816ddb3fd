"""A town is found by every code and name it has or had; a community nobody knows is noted, not guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingest.places import load_places, parse_community, parse_town
from pipelines.ingest.values import PROBABLE, Refusal, Value

PLACES = load_places()
SANJIAO, XIAOLAN, MINZHONG = "442000109", "442000118", "442000007"


@pytest.mark.parametrize(
    ("written", "action"),
    [
        (SANJIAO, None),
        (f"{SANJIAO}.0", "tidied"),
        (f"{SANJIAO}000", "code_form"),
        (f"{SANJIAO}001", "code_form"),
        ("三角镇", "code_form"),
        ("三角", "code_form"),
        ("中山市三角镇", "code_form"),
        ("广东省中山市三角镇人民政府", "code_form"),
        (" 三 角 镇 ", "code_form"),
    ],
)
def test_sanjiao_is_found_by_code_and_name(written, action):
    assert parse_town(written, PLACES) == Value(SANJIAO, action)


@pytest.mark.parametrize(
    ("written", "town"),
    [
        ("东升镇", XIAOLAN),
        ("东升", XIAOLAN),
        ("442000104", XIAOLAN),
        ("442000104000", XIAOLAN),
        ("民众镇", MINZHONG),
        ("442000102", MINZHONG),
        ("火炬开发区", "442000003"),
        ("翠亨新区", "442000008"),
        ("南朗镇", "442000008"),
    ],
)
def test_a_town_of_before_2021_is_the_one_it_became(written, town):
    found = parse_town(written, PLACES)
    assert found.value == town
    assert found.action == "former_town"


def test_a_town_named_once_in_an_address_is_probable():
    found = parse_town("广东省中山市三角镇兴华里3号", PLACES)
    assert found == Value(SANJIAO, "town_from_address", PROBABLE)
    assert found.changes_meaning


@pytest.mark.parametrize(
    "written", ["442000000", "442000", "442000999", "三角镇转小榄镇", "广州市", "镇", "123"]
)
def test_what_names_no_town_or_two_is_refused(written):
    assert parse_town(written, PLACES).reason == "unknown_town"


def test_an_empty_town_is_null():
    assert parse_town("无", PLACES) == Value(None)


def test_a_community_is_found_by_code_and_by_a_name_that_only_one_bears():
    assert parse_community("442000001007", PLACES) == Value("442000001007")
    assert parse_community("桂园社区居民委员会", PLACES) == Value("442000001007", "code_form")


@pytest.mark.parametrize("written", ["442000104001", "442000999", "不知道的社区"])
def test_a_community_nobody_knows_is_null_with_a_note(written):
    assert parse_community(written, PLACES) == Value(None, "unknown_community")


@pytest.mark.parametrize("town", sorted(PLACES.towns))
def test_every_town_is_found_by_all_its_names(town):
    for names in (PLACES.town_names, PLACES.aliases):
        for name in [name for name, code in names.items() if code == town]:
            assert parse_town(name, PLACES).value == town


@given(st.text(alphabet="442000109三角镇小榄东升街道社区 ０\u200b", max_size=20))
def test_whatever_a_cell_holds_it_is_a_town_in_force_or_refused(text):
    found = parse_town(text, PLACES)
    assert isinstance(found, Refusal) or found.value is None or found.value in PLACES.towns
    community = parse_community(text, PLACES)
    assert community.value is None or community.value in PLACES.communities
