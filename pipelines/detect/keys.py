"""Keys that households are published under: a case keeps the key it had."""

from __future__ import annotations

import pyarrow as pa

from pipelines.database import Database
from pipelines.identity import household_key


def keys_of(db: Database, numbers: str, secret: bytes) -> pa.Table:
    """household_no and household_key of the households that the query `numbers` names."""
    rows = db.rows(
        f"select named.household_no, carried_cases.household_key from ({numbers}) as named "
        "left join carried_cases on named.household_no = carried_cases.household_no"
    )
    found = [row["household_no"] for row in rows]
    keys = [row["household_key"] or household_key(row["household_no"], secret) for row in rows]
    return pa.table(
        {"household_no": pa.array(found, pa.int64()), "household_key": pa.array(keys, pa.string())}
    )
