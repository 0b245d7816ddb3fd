"""Every number a reader sees in the report is the published tables'."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import polars as pl
import pytest
import yaml

from pipelines.contract import SCHEMAS, load_contract
from pipelines.lake import Lake
from pipelines.manifest import RULES

from .conftest import APRIL, CODES, DIMENSIONS, FEW, JUNE, MAY, NAMES, NOBODY, TOWNS, city_page_of, read_page


def published(lake: Lake, table: str, month=JUNE) -> pl.DataFrame:
    return pl.read_parquet(lake.resolve("published", month) / f"{table}.parquet")


def all_months(lake: Lake, table: str) -> pl.DataFrame:
    return pl.concat([published(lake, table, month) for month in (APRIL, MAY, JUNE)])


def helped(lake: Lake) -> pl.DataFrame:
    """Households helped, each once, with its town."""
    visits = all_months(lake, "visit_results").filter(pl.col("outcome") == "confirmed_helped")
    covered = published(lake, "cases").filter(pl.col("status") == "covered")
    both = pl.concat([frame.select("household_key", "town_code") for frame in (visits, covered)])
    return both.unique("household_key")


@pytest.fixture(scope="module")
def exact(lake):
    """The city's page with nothing withheld."""
    return city_page_of(JUNE, lake, limit=0)


def test_the_headline_counts_listed_new_waiting_and_helped_households(lake, exact):
    candidates, exclusions = published(lake, "candidates"), published(lake, "exclusions")
    before = len(published(lake, "candidates", MAY))
    assert exact.cards["listed"] == str(len(candidates))
    assert f"{before} the month before" in exact.texts["listed"]
    assert exact.cards["new"] == str((candidates["status"] == "new").sum())
    assert exact.cards["waiting"] == str((exclusions["reason"] == "waiting_for_capacity").sum())
    assert exact.cards["helped"] == str(len(helped(lake)))
    assert exact.cards["precision"] == "67%" and "57%–77%" in exact.texts["precision"]


@pytest.mark.parametrize("code", [CODES[0], CODES[11], FEW, NOBODY, CODES[-1]])
def test_a_towns_row_stands_for_its_households_and_its_rate_for_its_residents(lake, exact, code):
    people = published(lake, "population").filter(pl.col("town_code") == code)
    listed = published(lake, "candidates").filter(pl.col("town_code") == code)
    waiting = published(lake, "exclusions").filter(
        (pl.col("town_code") == code) & (pl.col("reason") == "waiting_for_capacity")
    )
    theirs = (helped(lake)["town_code"] == code).sum()
    residents = people["residents"].sum()
    assert exact.table("towns-table")[NAMES[code]] == [
        f"{residents:,}", f"{people['households'].sum():,}", str(len(listed)),
        f"{1000 * len(listed) / residents:.2f}", str((listed["status"] == "new").sum()), str(len(waiting)),
        str(theirs), f"{1000 * theirs / residents:.2f}",
    ]  # fmt: skip


def test_the_towns_add_up_to_the_city(exact):
    rows = exact.table("towns-table")
    city = rows.pop("City")
    for column in (0, 1, 2, 4, 5, 6):
        assert sum(int(row[column].replace(",", "")) for row in rows.values()) == int(
            city[column].replace(",", "")
        )


def test_the_funnel_loses_nobody(lake, exact):
    reasons = Counter(published(lake, "exclusions")["reason"])
    listed = len(published(lake, "candidates"))
    rows = exact.table("funnel")
    labels = load_contract(SCHEMAS / "exclusions.yaml").property("reason").meanings
    assert rows["Match a rule"] == [f"{reasons.total() + listed:,}"]
    assert rows["Listed"] == [str(listed)]
    for reason, count in reasons.items():
        assert rows[labels[reason]] == [f"−{count:,}"]
    assert len(rows) == len(reasons) + 2
    assert "98,765" in exact.texts["funnel"] and "45,678" in exact.texts["funnel"]


def test_combinations_are_those_of_listed_households(lake, exact):
    order = {dimension: place for place, dimension in enumerate(DIMENSIONS)}
    counted = Counter(
        "＋".join(sorted(dimensions, key=order.get)) or "lists on its own"
        for dimensions in published(lake, "candidates")["dimensions"].to_list()
    )
    rows = exact.table("combinations")
    assert rows.pop("Total") == [str(counted.total())]
    assert rows == {name: [str(count)] for name, count in counted.items()}


