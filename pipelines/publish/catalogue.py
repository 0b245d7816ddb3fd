"""The analysts' catalogue: hardship.duckdb, documented views over the published tables of all months."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from pipelines.contract import Contract
from pipelines.database import DocumentedView, write_views
from pipelines.lake import Lake
from pipelines.publish.tables import ANALYSTS
from pipelines.reference import REFERENCE

FILE = "hardship.duckdb"


def catalogue_path(lake: Lake) -> Path:
    """Where the catalogue lies: beside the months, outside of what is compared."""
    return lake.root / FILE


def write_catalogue(lake: Lake, published: Mapping[str, Contract]) -> None:
    """Writes the catalogue anew; open it with `duckdb -readonly <lake>/hardship.duckdb`.

    It holds views and no rows of people, so months published later show up by themselves. The views
    name the lake's absolute place: write it again (publish any month) after moving the lake.
    """
    views = [
        DocumentedView(
            name=name,
            # The months' folders are links to their current revisions; no other revision is read.
            files=str(lake.root.resolve() / "published" / "month=*" / f"{name}.parquet"),
            comment=f"{published[name].title_zh} / {published[name].title_en}. {published[name].grain}",
            columns={prop.column: prop.description for prop in published[name].properties},
        )
        for name in ANALYSTS
    ]
    reference = {
        name: pl.read_csv(REFERENCE / f"{name}.csv", infer_schema=False).to_arrow()
        for name in ("towns", "communities")
    }
    write_views(catalogue_path(lake), views, reference)
