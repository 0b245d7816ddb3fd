"""Which settlement documents count: each document once, each stay once, refunds taken off."""

import pyarrow as pa

from tests.sql.tables import answers, expected

TYPES = {"is_refund": pa.bool_(), "stay_no": pa.string(), "settlement_no": pa.string()}


def counted(documents: str):
    given = {"medical_insurance__settlements": documents}
    return answers("stg_medical_insurance__settlements", given, "settlement_no, self_paid_yuan", TYPES)


def test_a_document_sent_again_next_month_is_one_document():
    assert counted("""
        | settlement_no | resident_key | stay_no | settled_on | total_yuan | self_paid_yuan | is_refund | is_repaired | month      |
        | S1            | 1            | V1      | 2022-04-03 | 900.00     | 300.00         | false     | false       | 2022-04-01 |
        | S1            | 1            | V1      | 2022-04-03 | 900.00     | 300.00         | false     | false       | 2022-05-01 |
    """) == expected("""
        | settlement_no | self_paid_yuan |
        | S1            | 300.00         |
    """)


def test_a_stay_billed_twice_counts_once_with_its_latest_bill():
    assert counted("""
        | settlement_no | resident_key | stay_no | settled_on | total_yuan | self_paid_yuan | is_refund | is_repaired | month      |
        | S1            | 1            | V1      | 2022-04-03 | 900.00     | 300.00         | false     | false       | 2022-04-01 |
        | S2            | 1            | V1      | 2022-04-09 | 900.00     | 280.00         | false     | false       | 2022-04-01 |
        | S3            | 1            | V2      | 2022-04-11 | 900.00     | 300.00         | false     | false       | 2022-04-01 |
        | S4            | 1            |         | 2022-04-12 | 50.00      | 50.00          | false     | false       | 2022-04-01 |
        | S5            | 1            |         | 2022-04-12 | 50.00      | 50.00          | false     | false       | 2022-04-01 |
    """) == expected("""
        | settlement_no | self_paid_yuan |
        | S2            | 280.00         |
        | S3            | 300.00         |
        | S4            | 50.00          |
        | S5            | 50.00          |
    """)


def test_a_refund_takes_back_its_bill_and_the_corrected_bill_counts():
    assert counted("""
        | settlement_no | resident_key | stay_no | settled_on | total_yuan | self_paid_yuan | is_refund | is_repaired | month      |
        | S1            | 1            | V1      | 2022-04-03 | 900.00     | 300.00         | false     | false       | 2022-04-01 |
        | S2            | 1            | V1      | 2022-04-05 | -900.00    | -300.00        | true      | false       | 2022-04-01 |
        | S3            | 1            | V1      | 2022-04-06 | 900.00     | 120.00         | false     | false       | 2022-04-01 |
    """) == expected("""
        | settlement_no | self_paid_yuan |
        | S3            | 120.00         |
    """)


def test_a_refund_written_as_a_flagged_positive_row_is_taken_off():
    assert counted("""
        | settlement_no | resident_key | stay_no | settled_on | total_yuan | self_paid_yuan | is_refund | is_repaired | month      |
        | S1            | 1            |         | 2022-04-03 | 900.00     | 300.00         | true      | false       | 2022-04-01 |
    """) == expected("""
        | settlement_no | self_paid_yuan |
        | S1            | -300.00        |
    """)
