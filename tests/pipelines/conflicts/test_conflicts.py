"""Contradicting identities wait for a person; what the person finds out counts from then on."""

from __future__ import annotations

import csv

import polars as pl
import pytest

from pipelines.confirmations import confirmation_problems
from pipelines.conflicts import conflicts
from pipelines.contract import load_extracts
from pipelines.identity import check_character, resident_key
from pipelines.ingest import ingest, unclaimed_files
from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.validate import validate
from tests.pipelines.ingest.delivering import MONTH, SPOUSE, WEIZHI, Department, lines, person, settlement

PUBLIC = "public_security__"
# The same birthday as Weizhi's and the next sequence number of a man.
OTHER = WEIZHI[:14] + "103"
OTHER += check_character(OTHER)


@pytest.fixture
def city(tmp_path):
    return City(tmp_path)


class City:
    """Departments that deliver into one place."""

    def __init__(self, root):
        self.root, self.lake, self.landing = root, Lake(root / "lake"), root / "landing"

    def delivers(self, extract: str, rows: list[dict], month: Month = MONTH) -> None:
        department = Department(self.root, extract, month)
        names = {p.name: p.header for p in department.contract.properties}
        department.delivers(lines([{names.get(k, k): v for k, v in row.items()} for row in rows], "|"))
        ingest(department.contract, month, self.landing, self.lake)
        validate(department.contract, month, self.lake)

    def registers(self, *people: dict, month: Month = MONTH) -> None:
        self.delivers(PUBLIC + "residents", [registered(**p) for p in people], month)

    def permits(self, *people: dict, month: Month = MONTH) -> None:
        self.delivers(PUBLIC + "residence_permits", [permitted(**p) for p in people], month)

    def asks(self, month: Month = MONTH) -> dict[str, int]:
        return conflicts(load_extracts(), month, self.landing, self.lake)

    def table(self, name: str = "conflicts", month: Month = MONTH) -> pl.DataFrame:
        return pl.read_parquet(self.lake.resolve("conflicts", month) / f"{name}.parquet")

    def key(self, number: str) -> int:
        return resident_key(number, self.lake.secret())

    def queue(self, month: Month = MONTH) -> list[dict]:
        path = self.lake.resolve("conflicts", month) / f"身份冲突_{str(month).replace('-', '')}.csv"
        with open(path, encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def answers(self, answer: str, right: str = "", month: Month = MONTH, encoding="utf-8-sig") -> None:
        """A person fills the queue in and hands it back with the month's files."""
        rows = [row | {"结论": answer, "正确号码": right} for row in self.queue(month)]
        folder = self.landing / str(month) / "confirmations"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"身份确认_{str(month).replace('-', '')}.csv"
        with open(path, "w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)


def registered(**other) -> dict:
    row = {
        "resident_id": WEIZHI, "name": "杨伟志", "sex": "男", "birth_on": "19770312",
        "household_register_no": "H1", "register_type": "家庭户", "relation_to_head": "户主",
        "register_address": "三角镇某路1号", "town_code": "442000109",
    }  # fmt: skip
    return row | other


def permitted(**other) -> dict:
    row = {
        "resident_id": WEIZHI, "name": "杨伟志", "sex": "男", "birth_on": "19770312",
        "living_address": "小榄镇某路2号", "town_code": "442000118", "permit_issued_on": "20200101",
    }  # fmt: skip
    return row | other


# One number, two names ---------------------------------------------------------------------------


def test_one_number_under_two_names_in_two_registers_is_queued_with_both_sides(city):
    city.registers({}, {"resident_id": SPOUSE, "name": "周小兰", "sex": "女", "birth_on": "19790825"})
    city.permits({"name": "杨大志"})
    assert city.asks() == {"two_names": 1}
    (row,) = city.table().iter_rows(named=True)
    assert (row["resident_key"], row["first_name"], row["second_name"]) == (
        city.key(WEIZHI),
        "杨伟志",
        "杨大志",
    )
    people = city.table("people")
    assert people.select("resident_key", "kind", "is_open").rows() == [(city.key(WEIZHI), "two_names", True)]


@pytest.mark.parametrize("written", ["杨 伟志", "杨伟志（小）", "杨·伟志"])
def test_a_name_that_is_only_written_otherwise_is_no_conflict(city, written):
    city.registers({})
    city.permits({"name": written})
    assert city.asks() == {}


def test_rows_of_one_register_that_name_a_number_twice_are_a_conflict_of_that_person(city):
    city.registers({}, {"name": "杨大志"}, {"resident_id": SPOUSE, "name": "周小兰"})
    assert city.asks() == {"two_names": 1}
    assert city.table("people")["resident_key"].to_list() == [city.key(WEIZHI)]


def test_two_people_with_one_number_stay_in_conflict_and_one_person_leaves_it(city):
    city.registers({})
    city.permits({"name": "杨大志"})
    city.asks()
    city.answers("不是同一人")
    assert city.asks() == {"two_names": 1}
    city.answers("同一人")
    assert city.asks() == {}
    assert city.table("people")["is_open"].to_list() == [False]


# One person, two numbers -------------------------------------------------------------------------


def test_one_person_under_two_numbers_is_offered_and_keeps_nobody_off_a_list(city):
    city.registers({}, {"resident_id": OTHER})
    assert city.asks() == {"two_numbers": 1}
    assert city.table("people").height == 0


@pytest.mark.parametrize("written", ["杨 伟志", "杨伟志（小）", "杨·伟志"])
def test_one_person_under_two_numbers_is_offered_where_the_name_is_written_otherwise(city, written):
    city.registers({}, {"resident_id": OTHER, "name": written})
    assert city.asks() == {"two_numbers": 1}


def test_people_who_share_name_and_birthday_alone_are_not_even_offered(city):
    elsewhere = "44209819770312" + "101"
    elsewhere += check_character(elsewhere)
    city.registers({}, {"resident_id": elsewhere, "register_address": "别处"})
    assert city.asks() == {}


def test_a_confirmed_old_number_is_the_same_person_from_then_on(city):
    city.registers({}, {"resident_id": OTHER})
    city.asks()
    city.answers("同一人", WEIZHI)
    city.registers({}, {"resident_id": OTHER}, month=MONTH.plus(1))
    city.delivers("medical_insurance__settlements", [settlement(证件号码=OTHER)], MONTH.plus(1))
    rows = pl.read_parquet(
        city.lake.resolve("parquet/medical_insurance__settlements", MONTH.plus(1)) / "rows.parquet"
    )
    assert rows.select("resident_key", "is_repaired").rows() == [(city.key(WEIZHI), True)]
    folder = city.lake.resolve(f"parquet/{PUBLIC}residents", MONTH.plus(1))
    register = pl.read_parquet(folder / "rows.parquet")
    assert register["resident_id"].to_list() == [WEIZHI], "the row under the old number gives way"
    assert pl.read_parquet(folder / "rejected.parquet")["reason"].to_list() == ["corrected"]
    repairs = pl.read_parquet(folder / "repairs.parquet")
    assert repairs.height == 0
    assert city.asks(MONTH.plus(1)) == {}


def test_a_person_whose_register_knows_only_the_old_number_is_not_lost(city):
    city.registers({}, {"resident_id": OTHER})
    city.asks()
    city.answers("同一人", WEIZHI)
    city.registers({"resident_id": OTHER}, month=MONTH.plus(1))
    folder = city.lake.resolve(f"parquet/{PUBLIC}residents", MONTH.plus(1))
    assert pl.read_parquet(folder / "rows.parquet")["resident_key"].to_list() == [city.key(WEIZHI)]


def test_months_before_an_answer_stay_as_they_were(city):
    city.registers({}, {"resident_id": OTHER}, month=MONTH.plus(-1))
    city.registers({}, {"resident_id": OTHER})
    city.asks()
    city.answers("同一人", WEIZHI)
    before = Department(city.root, PUBLIC + "residents", MONTH.plus(-1))
    assert ingest(before.contract, before.month, city.landing, city.lake)["accepted"] == 2
    now = Department(city.root, PUBLIC + "residents", MONTH)
    assert ingest(now.contract, now.month, city.landing, city.lake)["accepted"] == 1


def test_an_answer_without_the_right_number_is_named_by_file_and_line(city):
    city.registers({}, {"resident_id": OTHER})
    city.asks()
    city.answers("同一人", SPOUSE)
    (problem,) = confirmation_problems(city.landing, MONTH)
    assert "confirmations/身份确认_202206.csv" in str(problem) and "正确号码" in str(problem)
    assert SPOUSE not in str(problem)
    assert city.asks() == {"two_numbers": 1}


# Death and life ----------------------------------------------------------------------------------


def died(city, on: str) -> None:
    cancelled = {
        "resident_id": WEIZHI, "household_register_no": "H1", "reason": "死亡", "event_on": on,
        "cancelled_on": "2022-06-02",
    }  # fmt: skip
    city.delivers(PUBLIC + "cancellations", [cancelled])


@pytest.mark.parametrize(("died_on", "found"), [("2022-04-30", 1), ("2022-05-02", 0)])
def test_a_visit_to_the_doctor_over_a_month_after_death_is_a_conflict(city, died_on, found):
    city.registers({})
    died(city, died_on)
    city.delivers("medical_insurance__settlements", [settlement(医疗类别="11", 结算时间="2022-06-02")])
    assert city.asks().get("death_and_life", 0) == found


def test_a_stay_settled_late_is_no_sign_of_life_and_contributions_are(city):
    city.registers({})
    died(city, "2022-03-01")
    city.delivers("medical_insurance__settlements", [settlement(医疗类别="21", 结算时间="2022-06-02")])
    assert city.asks() == {}
    paid = {"resident_id": WEIZHI, "contribution_month_on": "202206", "contribution_base_yuan": "5000"}
    city.delivers("human_resources__contributions", [paid])
    assert city.asks() == {"death_and_life": 1}
    (row,) = city.queue()
    assert "2022-03-01" in row["说明"] and "2022-06-01" in row["说明"]
    assert row["号码1"].strip() == WEIZHI and row["姓名1"] == "杨伟志"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_somebody_found_alive_is_not_dead_any_more(city, encoding):
    city.registers({})
    died(city, "2022-03-01")
    paid = {"resident_id": WEIZHI, "contribution_month_on": "202206", "contribution_base_yuan": "5000"}
    city.delivers("human_resources__contributions", [paid])
    city.asks()
    assert city.table("dismissed_deaths").height == 0
    city.answers("健在", encoding=encoding)
    assert city.asks() == {}
    assert city.table("dismissed_deaths")["resident_key"].to_list() == [city.key(WEIZHI)]
    assert city.queue() == []


# Damaged numbers ---------------------------------------------------------------------------------


DAMAGED = WEIZHI[:17] + "9"


def test_a_damaged_number_with_one_likely_owner_is_offered_and_joined_only_when_confirmed(city):
    city.registers({}, {"resident_id": SPOUSE, "name": "周小兰"})
    city.permits({"resident_id": DAMAGED}, {"resident_id": person(5), "name": "甲"})
    assert city.asks() == {"damaged_id": 1}
    assert city.table("people").height == 0
    city.answers("是")
    permits = Department(city.root, PUBLIC + "residence_permits")
    report = ingest(permits.contract, MONTH, city.landing, city.lake)
    assert report["rejected"] == 0
    rows = pl.read_parquet(city.lake.resolve(f"parquet/{permits.extract}", MONTH) / "rows.parquet")
    assert city.key(WEIZHI) in rows["resident_key"].to_list()


def unemployed(**other) -> dict:
    return {"resident_id": person(5), "姓名": "甲", "registered_on": "20220401"} | other


def test_a_damaged_number_of_the_unemployed_is_offered_by_the_name_that_stands_beside_it(city):
    city.registers({}, {"resident_id": SPOUSE, "name": "周小兰"})
    city.delivers(
        "human_resources__unemployment", [unemployed(), unemployed(resident_id=DAMAGED, 姓名="杨伟志")]
    )
    assert city.asks() == {"damaged_id": 1}
    (row,) = city.table().iter_rows(named=True)
    assert (row["resident_key"], row["second_id"]) == (city.key(WEIZHI), WEIZHI)
    assert row["first_source"] == "human_resources__unemployment"
    assert city.table("people").height == 0, "an offer keeps nobody off a list"
    city.answers("是")
    register = Department(city.root, row["first_source"])
    ingest(register.contract, MONTH, city.landing, city.lake)
    rows = pl.read_parquet(city.lake.resolve(f"parquet/{register.extract}", MONTH) / "rows.parquet")
    assert city.key(WEIZHI) in rows["resident_key"].to_list(), "joined once a person has said so"


def test_a_name_beside_a_number_is_kept_of_no_other_row(city):
    bad_day = unemployed(registered_on="never", 姓名="周小兰")
    rows = [unemployed(), bad_day, unemployed(resident_id=DAMAGED, 姓名="杨伟志")]
    city.delivers("human_resources__unemployment", rows)
    folder = city.lake.resolve("parquet/human_resources__unemployment", MONTH)
    assert "姓名" not in pl.read_parquet(folder / "rows.parquet").columns
    kept = " ".join(pl.read_parquet(folder / "rejected.parquet")["raw"])
    assert ("杨伟志" in kept, "周小兰" in kept, "甲" in kept) == (True, False, False)


def test_no_name_is_kept_of_an_extract_whose_contract_does_not_ask_for_it(city):
    row = settlement(证件号码=DAMAGED) | {"姓名": "杨伟志"}
    city.delivers("medical_insurance__settlements", [row])
    folder = city.lake.resolve("parquet/medical_insurance__settlements", MONTH)
    kept = " ".join(pl.read_parquet(folder / "rejected.parquet")["raw"])
    assert "杨伟志" not in kept


@pytest.mark.parametrize("other", [{"name": "张三"}, {"resident_id": WEIZHI[:12]}])
def test_a_damaged_number_with_another_name_or_too_few_digits_is_nobodys(city, other):
    city.registers({})
    city.permits({"resident_id": DAMAGED} | other, {"resident_id": person(5), "name": "甲"})
    assert city.asks() == {}


def test_a_damaged_number_with_two_likely_owners_is_nobodys(city):
    city.registers({}, {"resident_id": OTHER, "register_address": "别处"})
    city.permits({"resident_id": WEIZHI[:14] + "0009"}, {"resident_id": person(5), "name": "甲"})
    assert "damaged_id" not in city.asks()


# The queue ---------------------------------------------------------------------------------------


def test_a_conflict_keeps_its_number_over_the_months_and_its_answer(city):
    for month in (MONTH, MONTH.plus(1)):
        city.registers({}, month=month)
        city.permits({"name": "杨大志"}, month=month)
    city.asks()
    first = city.table()["conflict_id"].to_list()
    city.answers("同一人")
    city.asks(MONTH.plus(1))
    assert city.table(month=MONTH.plus(1)).select("conflict_id", "is_open").rows() == [(first[0], False)]


def test_the_queue_opens_in_a_spreadsheet_without_losing_a_digit(city):
    city.registers({"name": "=cmd"})
    city.permits({"name": "杨大志"})
    city.asks()
    path = city.lake.resolve("conflicts", MONTH) / "身份冲突_202206.csv"
    text = path.read_bytes().decode("utf-8")
    assert text.startswith("\ufeff") and f"\t{WEIZHI}" in text and "\t=cmd" in text


def test_confirmations_are_no_stray_files(city):
    city.registers({})
    city.permits({"name": "杨大志"})
    city.asks()
    city.answers("同一人")
    assert unclaimed_files(load_extracts(), MONTH, city.landing) == []


def test_no_full_number_stands_in_what_the_lake_notes_of_a_revision(city):
    city.registers({}, {"resident_id": OTHER})
    city.asks()
    city.answers("同一人", WEIZHI)
    city.registers({}, {"resident_id": OTHER})
    city.asks()
    for note in (city.root / "lake").rglob(".revision.json"):
        assert WEIZHI not in note.read_text() and OTHER not in note.read_text()


def test_a_city_without_contradictions_has_an_empty_queue(city):
    city.registers({})
    assert city.asks() == {}
    assert (city.table().height, city.table("people").height, city.queue()) == (0, 0, [])
