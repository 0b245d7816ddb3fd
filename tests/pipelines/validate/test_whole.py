"""The extract as a whole: last month's file, towns that are left out, other people than last month."""

from __future__ import annotations

import dataclasses

import polars as pl
import pytest

from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.validate import validate

THREE = ("2022-03", "2022-04", "2022-05")


def told(found: dict) -> dict[str, str]:
    return {reason["id"]: reason["severity"] for reason in found["reasons"]}


def file(sha256: str, rows: int = 100, **other) -> dict:
    return {"name": "名册.csv", "sha256": sha256, "rows_in": rows, "accepted": rows, "problem": None, **other}


# Files -------------------------------------------------------------------------------------------


def test_a_file_with_the_bytes_of_an_earlier_months_is_held_and_both_months_named(desk):
    desk.deliver("2022-04", files=[file("aa")])
    desk.deliver("2022-05", files=[file("bb")])
    found = desk.deliver("2022-06", files=[file("aa", name="名册_new.csv")])
    assert (found["verdict"], told(found)) == ("held", {"file_of_an_earlier_month": "error"})
    assert found["reasons"][0]["zh"] == "文件名册_new.csv与2022-04报送的文件完全相同，不是2022-06的数据。"
    assert "2022-04" in found["reasons"][0]["en"]


def test_a_short_roll_that_did_not_change_is_only_asked_about(desk, rows):
    desk.deliver("2022-05", rows(Month(2022, 5), 40), files=[file("aa", 40)])
    found = desk.deliver("2022-06", rows(Month(2022, 6), 40), files=[file("aa", 40)])
    assert (found["verdict"], told(found)) == ("warned", {"file_of_an_earlier_month": "warning"})


def test_a_header_alone_is_the_same_every_month_and_nobody_asks(desk, contract):
    desk.contract = dataclasses.replace(
        contract, quality=tuple(q for q in contract.quality if q.id != "row_count")
    )
    desk.deliver("2022-05", [], files=[file("aa", 0)])
    assert "file_of_an_earlier_month" not in told(desk.deliver("2022-06", [], files=[file("aa", 0)]))


def test_an_earlier_month_that_arrives_later_changes_the_verdict_of_the_later_one(desk, contract, lake):
    assert desk.deliver("2022-06", files=[file("aa")])["verdict"] == "accepted"
    desk.deliver("2022-05", files=[file("aa")])
    assert validate(contract, Month(2022, 6), lake)["verdict"] == "held"
    assert validate(contract, Month(2022, 5), lake)["verdict"] == "accepted"


# Towns -------------------------------------------------------------------------------------------


def only_one_town(rows, month: str) -> list[dict]:
    return [row | {"town_code": "442000001"} for row in rows(Month.parse(month))]


def test_a_town_without_rows_that_had_some_in_each_month_is_missing_and_named(desk, rows):
    for month in THREE:
        desk.deliver(month)
    found = desk.deliver("2022-06", only_one_town(rows, "2022-06"))
    assert (found["verdict"], found["towns_missing"]) == ("warned", ["442000002"])
    (reason,) = found["reasons"]
    assert "东区街道" in reason["zh"] and "Dongqu" in reason["en"]


def test_a_town_that_was_absent_before_is_not_missing(desk, rows):
    desk.deliver("2022-04", only_one_town(rows, "2022-04"))
    desk.deliver("2022-05")
    found = desk.deliver("2022-06", only_one_town(rows, "2022-06"))
    assert (found["towns_missing"], "towns_missing" in told(found)) == ([], False)


def test_a_town_stays_missing_until_rows_of_it_come(desk, rows):
    desk.deliver("2022-03")
    for month in ("2022-04", "2022-05", "2022-06", "2022-07"):
        assert desk.deliver(month, only_one_town(rows, month))["towns_missing"] == ["442000002"], month
    assert desk.deliver("2022-08")["towns_missing"] == []


def test_a_roll_of_nobody_at_all_says_nothing_of_the_towns_it_had_however_few_they_were(desk, rows, contract):
    kept = tuple(q for q in contract.quality if q.id != "row_count")
    desk.contract = dataclasses.replace(contract, quality=kept)
    for month in THREE:
        desk.deliver(month, rows(Month.parse(month), 4))
    assert desk.deliver("2022-06", only_one_town(rows, "2022-06")[:3])["towns_missing"] == []
    found = desk.deliver("2022-06", [])
    assert (found["verdict"], found["towns_missing"]) == ("warned", ["442000001", "442000002"])
    everywhere = dict.fromkeys(found["towns_missing"], Month(2022, 6))
    assert desk.deliver("2022-06", [], emptied=everywhere)["towns_missing"] == []


