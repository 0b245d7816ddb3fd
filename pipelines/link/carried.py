"""Carried: what an earlier month says of people in a town that this month's roll leaves out."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from pipelines import delivery
from pipelines.contract import Contract
from pipelines.database import Database, quoted
from pipelines.delivery import Delivery
from pipelines.lake import Lake


def lay_out_carried_towns(
    database: Database, contracts: Mapping[str, Contract], deliveries: list[Delivery], lake: Lake
) -> None:
    """Adds the rows that stand in to the rolls; both registers of people are laid out before.

    `towns_carried` has one row per roll and town that it leaves out: the month whose rows stand in.
    """
    columns = [("extract_id", pa.string()), ("town_code", pa.string()), ("as_of_month", pa.date32())]
    carried = [
        {"extract_id": item.extract, "town_code": town, "as_of_month": m.start}
        for item in deliveries
        for town, m in item.towns_carried.items()
    ]
    database.register("towns_carried", pa.Table.from_pylist(carried, schema=pa.schema(columns)))
    database.lazy("record_towns")
    for item in deliveries:
        if item.towns_carried and not delivery.names_towns(contracts[item.extract]):
            _add_carried_rows(database, contracts[item.extract], item, lake)


def _add_carried_rows(database: Database, contract: Contract, item: Delivery, lake: Lake) -> None:
    both = f"{contract.id}_and_before"
    months = sorted({item.as_of, *item.towns_carried.values()})
    database.view(both, [path for m in months if (path := delivery.accepted_rows(contract.id, m, lake))])
    key = quoted(delivery.person_column(contract))
    database.execute(
        f"create or replace temp view {quoted(contract.id)} as "
        f"with here as (select * from {quoted(both)} where month = date '{item.as_of.start}'), "
        f"homes as (select resident_key, as_of_month from towns_carried "
        f"inner join record_towns using (town_code) where extract_id = '{contract.id}') "
        f"select * from here union all by name "
        f"select entries.* from {quoted(both)} as entries inner join homes "
        f"on entries.{key} = homes.resident_key and entries.month = homes.as_of_month "
        f"where entries.{key} not in (select {key} from here)",
        relation=contract.id,
    )
