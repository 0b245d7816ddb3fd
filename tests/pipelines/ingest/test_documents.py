"""A resident ID is mended where that is certain, named as damaged where it is, and never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity import check_character, is_resident_id
from pipelines.ingest.documents import NUMBER_CELL, parse_certificate, parse_resident_id
from pipelines.ingest.values import PROBABLE, TIDYING, Refusal, Value
from tests.pipelines.ingest.delivering import SPOUSE, WEIZHI

WITH_X = next(
    whole
    for n in range(100, 200)
    if (whole := (f := f"44209919770312{n}") + check_character(f)).endswith("X")
)
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@st.composite
def resident_ids(draw):
    born = draw(st.dates(date(1900, 1, 1), date(2030, 12, 31)))
    first17 = f"442099{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first17 + check_character(first17)


@pytest.mark.parametrize(
    "written",
    [
        WEIZHI.translate(FULL_WIDTH),
        f"'{WEIZHI}",
        f"’{WEIZHI}",
        f" {WEIZHI}\u00a0",
        f"\ufeff{WEIZHI[:6]}\u200b{WEIZHI[6:]}",
        " ".join([WEIZHI[:6], WEIZHI[6:14], WEIZHI[14:]]),
        f"{WEIZHI[:6]}-{WEIZHI[6:14]}-{WEIZHI[14:]}",
        f'"{WEIZHI}"',
    ],
)
def test_an_id_in_odd_writing_is_tidied(written):
    assert parse_resident_id(written) == Value(WEIZHI, "tidied")


@pytest.mark.parametrize("letter", ["x", "Ｘ", "ｘ", "×", "Х"])
def test_the_check_character_x_in_any_writing_is_x(letter):
    assert parse_resident_id(WITH_X[:17] + letter) == Value(WITH_X, "tidied")


def test_fifteen_digits_of_an_old_system_become_eighteen_and_say_so():
    old = WEIZHI[:6] + WEIZHI[8:17]
    found = parse_resident_id(old)
    assert found == Value(WEIZHI, "upgraded_15")
    assert found.changes_meaning


@pytest.mark.parametrize("ending", ["44", "44B1", "73B"])
def test_a_disability_certificates_number_contains_the_holders_id(ending):
    found = parse_resident_id(WEIZHI + ending)
    assert found == Value(WEIZHI, "certificate_number")
    assert found.changes_meaning


@pytest.mark.parametrize("region", ["81", "82", "83"])
def test_a_residence_permit_of_hong_kong_macao_or_taiwan_is_an_id(region):
    first17 = region + "0000" + "19880615" + "001"
    permit = first17 + check_character(first17)
    assert parse_resident_id(permit) == Value(permit)


@pytest.mark.parametrize("written", ["E12345678", "EA1234567", "G12345678", "H12345678", "M1234567801"])
def test_a_passport_or_travel_permit_is_another_document_and_no_resident_in_a_register(written):
    assert parse_resident_id(written) == Value(written, "other_document")
    assert parse_resident_id(written, documents=False).reason == "not_an_id"


def test_one_id_with_words_around_it_is_probable():
    found = parse_resident_id(f"{WEIZHI}（本人）")
    assert found == Value(WEIZHI, "taken_from_text", PROBABLE)


def test_two_people_in_one_cell_are_nobody():
    assert parse_resident_id(f"{WEIZHI}、{SPOUSE}").reason == "two_ids"
    assert parse_resident_id(f"{WEIZHI}/{WEIZHI}").value == WEIZHI


def wrong(first17):
    return first17 + ("0" if check_character(first17) != "0" else "1")


@pytest.mark.parametrize(
    "damaged",
    [
        wrong(SPOUSE[:17]), SPOUSE[:17], SPOUSE[:14] + "O" + SPOUSE[15:], wrong(SPOUSE[:17])[:15] + "000",
        f"{SPOUSE[:6]} {SPOUSE[6:14]} {wrong(SPOUSE[:17])[14:]}", wrong(SPOUSE[:17]) + "44", "4.42E+17",
    ],
)  # fmt: skip
def test_two_people_in_one_cell_are_nobody_though_only_one_id_is_whole(damaged):
    assert parse_resident_id(f"{damaged}、{WEIZHI}").reason == "two_ids"
    assert parse_resident_id(f"{WEIZHI}（{damaged}）").reason == "two_ids"


@pytest.mark.parametrize(
    "beside", ["本人", "13800138000", "E12345678", WEIZHI[:6] + WEIZHI[8:17], WEIZHI + "44"]
)
def test_one_id_is_taken_where_nothing_beside_it_can_be_somebody_elses(beside):
    assert parse_resident_id(f"{WEIZHI}、{beside}") == Value(WEIZHI, "taken_from_text", PROBABLE)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (wrong(WEIZHI[:17]), "bad_check_character"),
        (wrong("44209919770231101"), "impossible_birth_date"),
        (wrong("44209918000101101"), "impossible_birth_date"),
        (WEIZHI[:17], "wrong_length"),
        (WEIZHI + "1", "wrong_length"),
        ("4.42E+17", "excel_scientific"),
        ("4.42099197703121e+17", "excel_scientific"),
        ("杨伟志", "not_an_id"),
        ("19770312", "wrong_length"),
        ("不详1", "not_an_id"),
    ],
)
def test_a_wrong_id_is_refused_for_what_is_wrong(written, reason):
    assert parse_resident_id(written).reason == reason


def test_an_id_typed_into_a_spreadsheet_as_number_ends_in_zeros():
    typed = next(f"44209919770312{n}000" for n in range(1, 10) if not is_resident_id(f"44209919770312{n}000"))
    assert parse_resident_id(typed).reason == "excel_zeros"


def test_an_id_that_went_through_floating_point_is_a_multiple_of_64():
    damaged = next(
        str(int(float(whole)))
        for n in range(101, 900)
        if not is_resident_id(str(int(float(whole := f"44209919770312{n}1")))) and int(float(whole)) % 1000
    )
    assert parse_resident_id(damaged).reason == "excel_float"


def test_a_number_cell_is_never_trusted_even_with_a_right_check_character():
    assert parse_resident_id(WEIZHI + NUMBER_CELL).reason == "excel_number"


def test_fifteen_digits_survive_a_number_cell():
    assert parse_resident_id(WEIZHI[:6] + WEIZHI[8:17] + NUMBER_CELL) == Value(WEIZHI, "upgraded_15")


@pytest.mark.parametrize("written", ["", " ", "-", "无", "NULL", "/"])
def test_an_empty_cell_names_nobody(written):
    assert parse_resident_id(written) == Value(None)


def test_a_birth_certificate_has_one_letter_and_nine_digits():
    assert parse_certificate("t 440123456") == Value("T440123456", "tidied")
    assert parse_certificate("440123456").reason == "not_a_certificate"
    assert parse_certificate("AB-1", r"[A-Z]{2}\d") == Value("AB1", "tidied")


@given(resident_ids())
def test_every_id_survives_every_form(resident_id):
    for written in (
        resident_id,
        resident_id.lower(),
        resident_id.translate(FULL_WIDTH),
        f"'{resident_id}",
        f" {resident_id[:6]} {resident_id[6:14]} {resident_id[14:]} ",
    ):
        found = parse_resident_id(written)
        assert found.value == resident_id
        assert found.action is None or found.action in TIDYING


@given(resident_ids(), st.integers(0, 17), st.sampled_from("0123456789"))
def test_no_single_wrong_digit_makes_another_person(resident_id, place, digit):
    if digit != resident_id[place]:
        other = resident_id[:place] + digit + resident_id[place + 1 :]
        assert isinstance(parse_resident_id(other), Refusal)


def test_digits_of_other_scripts_are_no_id():
    assert (
        parse_resident_id(WEIZHI.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))).reason == "not_an_id"
    )


CELLS = st.text(alphabet="0123456789xX×EA+-.、 ' ⟨number⟩０９\u200b\u00a0姓名", max_size=45)


@given(st.one_of(st.text(max_size=40), CELLS, st.tuples(CELLS, resident_ids(), CELLS).map("".join)))
def test_whatever_a_cell_holds_it_is_a_valid_id_another_document_or_refused(text):
    found = parse_resident_id(text)
    if isinstance(found, Value):
        assert found.value is None or found.action == "other_document" or is_resident_id(found.value)
    else:
        assert found.allowed
    assert isinstance(parse_resident_id(text, documents=False), (Value, Refusal))
    assert isinstance(parse_certificate(text), (Value, Refusal))
