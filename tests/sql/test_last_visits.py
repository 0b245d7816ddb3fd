"""A visit speaks of the household it went to, also once that household has joined another."""

from datetime import date

from tests.sql.tables import answers

REFERENCE = """
    | month_end  |
    | 2022-05-31 |
"""

KEYS = """
    | household_key | household_no |
    | H1            | 1            |
    | H2            | 2            |
"""

VISITS = """
    | household_key | visited_on | outcome          |
    | H1            | 2022-04-18 | not_in_hardship  |
    | H2            | 2022-03-01 | confirmed_helped |
"""

NOBODY_JOINED = "| former_no | household_no |\n|  |  |"


def last_visits(visits: str, members: str, previous: str, merges: str = NOBODY_JOINED) -> list[tuple]:
    given = {
        "reference": REFERENCE,
        "household_keys": KEYS,
        "stg_towns__visits": visits,
        "members": members,
        "previous_members": previous,
        "household_merges": merges,
    }
    columns = "household_no, last_visited_on, last_visit_outcome"
    return answers("last_visits", given, columns, through=("visited_numbers",))


def test_a_household_keeps_its_own_visit():
    people = "| resident_key | household_no | is_alive |\n| 11 | 1 | true |\n| 21 | 2 | true |"
    assert last_visits(VISITS, people, people) == [
        (1, date(2022, 4, 18), "not_in_hardship"),
        (2, date(2022, 3, 1), "confirmed_helped"),
    ]


def test_of_two_households_that_joined_this_month_the_later_visit_holds():
    previous = "| resident_key | household_no |\n| 11 | 1 |\n| 21 | 2 |"
    now = "| resident_key | household_no | is_alive |\n| 11 | 2 | true |\n| 21 | 2 | true |"
    assert last_visits(VISITS, now, previous) == [(2, date(2022, 4, 18), "not_in_hardship")]


def test_the_visit_still_holds_months_after_the_two_joined_and_when_they_join_a_third():
    merges = "| former_no | household_no |\n| 1 | 2 |"
    together = "| resident_key | household_no | is_alive |\n| 11 | 2 | true |\n| 21 | 2 | true |"
    only_the_first = "| household_key | visited_on | outcome |\n| H1 | 2022-04-18 | not_in_hardship |"
    assert last_visits(only_the_first, together, together, merges) == [
        (2, date(2022, 4, 18), "not_in_hardship")
    ]
    third = "| resident_key | household_no | is_alive |\n| 11 | 3 | true |\n| 21 | 3 | true |"
    assert last_visits(only_the_first, third, together, merges) == [(3, date(2022, 4, 18), "not_in_hardship")]


def test_a_visit_to_people_who_left_the_city_is_nobodys():
    gone = "| resident_key | household_no | is_alive |\n| 21 | 2 | true |\n| 11 | 1 | false |"
    previous = "| resident_key | household_no |\n| 11 | 1 |\n| 21 | 2 |"
    assert last_visits(VISITS, gone, previous) == [(2, date(2022, 3, 1), "confirmed_helped")]
