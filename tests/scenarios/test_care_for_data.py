"""No full ID of anybody outside the tables that need it, whatever was delivered and whatever went wrong."""

import json
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.lake import file_digest
from pipelines.problem import Problems
from tests.scenarios.changes import all_of, rewritten, with_row
from tests.scenarios.people import CHEN, CHEN_ON_THE_ROLL, MAI, NAMES, TANG, YANG, family_of
from tests.scenarios.story import Story, branch

# Rows with IDs: as delivered.
RESTRICTED = re.compile(r"(^|/)(landing|parquet)/")
LONG_AGO = re.compile(r"/month=2021-")  # the same tables as later
WITH_NAMES = re.compile(r"/towns/")
ID = re.compile(r"(442099|４４２０９９)\d{11}[\dX]", re.IGNORECASE)
NAME = re.compile("|".join(sorted(NAMES)))


@pytest.fixture(scope="module")
def troubled(april, tmp_path_factory) -> Story:
    """Everything goes wrong that could make somebody quote a row; what was said is in `said`."""
    told = branch(april.place, tmp_path_factory.mktemp("troubled") / "home")
    wrong = YANG[:-1] + ("0" if YANG[-1] != "0" else "1")
    told.change(
        "medical_insurance__settlements",
        all_of(
            rewritten(MAI, self_paid_yuan=Decimal(86_000_000)),
            rewritten(family_of(YANG)[0], resident_id=wrong),
            rewritten(TANG, visit_kind="99"),
        ),
        ("2022-05",),
    )
    told.change("civil_affairs__assistance_roll", rewritten(CHEN_ON_THE_ROLL, family_no=CHEN), ("2022-05",))
    told.change("towns__visits", with_row(household_key=CHEN, outcome="moved"), ("2022-05",))
    folder = told.place.landing / "2022-05"
    (folder / "health" / f"{CHEN}.csv").write_text("a file named by an ID", encoding="utf-8")
    [incomes] = folder.glob("taxation/个税申报_*")
    incomes.write_bytes(incomes.read_bytes().replace("证件号".encode("gb18030"), CHEN.encode()))
    with pytest.raises(Problems) as raised:
        told.run("2022-05")
    told.said.append(str(raised.value))
    return told


def texts(path: Path) -> Iterator[str]:
    """Everything that can be read in a file, unpacked."""
    if path.suffix == ".parquet":
        yield pl.read_parquet(path).write_json()
    elif path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            yield from (book.read(name).decode("utf-8", "replace") for name in book.namelist())
    else:
        yield path.read_bytes().decode("utf-8", "replace")


@pytest.mark.parametrize("told", ["year", "troubled"])
def test_no_file_of_the_lake_but_the_restricted_tables_has_an_id_and_none_but_lists_a_name(told, request):
    root = request.getfixturevalue(told).place.lake.root
    looked_at = set()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if not path.is_file() or RESTRICTED.search(name) or LONG_AGO.search(name) or name == ".secret":
            continue
        assert not ID.search(name), "a file named after somebody"
        # The pages on what was checked bring the same styles every month.
        digest = file_digest(path), bool(WITH_NAMES.search(name))
        if digest in looked_at:
            continue
        looked_at.add(digest)
        for text in texts(path):
            # Not the text itself: a failure would print what it must not.
            assert not ID.search(text), name
            assert WITH_NAMES.search(name) or not NAME.search(text), name
    assert len(looked_at) > 100


@pytest.mark.parametrize("told", ["year", "troubled"])
def test_nothing_that_is_said_has_an_id_or_a_name(told, request):
    said = "\n".join(request.getfixturevalue(told).said)
    assert said.count("\n") > 25
    assert not ID.search(said)
    assert not NAME.search(said)


def test_the_faults_were_told_all_the_same(troubled):
    said = "\n".join(troubled.said)
    assert re.search(r"medical_insurance__settlements: .* [1-9]\d* rejected", said)
    assert "个税申报" in said and "health" in said
    rejected = pl.concat(
        pl.read_parquet(path, columns=["reason"])
        for path in troubled.place.lake.root.glob("parquet/*/month=2022-05/rejected.parquet")
    )
    assert rejected.height >= 3


def test_towns_read_masked_ids_only(year):
    lists = list(year.published("2022-05").glob("towns/*/list.parquet"))
    shown = pl.concat([pl.read_parquet(path, columns=["head_id_masked"]) for path in lists])
    assert shown.height >= 5
    assert shown["head_id_masked"].str.contains(r"^442099\*{10}\d[\dX]$").all()
    manifest = json.loads((year.published("2022-05") / "manifest.json").read_text())
    assert all("towns/" in name for name in manifest["outputs"] if name.endswith((".xlsx", ".csv")))
