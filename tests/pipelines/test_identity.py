"""Resident IDs: what is one, what is mended into one, and the keys that stand for them."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity import (
    birth_date,
    check_character,
    document_key,
    household_key,
    is_resident_id,
    is_resident_id_expr,
    masked_id,
    resident_key,
    resident_key_expr,
    upgraded,
)

SECRET = b"a secret of the tests"

# The two examples printed in GB 11643-1999, and the family of the scenarios.
PUBLISHED = ["11010519491231002X", "440524188001010014"]
INVENTED = ["442099197703121018", "442099197908251027", "442099200304181034", "442099200609071047"]


def whole(first17):
    """Seventeen digits with their right check character: wrong, if at all, for another reason."""
    return first17 + check_character(first17)


@st.composite
def resident_ids(draw):
    first6 = draw(st.integers(110000, 999999))
    born = draw(st.dates(date(1880, 1, 1), date(2099, 12, 31)))
    return whole(f"{first6}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}")


def vectorised(texts):
    return (
        pl.DataFrame({"text": texts}, schema={"text": pl.String})
        .select(is_resident_id_expr(pl.col("text")))["text"]
        .to_list()
    )


@pytest.mark.parametrize("resident_id", PUBLISHED + INVENTED)
def test_the_published_examples_and_the_invented_families_are_valid(resident_id):
    assert is_resident_id(resident_id)
    assert vectorised([resident_id]) == [True]


@pytest.mark.parametrize(
    "text",
    [
        PUBLISHED[0].lower(),  # lower case: ingest mends it first
        PUBLISHED[0][:17] + "1",  # wrong check character
        whole("110105" + "19490231" + "002"),  # no such day
        whole("440524" + "18791231" + "001"),  # before anybody alive
        whole("010105" + "19491231" + "002"),  # no address begins with 0
        "1101051949123100",  # too short
        "11010519491231002X ",
        "11010519491231002X\n",
        "1101051949123100２X",  # a full-width digit: ingest mends it first
        "４４０５２４188001010014",
        "",
        "张三",
    ],
)
def test_what_is_no_id_is_refused(text):
    assert not is_resident_id(text)
    assert vectorised([text]) == [False]


def test_no_id_at_all_is_no_id():
    assert vectorised([None]) == [False]


@given(resident_ids(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_digit_mistyped_is_always_noticed(resident_id, place, digit):
    mistyped = resident_id[:place] + digit + resident_id[place + 1 :]
    assert is_resident_id(mistyped) == (mistyped == resident_id)


@given(resident_ids(), st.integers(0, 16))
def test_two_neighbouring_digits_swapped_are_always_noticed(resident_id, place):
    swapped = resident_id[:place] + resident_id[place + 1] + resident_id[place] + resident_id[place + 2 :]
    assert is_resident_id(swapped) == (swapped == resident_id)


@given(st.lists(resident_ids() | st.text(alphabet="0123456789Xx２ -张", max_size=19), max_size=20))
def test_a_whole_column_is_judged_like_each_of_its_values(texts):
    assert vectorised(texts) == [is_resident_id(text) for text in texts]


@given(resident_ids())
def test_the_birth_date_is_read_from_the_id(resident_id):
    assert f"{birth_date(resident_id):%Y%m%d}" == resident_id[6:14]


def test_a_fifteen_digit_id_becomes_the_id_of_the_same_person():
    assert upgraded("442000560308021") == "442000195603080211"
    assert is_resident_id(upgraded("442000560308021"))


@pytest.mark.parametrize(
    "text", ["442000561308021", "44200056030802", "44200056030802X", "442000195603080211", ""]
)
def test_what_is_no_fifteen_digit_id_is_not_upgraded(text):
    assert upgraded(text) is None


def test_lists_show_the_address_digits_and_the_last_two():
    assert masked_id("442099197703121018") == "442099**********18"


# Keys ----------------------------------------------------------------------------------------------


def number_of(key, secret):
    """The 17 digits a key was made from: the scrambling undone, which only works if it is one-to-one."""
    import hashlib
    import hmac

    digest = hmac.digest(secret, b"resident", hashlib.sha256)
    factors = [(int.from_bytes(digest[i : i + 8]) & (2**62 - 1)) | 1 for i in (0, 8)]
    number = key ^ (key >> 31)
    for factor in reversed(factors):
        number = number * pow(factor, -1, 2**62) % 2**62
        number ^= number >> 31
    return number


@given(resident_ids(), st.binary(min_size=1, max_size=40))
def test_two_residents_never_share_a_key(resident_id, secret):
    assert f"{number_of(resident_key(resident_id, secret), secret):017d}" == resident_id[:17]


@given(st.lists(resident_ids(), min_size=1, max_size=20), st.binary(min_size=1, max_size=40))
def test_a_whole_column_gets_the_keys_of_its_values(ids, secret):
    keys = pl.DataFrame({"id": ids}).select(resident_key_expr(pl.col("id"), secret))["id"]
    assert keys.dtype == pl.Int64
    assert keys.to_list() == [resident_key(resident_id, secret) for resident_id in ids]


def test_no_id_has_no_key():
    column = pl.DataFrame({"id": [None, INVENTED[0]]}, schema={"id": pl.String})
    keys = column.select(resident_key_expr(pl.col("id"), SECRET)).to_series().to_list()
    assert keys == [None, resident_key(INVENTED[0], SECRET)]


@given(resident_ids(), st.text(max_size=30))
def test_a_passport_never_has_the_key_of_a_resident(resident_id, passport):
    assert 0 <= resident_key(resident_id, SECRET) < 2**62 <= document_key(passport, SECRET) < 2**63


def test_a_key_does_not_show_the_id_and_changes_with_the_secret():
    key = resident_key(INVENTED[0], SECRET)
    assert str(key) != INVENTED[0][:17]
    assert key != resident_key(INVENTED[0], b"another secret")
    near = resident_key("442099197703121026", SECRET)
    assert bin(key ^ near).count("1") > 10  # the next person born that day has an unrelated key


def test_the_key_of_a_household_is_public_but_not_guessable():
    key = household_key(17, SECRET)
    assert len(key) == 17 and key[0] == "H" and set(key[1:]) <= set("0123456789ABCDEF")
    assert key == household_key(17, SECRET)
    assert len({household_key(17, SECRET), household_key(18, SECRET), household_key(17, b"other")}) == 3