def test_a_town_found_empty_is_not_missing_any_more_and_its_verdict_says_who_said_so(desk, rows):
    for month in THREE:
        desk.deliver(month)
    since = {"442000002": Month(2022, 7)}
    assert desk.deliver("2022-06", only_one_town(rows, "2022-06"))["towns_missing"] == ["442000002"]
    for month in ("2022-07", "2022-08", "2022-09", "2022-10"):
        found = desk.deliver(month, only_one_town(rows, month), emptied=since)
        assert (found["verdict"], found["towns_missing"]) == ("accepted", []), month
    assert told(found) == {}, "nothing is usual there any more"
    found = desk.deliver("2022-07", only_one_town(rows, "2022-07"), emptied=since)
    assert (told(found), found["failed"]) == ({"town_emptied": "info"}, 0)
    assert "东区街道" in found["reasons"][0]["zh"] and "2022-07" in found["reasons"][0]["en"]


def test_an_answer_ends_when_rows_of_the_town_come_again(desk, rows):
    since = {"442000002": Month(2022, 3)}
    desk.deliver("2022-03", only_one_town(rows, "2022-03"), emptied=since)
    for month in ("2022-04", "2022-05", "2022-06"):
        desk.deliver(month, emptied=since)
    for month in ("2022-07", "2022-08", "2022-09", "2022-10"):
        found = desk.deliver(month, only_one_town(rows, month), emptied=since)
        assert found["towns_missing"] == ["442000002"], month


def test_an_answer_that_comes_late_changes_the_verdict_of_its_month_and_of_those_after_it(desk, rows):
    for month in THREE:
        desk.deliver(month)
    for month in ("2022-06", "2022-07"):
        desk.deliver(month, only_one_town(rows, month))
    since = {"442000002": Month(2022, 6)}
    # The later one first: months may be run again in any order.
    for month in (Month(2022, 7), Month(2022, 6), Month(2022, 7)):
        assert validate(desk.contract, month, desk.lake, since)["towns_missing"] == [], month


def test_too_few_rows_in_all_because_a_town_is_missing_do_not_hold_the_other_towns(desk, rows):
    def delivered(month: str, shares: tuple[int, int]) -> list[dict]:
        return [
            row | {"town_code": "442000001" if n % sum(shares) < shares[0] else "442000002"}
            for n, row in enumerate(rows(Month.parse(month)))
        ]

    strict = dataclasses.replace(
        desk.contract,
        quality=tuple(
            dataclasses.replace(q, arguments={"minimumShare": 0.9}) if q.id == "volume" else q
            for q in desk.contract.quality
        ),
    )
    desk.contract = strict
    for month in THREE:
        desk.deliver(month, delivered(month, (3, 1)))
    there = [row for row in delivered("2022-06", (3, 1)) if row["town_code"] == "442000001"]
    assert desk.deliver("2022-06", there)["verdict"] == "warned"
    held = desk.deliver("2022-06", there[:60])
    assert (held["verdict"], told(held)["volume"]) == ("held", "error")


def test_a_file_of_which_less_than_half_is_left_is_held_whatever_towns_it_lacks(desk, rows):
    for month in THREE:
        desk.deliver(month, [*rows(Month.parse(month), 100)])
    most = [row for row in rows(Month(2022, 6)) if row["town_code"] == "442000001"][:40]
    assert "volume" in told(desk.deliver("2022-06", most))


def stood_in(desk, month: str) -> pl.DataFrame:
    path = desk.lake.resolve(f"standing_in/{desk.contract.id}", Month.parse(month)) / "rows.parquet"
    return pl.read_parquet(path)


def test_people_of_a_town_that_a_register_leaves_out_stay_as_they_were_until_their_rows_come(desk, rows):
    desk.deliver("2022-05")
    there = [row["resident_key"] for row in rows(Month(2022, 5)) if row["town_code"] == "442000002"]
    moved = rows(Month(2022, 6))[1] | {"town_code": "442000001"}
    for month in ("2022-06", "2022-07", "2022-12"):
        others = [row for row in rows(Month.parse(month)) if row["town_code"] == "442000001"]
        found = desk.deliver(month, [*others, moved | {"month": Month.parse(month).start}])
        assert found["towns_carried"] == {"442000002": "2022-05"}
        kept = stood_in(desk, month)
        assert kept["resident_key"].to_list() == sorted(set(there) - {moved["resident_key"]})
        assert kept["month"].unique().to_list() == [Month.parse(month).start]
    found = desk.deliver("2023-01")
    assert (found["towns_missing"], found["towns_carried"]) == ([], {})


def test_where_somebody_lives_is_carried_no_longer_than_the_contract_allows(desk, rows, contract):
    desk.contract = dataclasses.replace(contract, keeps_identity=False, maximum_age_months=2)
    desk.deliver("2022-05")
    carried = [
        desk.deliver(month, only_one_town(rows, month))["towns_carried"]
        for month in ("2022-06", "2022-07", "2022-08")
    ]
    assert carried == [{"442000002": "2022-05"}, {"442000002": "2022-05"}, {}]


