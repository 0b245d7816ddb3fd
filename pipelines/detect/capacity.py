"""Capacity: how many households each town can visit in a month beside its other work."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow as pa

from pipelines.reference import REFERENCE, reference_rows
from pipelines.rule.parameter import Value

COMMUNITIES = REFERENCE / "communities.csv"


def capacities(selection: dict[str, Value], communities: Path = COMMUNITIES) -> pa.Table:
    """Visits a month by town: a town's own number where selection.yaml has one, else by its communities."""
    counted = Counter(row["town_code"] for row in reference_rows(communities))
    own = {str(town): int(visits) for town, visits in selection["visits_of_town"].items()}
    default = own.pop("other", 0)
    visits = {
        town: default or count * int(selection["visits_per_community"]) for town, count in counted.items()
    }
    visits |= own
    return pa.table(
        {
            "town_code": pa.array(sorted(visits), pa.string()),
            "visits": pa.array([visits[town] for town in sorted(visits)], pa.int64()),
        }
    )
