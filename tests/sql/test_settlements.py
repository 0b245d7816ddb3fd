"""What a person paid for care: each document once, each stay once, refunds taken off."""

import pyarrow as pa

from tests.sql.tables import answers, expected

TYPES = {
    "is_refund": pa.bool_(), "stay_no": pa.string(), "settlement_no": pa.string(),
    "visit_kind": pa.string(), "month_start": pa.date32(), "is_inpatient": pa.bool_(),
    "settled_month_on": pa.date32(),
}  # fmt: skip
DELIVERED_IN_MAY = """
    | month_start |
    | 2022-05-01  |
"""
NO_STAYS_BEFORE = """
    | settlement_no | resident_key | stay_no | is_inpatient | settled_on | settled_month_on | total_cents | self_paid_cents | month |
    |               |              |         |              |            |                  |            |                |       |
"""


def changes(documents: str, inpatient_before: str = NO_STAYS_BEFORE) -> list[tuple]:
    """What May's delivery changes, by month of settlement."""
    given = {
        "medical_insurance__settlements": documents,
        "inpatient_before": inpatient_before,
        "reference": DELIVERED_IN_MAY,
    }
    through = ("stg_medical_insurance__settlements", "settlements_considered")
    return answers("settlement_changes", given, "month_on, medical_cents", TYPES, through)


def test_a_document_sent_again_in_may_changes_nothing_but_its_correction():
    assert changes("""
        | settlement_no | resident_key | stay_no | visit_kind | settled_on | total_yuan | self_paid_yuan | is_refund | month      |
        | S1            | 1            | V1      | 11         | 2022-04-03 | 900.00     | 300.00         | false     | 2022-04-01 |
        | S1            | 1            | V1      | 11         | 2022-04-03 | 900.00     | 280.00         | false     | 2022-05-01 |
    """) == expected("""
        | month_on   | medical_cents |
        | 2022-04-01 | -2000        |
    """)


def test_a_stay_billed_again_in_may_counts_once_with_its_latest_bill():
    before = """
        | settlement_no | resident_key | stay_no | is_inpatient | settled_on | settled_month_on | total_cents | self_paid_cents | month      |
        | S1            | 1            | V1      | true         | 2022-04-03 | 2022-04-01       | 90000      | 30000          | 2022-04-01 |
        | S3            | 1            | V2      | true         | 2022-04-11 | 2022-04-01       | 90000      | 30000          | 2022-04-01 |
    """
    assert changes(
        """
        | settlement_no | resident_key | stay_no | visit_kind | settled_on | total_yuan | self_paid_yuan | is_refund | month      |
        | S2            | 1            | V1      | 21         | 2022-05-09 | 900.00     | 280.00         | false     | 2022-05-01 |
        """,
        before,
    ) == expected("""
        | month_on   | medical_cents |
        | 2022-04-01 | -30000       |
        | 2022-05-01 | 28000        |
    """)


def test_within_a_month_a_visit_billed_twice_counts_once_and_bills_without_a_number_all_count():
    assert changes("""
        | settlement_no | resident_key | stay_no | visit_kind | settled_on | total_yuan | self_paid_yuan | is_refund | month      |
        | S1            | 1            | V1      | 14         | 2022-05-03 | 900.00     | 300.00         | false     | 2022-05-01 |
        | S2            | 1            | V1      | 14         | 2022-05-09 | 900.00     | 280.00         | false     | 2022-05-01 |
        | S4            | 1            |         | 11         | 2022-05-12 | 50.00      | 50.00          | false     | 2022-05-01 |
        | S5            | 1            |         | 11         | 2022-05-12 | 50.00      | 50.00          | false     | 2022-05-01 |
    """) == expected("""
        | month_on   | medical_cents |
        | 2022-05-01 | 38000        |
    """)


def test_a_refund_takes_back_its_bill_and_the_corrected_bill_counts():
    assert changes("""
        | settlement_no | resident_key | stay_no | visit_kind | settled_on | total_yuan | self_paid_yuan | is_refund | month      |
        | S1            | 1            | V1      | 21         | 2022-05-03 | 900.00     | 300.00         | false     | 2022-05-01 |
        | S2            | 1            | V1      | 21         | 2022-05-05 | -900.00    | -300.00        | true      | 2022-05-01 |
        | S3            | 1            | V1      | 21         | 2022-05-06 | 900.00     | 120.00         | false     | 2022-05-01 |
    """) == expected("""
        | month_on   | medical_cents |
        | 2022-05-01 | 12000        |
    """)


def test_a_refund_written_as_a_flagged_positive_row_is_taken_off():
    assert changes("""
        | settlement_no | resident_key | stay_no | visit_kind | settled_on | total_yuan | self_paid_yuan | is_refund | month      |
        | S1            | 1            |         | 11         | 2022-05-03 | 900.00     | 300.00         | true      | 2022-05-01 |
    """) == expected("""
        | month_on   | medical_cents |
        | 2022-05-01 | -30000       |
    """)