def test_hukou_status_divides_residents_and_listed_households(lake, exact):
    people, listed = published(lake, "population"), published(lake, "candidates")
    for code, value, words in (
        ("local", True, "a member with local hukou"),
        ("elsewhere", False, "no member with local hukou"),
        ("unknown", None, "not known"),
    ):
        group = people.filter(pl.col("hukou") == code)
        theirs = listed.filter(pl.col("has_local_hukou").eq_missing(value))
        assert exact.table("hukou")[words] == [
            f"{group['residents'].sum():,}", f"{group['households'].sum():,}", str(len(theirs)),
            f"{1000 * len(theirs) / group['residents'].sum():.2f}", str((theirs["status"] == "new").sum()),
        ]  # fmt: skip


def test_rules_show_matches_unknowns_and_precision_with_its_interval(lake, exact):
    answers = published(lake, "answers").filter(pl.col("rule_id") == "heavy_medical_spending")
    assert exact.table("rules")["Heavy medical spending"] == [
        "medical", "counts its dimension", str(answers["matched"].sum()), str(answers["unknown"].sum()),
        "120", "75% (65%–85%)",
    ]  # fmt: skip
    assert exact.table("rules")["A car of recent years"][-2:] == ["0", "–"]


def test_precision_is_shown_by_town_by_combination_and_by_month(lake, exact):
    assert exact.table("precision-towns")[NAMES[CODES[3]]] == ["32", "20", "12", "67% (57%–77%)", "24.5"]
    assert exact.table("precision-towns")[NAMES[NOBODY]] == ["0", "0", "0", "–", "–"]
    assert exact.table("precision-combinations") == {
        "Heavy medical spending + Unemployed member of working age": [
            "90",
            "20",
            "70",
            "86% (76%–96%)",
            "24.5",
        ],
        "Income per head at or below the edge line": ["60", "20", "40", "98% (88%–100%)", "24.5"],
    }
    assert exact.table("precision-places") == {
        "1 to 10": ["220", "20", "200", "80% (70%–90%)", "24.5"],
        "11 to 20": ["120", "20", "100", "40% (30%–50%)", "24.5"],
        "21 to 50": ["0", "0", "0", "–", "–"],
        "51 and below": ["0", "0", "0", "–", "–"],
    }
    assert exact.texts["precision-months"].count("67%") == 2, "May and June; in April nobody was visited"


def test_months_of_the_list_and_of_visits_are_those_of_the_tables(lake, exact):
    for month in (APRIL, MAY, JUNE):
        statuses = Counter(published(lake, "candidates", month)["status"])
        waiting = (published(lake, "exclusions", month)["reason"] == "waiting_for_capacity").sum()
        assert exact.table("trend")[str(month)] == [
            str(statuses["new"]), str(statuses["escalated"] + statuses["reopened"]),
            str(statuses["continuing"] + statuses["de_escalated"]), str(statuses.total()), str(waiting),
        ]  # fmt: skip
        outcomes = Counter(published(lake, "visit_results", month)["outcome"])
        yes = outcomes["confirmed_helped"] + outcomes["confirmed_pending"]
        none = outcomes["not_reached"]
        assert exact.table("visit-months")[str(month)] == [
            str(yes), str(none), str(outcomes.total() - yes - none), str(outcomes.total()),
        ]  # fmt: skip


def test_visits_are_shown_by_what_they_found_and_what_should_be_zero_is_marked(lake, exact):
    counted = Counter(all_months(lake, "visit_results")["outcome"])
    labels = load_contract(SCHEMAS / "visit_results.yaml").property("outcome").meanings
    rows = exact.table("results")
    assert rows.pop("Total") == [f"{counted.total():,}"]
    assert rows == {labels[code]: [f"{count:,}"] for code, count in counted.items()}
    assert (exact.cards["moved_visited"], exact.cards["deceased_visited"]) == ("7", "0")
    assert exact.cards["days_listing_to_visit"] == "24.5"


