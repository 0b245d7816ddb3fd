"""Standing in: of a town that a register leaves out, the people it had before and says nothing else of."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines import delivery
from pipelines.contract import Contract
from pipelines.lake import Lake
from pipelines.month import Month


def towns_standing_in(
    contract: Contract, month: Month, last: Month | None, missing: Sequence[str], lake: Lake
) -> dict[str, str]:
    """Town -> the month whose rows stand in, of an extract that names towns itself and is carried forward.

    Whoever stands in a register stays until something is said of them: no age takes people out of the
    world. What says only where somebody lives is carried up to the contract's maximum age.
    """
    if last is None or contract.kind != "stock" or not delivery.names_towns(contract):
        return {}
    before = delivery.verdict(contract.id, last, lake).get("towns_carried") or {}
    found = {town: before.get(town, str(last)) for town in missing}
    return {
        town: as_of
        for town, as_of in found.items()
        if contract.keeps_identity
        or delivery.age_months(contract, Month.parse(as_of), month) <= contract.maximum_age_months
    }


def write_standing_in(
    contract: Contract, month: Month, last: Month, towns: Sequence[str], lake: Lake, inputs: dict
) -> None:
    """Writes the rows of the towns as those of the month, without people whom the month's own rows name."""
    town = next(p.column for p in contract.properties if p.reference == "towns")
    key = delivery.person_column(contract)
    with lake.write(f"standing_in/{contract.id}", month, inputs) as folder:
        here = pl.scan_parquet(delivery.accepted_rows(contract.id, month, lake)).select(key)
        rows = pl.scan_parquet(delivery.rows_files(contract.id, last, lake))
        rows = rows.filter(pl.col(town).is_in(sorted(towns))).join(here, on=key, how="anti").sort(key)
        rows = rows.with_columns(month=pl.lit(month.start)).collect()
        rows.write_parquet(folder / "rows.parquet", compression="zstd", compression_level=1)
