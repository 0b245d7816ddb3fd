"""What analysts and reviewers see and no town does: loads of the towns, rules on trial, the audit sample."""

from __future__ import annotations

import hashlib
import hmac

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.database import Database
from pipelines.detect import answers
from pipelines.detect.keys import keys_of
from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.rule import Compiled
from pipelines.rule.parameter import Value

# A household visited so short a time ago tells the audit nothing new; one drawn is left to be visited.
_AUDIT_REST_MONTHS = 6


def write_for_analysts(
    db: Database,
    month: Month,
    compiled: list[Compiled],
    selection: dict[str, Value],
    parameters: dict,
    lake: Lake,
) -> None:
    """Makes `town_loads`, `review_matches` and `audit_sample` from what was decided."""
    db.table("town_loads", parameters)
    on_trial = [c for c in compiled if c.rule.status == "test"]
    answers.write_review_sentences(db, on_trial, selection["severity_points"])
    secret = lake.secret()
    db.register("review_keys", keys_of(db, "select distinct household_no from review_sentences", secret))
    db.table("review_matches", parameters)
    db.register("audit_samples_before", _drawn_lately(month, lake))
    db.table("audit_draw", audit_parameters(month, selection, secret))
    db.register("audit_keys", keys_of(db, "select household_no from audit_draw", secret))
    db.table("audit_sample", parameters)


def _drawn_lately(month: Month, lake: Lake) -> pa.Table:
    """Households drawn in the six months before, whatever months of them were run."""
    folders = [lake.resolve("matches", m) for m in month.plus(-1).window(_AUDIT_REST_MONTHS)]
    none = pa.schema([("household_no", pa.int64())]).empty_table()
    samples = [pq.read_table(f / "audit_sample.parquet", columns=none.column_names) for f in folders if f]
    return pa.concat_tables([none, *samples])


def audit_parameters(month: Month, selection: dict[str, Value], secret: bytes) -> dict:
    """How many are drawn, and the month's seed: nobody without the lake's secret can tell who it will be."""
    digest = hmac.digest(secret, f"audit sample {month}".encode(), hashlib.sha256)
    return {
        "audit_seed": int.from_bytes(digest[:8], "big") >> 2,  # as wide as household numbers
        "audit_households": int(selection["audit_households_per_town"]),
        "audit_seen_since": month.plus(-_AUDIT_REST_MONTHS).end,
    }
