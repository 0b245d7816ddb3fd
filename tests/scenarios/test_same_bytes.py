"""The same month told twice, in another order, or with a file sent twice, is the same month."""

import json
import random
import shutil
from decimal import Decimal

import openpyxl
import polars as pl

from pipelines.city import deliver, families
from pipelines.contract import load_extracts
from pipelines.ingest.landing import delivered_files
from pipelines.lake import content_digest
from pipelines.month import Month
from pipelines.outdated import outdated_months
from tests.scenarios.changes import rewritten
from tests.scenarios.people import SANJIAO, YANG

MAY = Month(2022, 5)
SETTLEMENTS = "medical_insurance__settlements"
SENT_TWICE = ("civil_affairs__assistance_roll", "education__enrolments", SETTLEMENTS,
              "public_security__residents", "taxation__incomes")  # fmt: skip


def outputs(told) -> dict:
    """Hash and rows of everything published; what files went in is told apart from it."""
    return json.loads((told.published("2022-05") / "manifest.json").read_text())["outputs"]


def lists(told) -> dict:
    """The same without the sheet that tells how the files were; workbooks by their cells."""
    found = {name: value for name, value in outputs(told).items() if not name.endswith(".xlsx")}
    for path in sorted(told.published("2022-05").glob("towns/*/*.xlsx")):
        for sheet in openpyxl.load_workbook(path):
            if sheet.title != "数据情况":
                found[f"{path.name} {sheet.title}"] = list(sheet.iter_rows(values_only=True))
    return found


def test_may_told_twice_from_the_same_files_is_the_same_bytes(may, story):
    story.run("2022-05")
    assert content_digest(story.published("2022-05")) == content_digest(may.published("2022-05"))


def test_may_run_again_changes_nothing(story):
    story.run("2022-05")
    first = story.place.lake.about("published", MAY)
    story.run("2022-05")
    assert story.place.lake.about("published", MAY) == first
    assert first["revision"] == 1


def test_the_order_of_rows_and_files_and_the_names_of_files_do_not_matter(may, story):
    chance = random.Random(20220605)
    for extract, rows in families.extracts(MAY).items():
        contract = load_extracts()[extract]
        rows = rows.sample(fraction=1, shuffle=True, seed=chance.randrange(10**6))
        if "town_code" in rows.columns and contract.form.get("splitBy"):
            deliver.write(contract, rows, MAY, story.place.landing)
            continue
        for file in delivered_files(contract, MAY, story.place.landing):
            file.path.unlink()
        middle = chance.randint(1, rows.height - 1) if rows.height > 1 else 1
        for name, part in (("乙", rows[:middle]), ("甲", rows[middle:])):
            if part.height:
                file_name = in_the_contracts_words(contract, name)
                deliver.write(contract, part, MAY, story.place.landing, file_name=file_name)
    story.run("2022-05")
    assert lists(story) == lists(may)


def in_the_contracts_words(contract, name: str) -> str:
    """A file name that the contract's pattern allows."""
    pattern = contract.files[0].rpartition("/")[2].format(yyyymm="202205", month=MAY)
    return pattern.replace("*", name) + (".xlsx" if contract.form["format"] == "xlsx" else ".txt")


def test_the_same_file_sent_twice_has_no_effect(may, story):
    for extract in SENT_TWICE:
        for file in delivered_files(load_extracts()[extract], MAY, story.place.landing):
            shutil.copy(file.path, file.path.with_stem(file.path.stem + "_重发"))
    story.run("2022-05")
    [said] = [line for line in story.said if line.startswith(f"ingest    {SETTLEMENTS}")]
    rows = families.extracts(MAY)[SETTLEMENTS].height
    assert f"{rows} rows in, {rows} accepted, 0 rejected" in said
    assert outputs(story) == outputs(may)


def test_months_told_in_their_order_leave_none_out_of_date(may, year):
    assert outdated_months(may.place.lake) == {}
    assert outdated_months(year.place.lake) == {}


def test_a_corrected_file_makes_a_second_revision_and_the_first_stays_to_be_read(story):
    story.run("2022-05")
    first = story.place.lake.resolve("published", MAY)
    before = content_digest(first)
    story.change(SETTLEMENTS, rewritten(YANG, self_paid_yuan=Decimal(50)), ("2022-05",))
    story.run("2022-05")
    assert story.profile("2022-05", YANG)["medical_self_paid_12m_yuan"] == Decimal("12700.00")
    assert "12,700元" in story.line("2022-05", SANJIAO, YANG)["explanation_zh"]
    assert story.place.lake.about("published", MAY)["revision"] == 2
    assert content_digest(first) == before
    old = pl.read_parquet(first / "matches.parquet")["explanation_zh"]
    assert any("13,800元" in text for text in old)
