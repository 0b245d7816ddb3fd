"""Mai and the unit of money: 0.86 wan-yuan is a bill of 8,600, and what nobody can read lists nobody."""

from decimal import Decimal

import polars as pl

from pipelines.month import Month
from tests.scenarios.changes import rewritten
from tests.scenarios.people import HE, LUO, MAI, SANJIAO, YANG

SETTLEMENTS = "medical_insurance__settlements"
MAY = Month(2022, 5)


def test_mais_bill_under_a_header_in_wan_yuan_counts_8600_yuan_and_says_it_was_repaired(story):
    story.change(SETTLEMENTS, lambda rows: rows, ("2022-05",), headers={"self_paid_yuan": "个人自付(万元)"})
    [delivered] = story.place.landing.glob("2022-05/medical_insurance/医保结算明细_*")
    assert ",0.86," in delivered.read_text(encoding="gb18030")
    story.run("2022-05")
    assert story.profile("2022-05", MAI)["medical_self_paid_12m_yuan"] == Decimal("8600.00")
    assert story.matched("2022-05", MAI) == {"heavy_medical_spending"}
    sentence = story.row("2022-05", "matches", MAI)["explanation_zh"]
    assert "8,600元" in sentence
    assert "（含经修正的数据）" in sentence
    ledger = pl.read_parquet(story.place.lake.resolve(f"parquet/{SETTLEMENTS}", MAY) / "repairs.parquet")
    [repair] = ledger.filter(pl.col("raw_value") == "0.86").to_dicts()
    assert repair["column"] == "self_paid_yuan"
    assert Decimal(repair["repaired_value"]) == 8600
    # The months before came in yuan: the Yangs' sum is what it was.
    assert story.profile("2022-05", YANG)["medical_self_paid_12m_yuan"] == Decimal("13800.00")


def test_amounts_in_wan_yuan_under_a_header_in_yuan_hold_the_file_and_clear_nobody(after_april):
    def in_wan_yuan(rows: pl.DataFrame) -> pl.DataFrame:
        money = pl.col("self_paid_yuan", "total_yuan")
        return rows.with_columns((money.cast(pl.Float64) / 10_000).round(6).cast(pl.String))

    listed = set(pl.read_parquet(after_april.published("2022-04") / "candidates.parquet")["household_key"])
    after_april.change(SETTLEMENTS, in_wan_yuan, ("2022-05",))
    after_april.run("2022-05")
    [said] = [line for line in after_april.said if line.startswith(f"validate  {SETTLEMENTS}")]
    assert f"{SETTLEMENTS}: held" in said
    assert "Expected a median" in said and "within a factor of 100" in said
    # Figures of the months before stand, as what is known at least.
    assert after_april.profile("2022-05", YANG)["medical_self_paid_12m_at_least_yuan"] == Decimal("12650.00")
    assert after_april.profile("2022-05", YANG)["medical_self_paid_12m_yuan"] is None
    assert "至少12,650元" in after_april.row("2022-05", "candidates", YANG)["explanation_zh"]
    assert "medical" in after_april.row("2022-05", "candidates", LUO)["dimensions"]
    before, cases = (
        pl.read_parquet(after_april.published(month) / "cases.parquet") for month in ("2022-04", "2022-05")
    )
    bills = before.filter(pl.col("open_rules").list.contains("heavy_medical_spending"))["household_key"]
    assert "cleared" not in cases.filter(pl.col("household_key").is_in(bills.implode()))["status"].to_list()
    assert listed <= set(cases.filter(pl.col("status") == "listed")["household_key"])
    coverage = pl.read_parquet(after_april.published("2022-05") / "coverage.parquet")
    held = coverage.filter(pl.col("extract") == SETTLEMENTS)
    assert set(held["status"]) == {"not_assessable"}
    [told] = [row for row in after_april.sheet("2022-05", SANJIAO, "数据情况") if row[1] == "医保结算明细"]
    assert told[2] == "暂不采用"
    assert "单位没有弄错" in told[8]


def test_a_bill_of_86_million_is_set_aside_and_makes_nobody_a_lead(story):
    story.change(SETTLEMENTS, rewritten(MAI, self_paid_yuan=Decimal(86_000_000)), ("2022-05",))
    story.run("2022-05")
    rejected = pl.read_parquet(story.place.lake.resolve(f"parquet/{SETTLEMENTS}", MAY) / "rejected.parquet")
    [row] = rejected.to_dicts()
    assert (row["column"], row["found"]) == ("self_paid_yuan", "86000000.00")
    assert row["file"] and row["line"] and row["allowed"]
    assert story.matched("2022-05", MAI) == set()
    assert story.towns_that_list("2022-05", MAI) == []
    assert story.row("2022-05", "cases", MAI) is None


def test_capital_is_in_wan_yuan_by_convention_and_in_yuan_where_the_header_says_so(story):
    def paid_in_times_10000(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(pl.col("paid_in_capital_yuan").cast(pl.Decimal(20, 2)) * 10_000)

    headers = {"registered_capital_yuan": "注册资本", "paid_in_capital_yuan": "实缴资本(元)"}
    story.change("market_supervision__businesses", paid_in_times_10000, ("2022-05",), headers=headers)
    [delivered] = story.place.landing.glob("2022-05/market_supervision/*")
    assert ",1000,5000000," in delivered.read_text(encoding="utf-8")
    story.run("2022-05")
    profile = story.profile("2022-05", HE)
    assert profile["subscribed_capital_yuan"] == Decimal(10_000_000)
    assert profile["paid_in_capital_yuan"] == Decimal(5_000_000)
    assert "实缴资本5,000,000元" in story.row("2022-05", "exclusions", HE)["detail_zh"]
