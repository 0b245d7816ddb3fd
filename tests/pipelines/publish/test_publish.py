"""What appears when a month is published, what must never appear, and what happens when it cannot be."""

from __future__ import annotations

import json
import shutil
import zipfile

import polars as pl
import pyarrow.parquet as pq
import pytest

from pipelines.contract import SCHEMAS, load_contract
from pipelines.lake import Lake, content_digest
from pipelines.manifest import altered_files, read_manifest
from pipelines.problem import HardshipError, Problems
from pipelines.publish import publish
from pipelines.publish.tables import ANALYSTS
from pipelines.reference import towns

from .conftest import MONTH, SANJIAO, TABLES, City, resident_id, some_households


@pytest.fixture(scope="module")
def one(tmp_path_factory, extracts):
    """A published month that tests only look at."""
    city = City(Lake(tmp_path_factory.mktemp("city")))
    city.lay(some_households())
    publish(extracts, MONTH, city.lake)
    return city


@pytest.fixture
def published(one):
    return one.lake.partition("published", MONTH)


def test_a_month_holds_the_analysts_tables_the_manifest_and_a_folder_for_every_town(published):
    assert {p.name for p in published.iterdir() if not p.name.startswith(".")} == {
        *(f"{name}.parquet" for name in ANALYSTS), "manifest.json", "towns",
    }  # fmt: skip
    folders = {p.name for p in (published / "towns").iterdir()}
    assert len(folders) == 23
    assert "442000109_三角镇" in folders
    assert {p.name for p in (published / "towns" / "442000109_三角镇").iterdir()} == {
        "list.parquet", "2022-06_三角镇_走访名单.xlsx", "2022-06_三角镇_走访名单.csv",
    }  # fmt: skip


def test_every_listed_household_stands_on_the_list_of_one_town(published):
    listed = set(pl.read_parquet(published / "candidates.parquet")["household_key"])
    on_lists = [
        key
        for town in towns()
        for key in pq.read_table(published / "towns" / town.folder / "list.parquet")[
            "household_key"
        ].to_pylist()
    ]
    assert len(on_lists) == len(set(on_lists)) == 4
    assert set(on_lists) == listed


def test_listed_and_excluded_households_are_all_households_with_a_match(published):
    tables = {name: pl.read_parquet(published / f"{name}.parquet") for name in ANALYSTS}
    listed, excluded = (set(tables[name]["household_key"]) for name in ("candidates", "exclusions"))
    assert listed | excluded == set(tables["matches"]["household_key"])
    assert not listed & excluded


@pytest.mark.parametrize("name", ANALYSTS)
def test_a_published_table_has_its_contracts_columns_and_types_and_no_other(published, name):
    found = pq.read_schema(published / f"{name}.parquet")
    assert found.remove_metadata() == load_contract(SCHEMAS / f"{name}.yaml").arrow_schema


def test_neither_name_nor_id_nor_address_leaves_the_towns_folders(published, one):
    people = {
        column: pl.read_parquet(one.lake.resolve(f"parquet/{extract}", MONTH) / "rows.parquet")[column]
        for extract, column in (
            ("public_security__residents", "name"),
            ("public_security__residents", "resident_id"),
            ("towns__living_places", "living_address"),
        )
    }
    told = "\n".join(
        pl.read_parquet(published / f"{name}.parquet").to_pandas().to_csv() for name in ANALYSTS
    ) + (published / "manifest.json").read_text(encoding="utf-8")
    told += (one.lake.root / "hardship.duckdb").read_bytes().decode("latin-1")
    told += (one.lake.root / "runs" / f"{MONTH}.jsonl").read_text()
    for values in people.values():
        assert len(values) and not [value for value in values if value in told]
    assert "household_no" not in told


def test_no_whole_id_and_no_internal_number_stands_in_any_file_of_a_town(published):
    ids = [resident_id(number * 100 + place) for number in range(1, 7) for place in range(4)]
    for path in (published / "towns").rglob("*"):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as parts:
                told = "".join(parts.read(part).decode() for part in parts.namelist())
        elif path.suffix == ".parquet":
            told = str(pq.read_table(path).to_pydict())
        elif path.is_file():
            told = path.read_text(encoding="utf-8-sig")
        else:
            continue
        assert not [one for one in ids if one in told], path.name
        assert "household_no" not in told


def test_the_same_month_has_the_same_bytes_in_another_folder(city, extracts, tmp_path):
    other = City(Lake(tmp_path / "elsewhere"))
    for place in (city, other):
        place.lay(some_households())
        publish(extracts, MONTH, place.lake)
    first, second = (place.lake.resolve("published", MONTH) for place in (city, other))
    assert content_digest(first) == content_digest(second)


def test_the_order_in_which_detect_wrote_its_rows_changes_nothing(city, extracts, tmp_path):
    other = City(Lake(tmp_path / "elsewhere"))
    city.lay(some_households())
    other.lay(some_households()[::-1], spoil={"cases": lambda frame: frame.sample(fraction=1, shuffle=True)})
    for place in (city, other):
        publish(extracts, MONTH, place.lake)
    first, second = (place.lake.resolve("published", MONTH) for place in (city, other))
    assert content_digest(first) == content_digest(second)


