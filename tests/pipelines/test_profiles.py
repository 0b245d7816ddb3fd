"""What a profile's file keeps, and what is read of it."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from pipelines.database import Database
from pipelines.profiles import lay_out_profiles, profile_columns


def _laid(folder, **columns) -> list[dict]:
    pl.DataFrame({"household_no": [1, 2, 3], **columns}).write_parquet(folder / "household_profile.parquet")
    pl.DataFrame({"resident_key": [1]}).write_parquet(folder / "resident_profile.parquet")
    with Database() as database:
        lay_out_profiles(database, folder)
        return database.rows("select * from household_profile order by household_no")


def test_an_amount_is_its_bound_where_the_bound_is_exact_and_else_not_known(tmp_path):
    spent = [Decimal("10.50"), Decimal("20.00"), None]
    rows = _laid(tmp_path, fees_6m_at_least_yuan=spent, is_fees_6m_exact=[True, False, True])
    assert [row["fees_6m_yuan"] for row in rows] == [Decimal("10.50"), None, None]
    assert [row["fees_6m_at_least_yuan"] for row in rows] == spent
    assert rows[0].keys() == {"household_no", "fees_6m_at_least_yuan", "fees_6m_yuan"}


def test_what_is_left_at_most_is_exact_by_the_same_mark(tmp_path):
    rows = _laid(tmp_path, net_at_most_yuan=[Decimal(-5), Decimal(5), None], is_net_exact=[True, None, False])
    assert [row["net_yuan"] for row in rows] == [Decimal(-5), None, None]


def test_amounts_that_a_file_holds_themselves_are_read_as_they_are(tmp_path):
    rows = _laid(tmp_path, fees_6m_at_least_yuan=[1, 2, 3], fees_6m_yuan=[1, None, 3])
    assert [row["fees_6m_yuan"] for row in rows] == [1, None, 3]
    assert set(profile_columns(tmp_path / "household_profile.parquet")) == rows[0].keys()
