"""A town's list may be locked: with a password from the environment, which is written down nowhere."""

from __future__ import annotations

import datetime as dt
import io

import msoffcrypto
import openpyxl
import pytest

from pipelines.ingest.check import check_file
from pipelines.ingest.known import Known
from pipelines.password import lock, unlocked
from pipelines.publish import publish

from .conftest import MONTH, SANJIAO, XIAOLAN, key, some_households
from .returned import HEADER, fill_in, read, returned_to, send_back, workbook_of

PASSWORD = "中山2022!"
DAY = dt.date(2022, 7, 8)


@pytest.fixture
def locked(city, extracts, monkeypatch):
    """Sanjiao's workbook, the only one that has a password."""
    monkeypatch.setenv(f"HARDSHIP_PASSWORD_{SANJIAO}", PASSWORD)
    city.lay(some_households())
    return workbook_of(city, extracts)


def opened(path, password: str = PASSWORD):
    plain = io.BytesIO()
    with open(path, "rb") as handle:
        file = msoffcrypto.OfficeFile(handle)
        file.load_key(password=password)
        file.decrypt(plain)
    return openpyxl.load_workbook(plain)


def test_it_opens_with_the_password_and_with_nothing_else(locked):
    assert opened(locked)["走访名单"].cell(HEADER + 1, 6).value == "杨伟志"
    assert b"xl/workbook.xml" not in locked.read_bytes()
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        opened(locked, "another")


def test_a_locked_list_has_no_open_csv_beside_it_and_other_towns_keep_theirs(locked):
    assert not list(locked.parent.glob("*.csv"))
    [other] = locked.parent.parent.glob(f"{XIAOLAN}_*")
    assert list(other.glob("*.csv"))
    [open_to_all] = other.glob("*.xlsx")
    openpyxl.load_workbook(open_to_all)


def test_one_password_may_hold_for_all_towns_and_a_towns_own_goes_before(city, extracts, monkeypatch):
    monkeypatch.setenv("HARDSHIP_LIST_PASSWORD", "for all")
    monkeypatch.setenv(f"HARDSHIP_PASSWORD_{SANJIAO}", PASSWORD)
    city.lay(some_households())
    opened(workbook_of(city, extracts))
    opened(workbook_of(city, extracts, XIAOLAN), "for all")


def test_the_password_is_written_down_nowhere(locked, city):
    assert list(city.lake.root.rglob("*.json*"))
    for path in city.lake.root.rglob("*"):
        if path.is_file():
            assert PASSWORD.encode() not in path.read_bytes(), path.name


def test_publishing_anew_gives_the_same_bytes_and_the_same_revision(locked, city, extracts):
    before, about = locked.read_bytes(), city.lake.about("published", MONTH)
    revision = city.lake.resolve("published", MONTH) / ".revision.json"
    revision.write_text(revision.read_text().replace('"last_month"', '"forgotten"'))
    publish(extracts, MONTH, city.lake)
    assert locked.read_bytes() == before
    again = city.lake.about("published", MONTH)
    assert (again["revision"], again["digest"]) == (about["revision"], about["digest"])
    assert "last_month" in again["inputs"]


def test_another_password_makes_another_revision(locked, city, extracts, monkeypatch):
    monkeypatch.setenv(f"HARDSHIP_PASSWORD_{SANJIAO}", "changed")
    publish(extracts, MONTH, city.lake)
    assert city.lake.about("published", MONTH)["revision"] == 2
    opened(workbook_of(city, extracts), "changed")


def test_a_locked_list_that_comes_back_is_opened_with_the_same_password(locked, city, extracts, tmp_path):
    book = opened(locked)
    fill_in(book.worksheets[0], HEADER + 1, 走访日期=DAY, 走访结果="属实已救助")
    path = send_back(book, tmp_path / "landing", locked.name)
    lock(path, PASSWORD)
    report, rows, _ = read(extracts, tmp_path / "landing", city.lake)
    assert report["problems"] == []
    assert rows.select("household_key", "outcome").rows() == [(key(1), "confirmed_helped")]
    assert not [p for p in city.lake.root.rglob("*.part")]


def test_a_locked_list_is_checked_with_the_same_password(locked, extracts, tmp_path):
    book = opened(locked)
    fill_in(book.worksheets[0], HEADER + 1, 走访日期=DAY, 走访结果="差不多")
    path = tmp_path / locked.name
    book.save(path)
    lock(path, PASSWORD)
    checked = check_file(extracts["towns__visits"], path, Known())
    assert (checked.problem, [f.reason for f in checked.findings]) == (None, ["not_in_code_list"])


def test_a_file_that_asks_for_endless_hashing_is_not_opened(locked, monkeypatch):
    monkeypatch.setattr("pipelines.password._MOST_SPINS", 1_000)
    assert unlocked(locked, PASSWORD) is None


def test_a_locked_list_under_another_password_is_refused_in_words(locked, city, extracts, tmp_path):
    path = send_back(opened(locked), tmp_path / "landing", locked.name)
    lock(path, "somebody's own")
    report, _, _ = read(extracts, tmp_path / "landing", city.lake)
    [problem] = report["problems"]
    assert "does not open with the password" in problem
    assert "HARDSHIP_PASSWORD_" in problem
    assert PASSWORD not in problem


def test_a_locked_list_of_a_town_without_a_password_is_refused_in_words(
    locked, city, extracts, tmp_path, monkeypatch
):
    monkeypatch.delenv(f"HARDSHIP_PASSWORD_{SANJIAO}")
    (returned_to(tmp_path / "landing") / locked.name).write_bytes(locked.read_bytes())
    report, _, _ = read(extracts, tmp_path / "landing", city.lake)
    [problem] = report["problems"]
    assert "protected by a password" in problem
