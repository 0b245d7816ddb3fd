"""Against the invented city: what dirt did to its files is undone exactly, or set aside, never guessed."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.city.synthesis import synthesize
from pipelines.contract import load_extracts
from pipelines.ingest import ingest, input_problems, unclaimed_files
from pipelines.lake import Lake
from pipelines.month import Month
from tests.pipelines.ingest.delivering import MONTH


@pytest.fixture(scope="module")
def cities(tmp_path_factory):
    """The same small city clean and very dirty, both ingested with the same keys."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HARDSHIP_SECRET", "the same for both")
        found = {}
        for name, dirt in (("clean", 0.0), ("dirty", 80.0)):
            root = tmp_path_factory.mktemp(name)
            synthesize(4_000, [MONTH], seed=7, landing=root / "landing", dirt=dirt, truth=root / "truth")
            lake = Lake(root / "lake")
            reports = {i: ingest(c, MONTH, root / "landing", lake) for i, c in load_extracts().items()}
            found[name] = (root, lake, reports)
        return found


def rows(city, extract):
    _, lake, _ = city
    return pl.read_parquet(lake.resolve(f"parquet/{extract}", MONTH) / "rows.parquet")


def test_every_file_of_a_clean_city_is_read_and_no_row_is_rejected(cities):
    root, _, reports = cities["clean"]
    for extract, report in reports.items():
        if report:
            assert (report["status"], report["rejections_by_reason"]) == ("read", {}), extract
            assert report["repairs_by_action"].keys() <= {"tidied"}  # the family that is written full-width
    assert unclaimed_files(load_extracts(), MONTH, root / "landing") == []


def test_no_row_says_anything_else_than_in_the_clean_city(cities):
    repairs = rejections = 0
    for extract, contract in load_extracts().items():
        report = cities["dirty"][2][extract]
        if report is None:
            continue
        clean, dirty = rows(cities["clean"], extract), rows(cities["dirty"], extract)
        if extract == "medical_insurance__settlements":  # refunds and stays billed twice are data
            dirty = dirty.filter(pl.col("settlement_no").is_in(clean["settlement_no"].implode()))
        assert unexplained(dirty, clean, contract).is_empty(), extract
        lost = clean.join(dirty, on=contract.arrow_schema.names, how="anti", nulls_equal=True)
        actions = report["repairs_by_action"].items()
        refused = sum(count for action, count in actions if action.startswith("refused_"))
        assert lost.height <= report["rejected"] + refused, extract
        repairs += report["repaired_values"]
        rejections += report["rejected"]
    assert repairs > 1_000
    assert rejections > 200


def unexplained(dirty, clean, contract):
    """Rows of a dirty city that its clean one does not have; an optional ID that cannot be read is null."""
    optional = [p for p in contract.properties if p.identity and not p.required]
    may_be_null = {name for p in optional for name in (p.column, p.name)}
    others = [name for name in contract.arrow_schema.names if name not in may_be_null]
    dirty = dirty.with_row_index("number")
    found = dirty.join(clean, on=others, how="inner", nulls_equal=True, suffix="_clean")
    for prop in optional:
        key = pl.col(prop.column)
        found = found.filter(key.is_null() | key.eq_missing(pl.col(f"{prop.column}_clean")))
    return dirty.join(found, on="number", how="anti")


def test_every_odd_form_of_the_dirty_city_is_read_and_claimed(cities):
    root, _, reports = cities["dirty"]
    assert unclaimed_files(load_extracts(), MONTH, root / "landing") == []
    for extract, report in reports.items():
        if report:
            assert report["problems"] == [], extract
    delivered = {path.name for path in (root / "landing").rglob("*.*")}
    assert {".xlsx", ".csv", ".txt", ".xls", ".gz", ".zip"} <= {
        name[name.rindex(".") :] for name in delivered
    }
    files = reports["education__enrolments"]["files"]
    again = [file for file in files if "(1)" in file["name"]]
    twice = [
        file
        for file in files
        if file["name"].replace("(1)", "") in {f["name"].replace("(1)", "") for f in again}
    ]
    assert len(twice) == 2 * len(again) == 2 * sum(file["rows_in"] > 0 for file in twice), "it counts once"


def test_what_breaks_in_the_holidays_is_named_for_what_it_is(tmp_path):
    august = Month(2021, 8)
    broken = {
        "health__major_illnesses": "密码",
        "housing__dilapidated_houses": "登录",
        "housing__properties": "压缩",
    }
    chosen = [*broken, "public_security__vehicles", "housing__public_rentals"]
    synthesize(2_000, [august], seed=3, landing=tmp_path, extracts=chosen)
    contracts, lake = load_extracts(), Lake(tmp_path / "lake")
    reports = {extract: ingest(contracts[extract], august, tmp_path, lake) for extract in chosen}
    for extract, word in broken.items():
        assert word in "".join(reports[extract]["problems"]), extract
        assert reports[extract]["accepted"] == 0
    assert (reports["housing__public_rentals"]["status"], reports["housing__public_rentals"]["rows_in"]) == (
        "read",
        0,
    )
    cut = reports["public_security__vehicles"]
    assert cut["accepted"] > 0 and cut["rejections_by_reason"].get("cut_off", 0) <= 1
    assert len(input_problems(contracts, august, tmp_path, lake)) == len(broken)
