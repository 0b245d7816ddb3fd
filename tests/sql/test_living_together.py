"""Who lives together: spouses, children with a parent, others only in one register at one address."""

from tests.sql.tables import answers, expected

CAP = """
    | household_size_cap |
    | 4                  |
"""
NOBODY_JOINED = """
    | group_key | smallest_key |
    |           |              |
"""
NO_CO_PARENTS = """
    | resident_key | partner_key |
    |              |             |
"""
NO_DEPENDANTS = """
    | resident_key | family_register_key | address_key | parent_key |
    |              |                    |         |            |
"""


def test_spouses_are_those_whose_latest_entry_is_their_marriage():
    given = {
        "stg_civil_affairs__marriages": """
            | resident_key | spouse_key | marriage_status | registered_on |
            | 1            | 2          | married         | 2001-05-01    |
            | 3            | 4          | married         | 1999-01-01    |
            | 3            | 4          | divorced        | 2010-01-01    |
            | 5            | 6          | married         | 2000-01-01    |
            | 5            | 7          | married         | 2015-01-01    |
            | 8            | 9          | married         | 2003-03-03    |
        """,
        "residents": """
            | resident_key |
            | 1 |
            | 2 |
            | 3 |
            | 4 |
            | 5 |
            | 6 |
            | 7 |
            | 8 |
        """,
    }
    # 3 and 4 are divorced; 6 was left behind by 5's later marriage; 9 lives elsewhere
    assert answers("spouses", given, "resident_key, spouse_key") == expected("""
        | resident_key | spouse_key |
        | 1            | 2          |
        | 2            | 1          |
        | 5            | 7          |
        | 7            | 5          |
    """)


def test_adults_share_a_group_only_in_one_family_register_at_one_address():
    given = {
        "reference": CAP,
        "dependants": NO_DEPENDANTS,
        "residents": """
            | resident_key | family_register_key | address_key  |
            | 11           | R1                 | Lane 1   |
            | 12           | R1                 | Lane 1   |
            | 13           | R1                 | Road 9   |
            | 14           |                    | Dorm 2   |
            | 15           |                    | Dorm 2   |
        """,
    }
    # 13 moved out; 14 and 15 share a dormitory (collective register): strangers
    assert answers("register_groups", given, "resident_key, group_key, is_too_large") == expected("""
        | resident_key | group_key | is_too_large |
        | 11           | 11        | false        |
        | 12           | 11        | false        |
        | 13           | 13        | false        |
        | 14           | 14        | false        |
        | 15           | 15        | false        |
    """)


def test_a_group_above_the_size_cap_is_marked_and_joins_nobody():
    people = "\n".join(f"| {key} | R1 | Lane 1 |" for key in range(1, 6))
    groups = {
        "reference": CAP,
        "dependants": NO_DEPENDANTS,
        "residents": f"| resident_key | family_register_key | address_key |\n{people}\n| 9 | R2 | Lane 2 |",
    }
    marked = answers("register_groups", groups, "resident_key, is_too_large")
    assert marked == sorted([*((key, True) for key in range(1, 6)), (9, False)], key=repr)
    joined = answers(
        "joined_groups",
        {
            "spouses": "| resident_key | spouse_key |\n| 5 | 9 |\n| 9 | 5 |",
            "co_parents": NO_CO_PARENTS,
            "register_groups": """
                | resident_key | group_key | is_too_large |
                | 5            | 1         | true         |
                | 9            | 9         | false        |
            """,
        },
        "group_key, smallest_key",
    )
    assert joined == []


def test_parents_of_one_child_at_one_address_live_together_and_parents_apart_do_not():
    given = {
        "parent_claims": """
            | resident_key | parent_key | parent_address_key | choice |
            | 9            | 1          | Lane 1         | 1      |
            | 9            | 2          | Lane 1         | 2      |
            | 8            | 3          | Road 3         | 1      |
            | 8            | 4          | Road 4         | 2      |
            | 7            |            |                | 1      |
        """
    }
    assert answers("co_parents", given, "resident_key, partner_key") == [(1, 2)]


def test_a_marriage_joins_two_registers_into_one_household():
    given = {
        "spouses": """
            | resident_key | spouse_key |
            | 1            | 21         |
            | 21           | 1          |
            | 22           | 31         |
            | 31           | 22         |
        """,
        "co_parents": """
            | resident_key | partner_key |
            | 41           | 42          |
        """,
        "register_groups": """
            | resident_key | group_key | is_too_large |
            | 1            | 1         | false        |
            | 21           | 21        | false        |
            | 22           | 21        | false        |
            | 31           | 31        | false        |
            | 41           | 41        | false        |
            | 42           | 42        | false        |
            | 43           | 43        | false        |
        """,
    }
    assert answers("joined_groups", given, "group_key, smallest_key") == expected("""
        | group_key | smallest_key |
        | 1         | 1            |
        | 21        | 1            |
        | 31        | 1            |
        | 41        | 41           |
        | 42        | 41           |
    """)


def test_a_child_goes_with_its_parent_a_grandchild_with_its_mother_and_an_orphan_with_the_register():
    given = {
        "joined_groups": NOBODY_JOINED,
        "register_groups": """
            | resident_key | group_key | family_register_key | address_key | is_too_large |
            | 1            | 1         | R1                 | Lane 1  | false        |
            | 50           | 50        | R5                 | Lane 5  | false        |
        """,
        "dependants": """
            | resident_key | family_register_key | address_key | parent_key |
            | 2            | R1                 | Lane 1  | 1          |
            | 3            |                    | Lane 1  | 2          |
            | 51           | R5                 | Lane 5  |            |
            | 60           | R6                 | Lane 6  |            |
            | 61           | R6                 | Lane 6  |            |
            | 70           |                    | Home 7  |            |
        """,
    }
    # 2 is a mother of 17, 3 her baby; 60 and 61 are siblings without a parent here
    assert answers("living_together", given, "resident_key, label") == expected("""
        | resident_key | label |
        | 1            | 1     |
        | 2            | 1     |
        | 3            | 1     |
        | 50           | 50    |
        | 51           | 50    |
        | 60           | 60    |
        | 61           | 60    |
        | 70           | 70    |
    """)