def test_a_visit_delivered_in_two_months_counts_once(lake, tmp_path):
    twice = Lake(tmp_path)
    for month in (MAY, JUNE):
        with twice.write("published", month, {}) as folder:
            for path in lake.resolve("published", month).glob("[a-z]*"):
                (folder / path.name).write_bytes(path.read_bytes())
            again = [published(lake, "visit_results", m).with_columns(month=month.start) for m in (MAY, JUNE)]
            pl.concat(again).write_parquet(folder / "visit_results.parquet")
    shown = city_page_of(JUNE, twice, limit=0)
    assert shown.table("results")["Total"] == [f"{len(all_months(lake, 'visit_results')):,}"]


def test_departments_that_are_late_or_held_are_named_with_what_is_used_instead(exact):
    rows = {row[1]: row for row in exact.tables["deliveries"][0]}
    assert rows["Major-illness register"][2:4] == ["○missing", "as of 2022-05"]
    assert rows["Medical insurance settlements"][2:4] == ["■held", "none"]
    assert rows["Medical insurance settlements"][5:] == ["1,200", "1,190", "10", "31"]
    assert exact.cards["late"] == f"{len(rows) - 2} / {len(rows) - 1}", "all but the one that arrived"


def test_who_could_not_be_assessed_is_a_share_of_the_towns_households(lake, exact):
    row = published(lake, "coverage").filter(
        (pl.col("town_code") == CODES[9]) & (pl.col("dimension") == "income")
    )
    share = row["households_unknown"][0] / row["households"][0]
    heads = exact.tables["coverage"][0][0]
    assert exact.table("coverage")[NAMES[CODES[9]]][heads.index("income") - 1] == f"{100 * share:.0f}%"


def test_loads_compare_households_above_the_bar_with_visits(lake, exact):
    row = published(lake, "town_loads").filter(pl.col("town_code") == CODES[7]).row(0, named=True)
    shown = exact.table("loads")[NAMES[CODES[7]]]
    assert shown[:4] == [str(row["listed"]), str(row["waiting"]), "60", f"{row['load']:.2f}"]
    assert shown[6] == "yes" and exact.table("loads")[NAMES[CODES[8]]][6] == "no"


def test_the_order_is_the_one_in_force(exact):
    values = yaml.safe_load((RULES / "selection.yaml").read_text())["parameters"]
    in_force = {name: item["values"][min(item["values"])] for name, item in values.items()}
    assert f"Priority = {in_force['points_per_dimension']} × dimensions" in exact.texts["order"]
    severity = exact.table("order")
    assert {name: int(points) for name, (points,) in severity.items() if name.startswith("≥")} == {
        f"≥ {ratio}": points for ratio, points in in_force["severity_points"].items()
    }
    assert len(exact.table("order", 1)) == len(in_force["cooling_off_months"])


def test_the_audit_sample_is_on_the_bureaus_page_and_on_no_towns(lake, page, exact):
    assert exact.table("audit")["a match, below the bar"] == ["1,150", "69", "60", "15% (5%–25%)"]
    for town in (page.parent / "towns").iterdir():
        text = town.read_text(encoding="utf-8")
        assert "audit" not in text and "抽查" not in text


def test_a_towns_page_shows_its_own_numbers_exactly_and_no_other_town(lake, page):
    shown = read_page(page.parent / "towns" / f"{FEW}.html")
    listed = published(lake, "candidates").filter(pl.col("town_code") == FEW)
    assert shown.cards["listed"] == "3" == str(len(listed))
    assert shown.table("coverage")[NAMES[FEW]] == [f"{200 / (160 * (CODES.index(FEW) + 2)):.0f}%"] * len(
        DIMENSIONS
    )
    whole = (page.parent / "towns" / f"{FEW}.html").read_text(encoding="utf-8")
    for code, name in zip(TOWNS["code"], TOWNS["name_zh"], strict=True):
        assert (code in whole, name in whole) == (code == FEW, code == FEW)


def test_every_town_has_a_page_also_one_nobody_is_listed_in(page):
    assert {path.stem for path in (page.parent / "towns").iterdir()} == set(CODES)
    shown = read_page(page.parent / "towns" / f"{NOBODY}.html")
    assert shown.cards["listed"] == "0"
    assert "No household." in shown.texts["combinations"]


def test_no_household_stands_on_any_page(lake, page):
    keys = set(all_months(lake, "cases")["household_key"])
    for path in [page, *Path(page.parent / "towns").iterdir()]:
        text = path.read_text(encoding="utf-8")
        assert not any(key in text for key in keys)