def test_publishing_again_changes_nothing_and_writes_nothing(city, extracts):
    city.lay(some_households())
    publish(extracts, MONTH, city.lake)
    before = city.lake.about("published", MONTH)
    revision = city.lake.resolve("published", MONTH)
    publish(extracts, MONTH, city.lake)
    assert city.lake.about("published", MONTH) == before
    assert len((city.lake.root / "runs" / f"{MONTH}.jsonl").read_text().splitlines()) == 1
    shutil.rmtree(city.lake.root / "published")  # the links only: the revision can be told from a new one
    publish(extracts, MONTH, city.lake)
    assert content_digest(city.lake.resolve("published", MONTH)) == content_digest(revision)


def test_a_later_correction_is_a_new_revision_and_leaves_the_old_files_alone(city, extracts):
    city.lay(some_households())
    publish(extracts, MONTH, city.lake)
    old = city.lake.resolve("published", MONTH)
    digest = content_digest(old)
    city.lay(some_households()[:-1])
    publish(extracts, MONTH, city.lake)
    assert city.lake.about("published", MONTH)["revision"] == 2
    assert len(pl.read_parquet(city.lake.partition("published", MONTH) / "candidates.parquet")) == 3
    assert content_digest(old) == digest


def test_a_table_that_breaks_its_contract_stops_the_month_and_leaves_the_last_one_readable(city, extracts):
    city.lay(some_households(), MONTH.plus(-1))
    publish(extracts, MONTH.plus(-1), city.lake)
    city.lay(some_households(), spoil={"candidates": lambda f: f.with_columns(status=pl.lit("brand_new"))})
    with pytest.raises(Problems) as error:
        publish(extracts, MONTH, city.lake)
    assert "candidates.yaml, column status: found 4 other values (brand_new)" in str(error.value)
    assert city.lake.resolve("published", MONTH) is None
    assert altered_files(city.lake.resolve("published", MONTH.plus(-1))) == []


def test_all_broken_tables_are_reported_together(city, extracts):
    city.lay(some_households(), spoil={name: lambda f: f.drop("month") for name in TABLES})
    with pytest.raises(Problems) as error:
        publish(extracts, MONTH, city.lake)
    assert len(error.value.problems) == len(TABLES)


def test_a_household_that_is_listed_and_excluded_at_once_stops_the_month(city, extracts):
    city.lay(
        some_households(),
        spoil={
            "exclusions": lambda f: f.with_columns(household_key=pl.lit(some_households()[0].key)).head(1)
        },
    )
    with pytest.raises(HardshipError, match="1 are listed and excluded at once"):
        publish(extracts, MONTH, city.lake)


def test_a_household_without_a_match_is_not_published(city, extracts):
    city.lay(some_households(), spoil={"matches": lambda f: f.filter(pl.col("household_no") != 1)})
    with pytest.raises(HardshipError, match="1 are listed without a match"):
        publish(extracts, MONTH, city.lake)


def test_a_matched_household_that_is_neither_listed_nor_excluded_stops_the_month(city, extracts):
    city.lay(some_households(), spoil={"exclusions": lambda f: f.head(1)})
    with pytest.raises(HardshipError, match="1 match a rule and are neither"):
        publish(extracts, MONTH, city.lake)


def test_a_crash_while_writing_leaves_no_half_month(city, extracts, monkeypatch):
    city.lay(some_households())
    monkeypatch.setattr("pipelines.manifest.write_manifest", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        publish(extracts, MONTH, city.lake)
    assert city.lake.resolve("published", MONTH) is None
    assert not [p for p in city.lake.root.rglob("*.xlsx")]


def test_a_month_that_was_not_linked_or_detected_says_so(city, extracts):
    with pytest.raises(HardshipError, match="link has not run"):
        publish(extracts, MONTH, city.lake)


def test_a_month_without_a_single_match_still_has_a_folder_for_every_town(city, extracts):
    city.lay([])
    counts = publish(extracts, MONTH, city.lake)
    assert counts["listed"] == 0
    assert len(list((city.lake.partition("published", MONTH) / "towns").iterdir())) == 23


def test_files_are_readable_by_their_owner_alone(published):
    for path in published.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_the_manifest_counts_what_stands_in_the_tables(one):
    manifest = read_manifest(MONTH, one.lake)
    assert manifest["counts"]["listed"] == 4
    assert manifest["counts"]["excluded_by_reason"] == {"covered": 1, "waiting_for_capacity": 1}
    assert manifest["counts"]["listed_by_town"][SANJIAO] == 3
    assert manifest["outputs"]["candidates.parquet"]["rows"] == 4
    assert manifest["steps"]["detect"]["matches"] == 6


def test_the_manifest_is_plain_json_without_times(published):
    text = (published / "manifest.json").read_text(encoding="utf-8")
    assert "_at" not in json.loads(text)
    assert "finished" not in text