def test_a_contract_may_hold_the_extract_for_a_missing_town(desk, rows, contract):
    from pipelines.contract import Quality

    strict = Quality("whole_city", "", "error", check="towns_missing", arguments={"minimumRows": 1})
    desk.contract = dataclasses.replace(contract, quality=(*contract.quality, strict))
    desk.deliver("2022-05")
    found = desk.deliver("2022-06", only_one_town(rows, "2022-06"))
    assert (found["verdict"], told(found)) == ("held", {"whole_city": "error"})


@pytest.fixture
def by_town(desk, contract):
    """The same roll as one file for each town, without a column that says so."""
    from pipelines.contract import Quality

    patient = Quality("files", "", "warning", check="unreadable_files")
    desk.contract = dataclasses.replace(
        contract, form={"splitBy": "town"}, quality=(*contract.quality, patient),
        properties=tuple(
            dataclasses.replace(p, reference=None) if p.name == "town_code" else p
            for p in contract.properties
        ),
    )  # fmt: skip
    return desk


def town_files(*towns: str, mark: str = "") -> list[dict]:
    return [file(f"{mark}{town}", 50, town=town) for town in towns]


def test_a_town_whose_file_did_not_come_is_missing(by_town):
    by_town.deliver("2022-05", files=town_files("442000001", "442000002", mark="may"))
    found = by_town.deliver("2022-06", files=town_files("442000001", mark="june"))
    assert (found["verdict"], found["towns_missing"]) == ("warned", ["442000002"])
    assert found["rows_by_town"] == {"442000001": 50}


def test_a_town_whose_file_cannot_be_read_is_missing_and_the_others_are_used(by_town):
    files = [*town_files("442000001"), file("x", 0, town="442000002", problem="损坏 / damaged")]
    found = by_town.deliver("2022-06", files=files, status="unreadable", problems=["b: 损坏 / damaged"])
    assert (found["verdict"], found["towns_missing"]) == ("warned", ["442000002"])


def test_a_town_whose_file_cannot_be_read_is_missing_whatever_was_answered(by_town):
    by_town.deliver("2022-05", files=town_files("442000001", "442000002"))
    files = [*town_files("442000001", mark="june"), file("x", 0, town="442000002", problem="损坏 / damaged")]
    found = by_town.deliver(
        "2022-06", files=files, status="unreadable", problems=["b: 损坏 / damaged"],
        emptied={"442000002": Month(2022, 6)},
    )  # fmt: skip
    assert found["towns_missing"] == ["442000002"]


def test_a_town_that_sends_last_months_file_again_is_missing_and_the_others_are_used(by_town):
    by_town.deliver("2022-05", files=town_files("442000001", "442000002", mark="may"))
    files = [*town_files("442000001", mark="june"), *town_files("442000002", mark="may")]
    found = by_town.deliver("2022-06", files=files)
    assert (found["verdict"], found["towns_missing"]) == ("warned", ["442000002"])


# People ------------------------------------------------------------------------------------------


def with_others(rows, month: str, count: int) -> list[dict]:
    """The roll with so many people exchanged for others."""
    return [
        row | ({"resident_key": 99_000 + i} if i < count else {})
        for i, row in enumerate(rows(Month.parse(month)))
    ]


@pytest.mark.parametrize(
    ("others", "severity"), [(30, None), (31, "warning"), (80, "warning"), (81, "error")]
)
def test_a_roll_of_other_people_is_told_by_its_share(desk, rows, others, severity):
    desk.deliver("2022-05")
    found = desk.deliver("2022-06", with_others(rows, "2022-06", others))
    severities = [r["severity"] for r in found["reasons"] if r["id"].startswith("overlap")]
    assert severities == ([severity] if severity else [])


def test_a_roll_that_grew_is_still_of_the_same_people(desk, rows):
    desk.deliver("2022-05", rows(Month(2022, 5), 55))
    assert told(desk.deliver("2022-06", rows(Month(2022, 6), 110))) == {}


def test_what_happened_in_a_month_happens_to_others_the_next(desk, rows, contract):
    desk.contract = dataclasses.replace(contract, kind="flow")
    desk.deliver("2022-05")
    assert told(desk.deliver("2022-06", with_others(rows, "2022-06", 100))) == {}


def test_a_verdict_is_made_anew_when_last_months_people_changed(desk, rows, contract, lake: Lake):
    desk.deliver("2022-05", with_others(rows, "2022-05", 100))
    assert desk.deliver("2022-06")["verdict"] == "held"
    desk.deliver("2022-05")
    assert validate(contract, Month(2022, 6), lake)["verdict"] == "accepted"
