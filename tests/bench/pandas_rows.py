"""Rows of accepted extracts as pandas reads them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

Files = Mapping[str, list[Path]]

KEY, HOME = "resident_key", "household"


def read(files: Files, name: str, *columns: str) -> pd.DataFrame:
    """Columns of an extract: yuan as whole fen, days as timestamps, whole numbers that may be null."""
    table = pq.ParquetDataset([str(path) for path in files[name]], partitioning=None).read(list(columns))
    for place, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type):
            fen = pc.multiply(table.column(place), pa.scalar(100, pa.decimal128(3, 0)))
            table = table.set_column(place, field.name, fen.cast(pa.int64()))
        elif pa.types.is_date(field.type):
            table = table.set_column(place, field.name, table.column(place).cast(pa.timestamp("s")))
    kinds = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    return table.to_pandas(types_mapper=kinds.get)
