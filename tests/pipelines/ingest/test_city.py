"""Against the invented city: what dirt did to its files is undone exactly, or set aside, never guessed."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.city.synthesis import synthesize
from pipelines.contract import load_extracts
from pipelines.ingest import ingest, unclaimed_files
from pipelines.lake import Lake
from tests.pipelines.ingest.delivering import MONTH

# Dirt that adds rows a department really has: they are data, and detection has to deal with them.
ADDED_ROWS = ("stay billed twice", "refund")


@pytest.fixture(scope="module")
def cities(tmp_path_factory):
    """The same small city clean and very dirty, both ingested with the same keys."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HARDSHIP_SECRET", "the same for both")
        found = {}
        for name, dirt in (("clean", 0.0), ("dirty", 8.0)):
            root = tmp_path_factory.mktemp(name)
            synthesize(2_000, [MONTH], seed=3, landing=root / "landing", dirt=dirt, truth=root / "truth")
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


def test_repaired_values_are_what_the_clean_city_says(cities):
    root, _, reports = cities["dirty"]
    ledger = pl.concat([pl.read_parquet(path) for path in (root / "truth").rglob("dirt.parquet")])
    repairs = rejections = 0
    for extract, contract in load_extracts().items():
        if reports[extract] is None:
            continue
        columns = contract.arrow_schema.names
        clean, dirty = rows(cities["clean"], extract), rows(cities["dirty"], extract)
        added = ledger.filter((pl.col("extract") == extract) & pl.col("kind").is_in(ADDED_ROWS)).height
        wrong = dirty.join(clean, on=columns, how="anti", nulls_equal=True)
        lost = clean.join(dirty, on=columns, how="anti", nulls_equal=True)
        # An optional ID that cannot be read is null.
        actions = reports[extract]["repairs_by_action"].items()
        refused = sum(count for action, count in actions if action.startswith("refused_"))
        assert wrong.height <= added + refused, extract
        assert lost.height <= reports[extract]["rejected"] + refused, extract
        repairs += reports[extract]["repaired_values"]
        rejections += reports[extract]["rejected"]
    assert repairs > 50
    assert rejections > 20
