"""The named families in May 2022, from the departments' files to the town's line."""

from decimal import Decimal

import polars as pl

from pipelines.month import Month
from tests.scenarios.people import CHEN, DONGFENG, GUZHEN, HE, LU, MAI, OU, SANJIAO, TANG, YANG


def test_the_yang_family_is_listed_in_sanjiao_with_amounts_months_and_the_line_in_words(may):
    line = may.line("2022-05", SANJIAO, YANG)
    assert line["status"] == "new"
    assert set(line["dimensions"]) == {"medical", "education"}
    assert may.matched("2022-05", YANG) == {
        "heavy_medical_spending", "education_cost", "net_income_below_dibao",
    }  # fmt: skip
    for words in (
        "13,800元",
        "22,350元",
        "1,046.88元",
        "低保标准1,160元（2022-01-01起）",
        "2021-06至2022-05",
    ):
        assert words in line["explanation_zh"]
    for words in ("13,800 yuan", "22,350 yuan", "1,046.88 yuan", "dibao standard of 1,160"):
        assert words in line["explanation_en"]
    assert line["suggested_path"] == "temporary_assistance"
    assert line["not_covered_zh"] == "截至2022-05不在低保、低保边缘、特困、孤儿救助名册"
    assert line["head_id_masked"] == "442099**********18"


def test_the_yang_familys_figures_are_those_worked_out_by_hand(may):
    profile = may.profile("2022-05", YANG)
    assert profile["members_count"] == 4
    assert profile["income_12m_monthly_yuan"] == Decimal("7200.00")
    assert profile["income_per_head_12m_yuan"] == Decimal("1800.00")
    assert profile["rigid_spending_12m_monthly_yuan"] == Decimal("3012.50")
    assert profile["net_income_per_head_12m_yuan"] == Decimal("1046.88")


def test_chen_on_dibao_is_not_listed_and_the_reason_says_since_when(may):
    assert may.towns_that_list("2022-05", CHEN) == []
    excluded = may.row("2022-05", "exclusions", CHEN)
    assert excluded["reason"] == "covered"
    assert "低保" in excluded["detail_zh"] and "2020-03" in excluded["detail_zh"]


def test_he_is_not_listed_because_of_each_asset_with_its_source(may):
    assert "heavy_medical_spending" in may.matched("2022-05", HE)
    assert may.towns_that_list("2022-05", HE) == []
    excluded = may.row("2022-05", "exclusions", HE)
    assert excluded["reason"] == "assets"
    for words in ("住房2套", "初次登记6个月", "5,000,000元", "市场监管", "公安", "住建", "2022-05"):
        assert words in excluded["detail_zh"], words


def test_ou_and_her_family_of_two_towns_are_one_household_listed_once_where_they_live(may):
    assert len(may.household("2022-05", OU)) == 3
    profile = may.profile("2022-05", OU)
    assert profile["medical_self_paid_12m_yuan"] == Decimal("15600.00")
    assert may.towns_that_list("2022-05", OU) == [DONGFENG]
    line = may.line("2022-05", DONGFENG, OU)
    assert set(line["dimensions"]) == {"medical", "disability"}
    assert not line["is_address_uncertain"]
    # a list never says which disability
    assert "智力" not in line["explanation_zh"]


def test_the_marriage_that_joins_ous_two_registers_is_kept_with_its_source_and_her_child_with_its_own(may):
    folder = may.place.lake.resolve("profiles", Month(2022, 5))
    members = pl.read_parquet(folder / "members.parquet")
    theirs = members.filter(household_no=may.profile("2022-05", OU)["household_no"])["resident_key"]
    links = pl.read_parquet(folder / "household_links.parquet")
    links = links.filter(pl.col("resident_key").is_in(theirs.implode()))
    assert set(links["linked_key"]) <= set(theirs)
    by_type = dict(links.select("link_type", "source").iter_rows())
    assert by_type["spouse"] == "civil_affairs__marriages"
    assert by_type["dependant"]


def test_tang_from_elsewhere_is_assessed_without_any_medical_figure(may):
    assert may.matched("2022-05", TANG) == {"education_cost", "net_income_below_dibao"}
    profile = may.profile("2022-05", TANG)
    assert profile["medical_self_paid_12m_yuan"] is None
    assert profile["net_income_per_head_12m_yuan"] is None
    assert profile["net_income_per_head_12m_at_most_yuan"] == Decimal("958.33")
    line = may.line("2022-05", GUZHEN, TANG)
    assert "medical" in line["unassessed_dimensions"]
    assert line["suggested_path"] == "home_county"
    assert "无本地户籍" in line["not_covered_zh"]
    # The hospital debt that grid staff reported proves nothing and is told to the visitor.
    assert "网格员近6个月上报困难线索1条" in line["to_verify_zh"]
    assert "reported by grid staff in 6 months: 1" in line["to_verify_en"]


def test_mai_with_one_dimension_waits_below_the_bar(may):
    assert may.matched("2022-05", MAI) == {"heavy_medical_spending"}
    assert may.row("2022-05", "exclusions", MAI)["reason"] == "below_bar"


def test_lu_out_of_work_with_hospital_bills_is_listed(may):
    assert set(may.row("2022-05", "candidates", LU)["dimensions"]) == {"employment", "medical"}


def test_no_published_table_of_analysts_carries_a_name_or_an_id(may):
    folder = may.published("2022-05")
    for path in folder.glob("*.parquet"):
        text = pl.read_parquet(path).write_json()
        assert "442099" not in text and "杨伟志" not in text, path.name


def test_households_with_a_match_are_listed_or_excluded_by_one_reason(may):
    folder = may.published("2022-05")
    counted = pl.read_parquet(folder / "matches.parquet").filter(pl.col("effect") != "exclude")
    listed = set(pl.read_parquet(folder / "candidates.parquet")["household_key"])
    excluded = pl.read_parquet(folder / "exclusions.parquet")["household_key"].to_list()
    assert len(excluded) == len(set(excluded))
    assert not listed & set(excluded)
    assert set(counted["household_key"]) == listed | set(excluded)


def test_every_town_receives_its_own_households_and_no_others(may):
    folders = sorted(may.published("2022-05").glob("towns/*"))
    assert len(folders) == 23
    for folder in folders:
        assert set(pl.read_parquet(folder / "list.parquet")["town_code"]) <= {folder.name[:9]}
