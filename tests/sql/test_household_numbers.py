"""A household keeps its number over the months by the majority of its members."""

from tests.sql.tables import answers

REFERENCE = """
    | month_end  |
    | 2022-05-31 |
"""


def numbers(living_together: str, previous_members: str) -> dict:
    given = {
        "living_together": living_together,
        "previous_members": previous_members,
        "reference": REFERENCE,
    }
    return dict(answers("household_numbers", given, "label, household_no"))


def test_a_household_that_gained_a_member_keeps_its_number():
    got = numbers(
        "| resident_key | label |\n| 1 | 1 |\n| 2 | 1 |\n| 3 | 1 |",
        "| resident_key | household_no |\n| 1 | 900 |\n| 2 | 900 |",
    )
    assert got == {1: 900}


def test_of_a_split_household_the_larger_part_keeps_the_number_and_the_other_gets_a_new_one():
    got = numbers(
        "| resident_key | label |\n| 1 | 1 |\n| 2 | 2 |\n| 3 | 2 |",
        "| resident_key | household_no |\n| 1 | 900 |\n| 2 | 900 |\n| 3 | 900 |",
    )
    assert got[2] == 900
    assert got[1] not in (900, None)


def test_of_two_merged_households_the_one_with_more_members_gives_the_number():
    got = numbers(
        "| resident_key | label |\n| 1 | 1 |\n| 2 | 1 |\n| 3 | 1 |",
        "| resident_key | household_no |\n| 1 | 800 |\n| 2 | 900 |\n| 3 | 900 |",
    )
    assert got == {1: 900}


def test_a_new_household_gets_the_same_number_whenever_the_month_is_computed_again():
    people = "| resident_key | label |\n| 1 | 1 |\n| 2 | 2 |"
    nobody = "| resident_key | household_no |\n|  |  |"
    first, again = numbers(people, nobody), numbers(people, nobody)
    assert first == again
    assert first[1] != first[2]
    assert all(0 <= number < 2**62 for number in first.values())
