"""Keys that households are published under: a case keeps the key it had."""

from __future__ import annotations

import pyarrow as pa

from pipelines.database import Database
from pipelines.identity import household_key


def keys_of(db: Database, numbers: str, secret: bytes) -> pa.Table:
    """household_no and household_key of the households that the query `numbers` names."""
    found = db.arrow(
        f"select named.household_no, carried_cases.household_key from ({numbers}) as named "
        "left join carried_cases on named.household_no = carried_cases.household_no"
    )
    pairs = zip(found["household_no"].to_pylist(), found["household_key"].to_pylist(), strict=True)
    keys = [key or household_key(number, secret) for number, key in pairs]
    return pa.table({"household_no": found["household_no"], "household_key": pa.array(keys, pa.string())})
