"""Capacity: how many households each town can visit in a month beside its other work."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pyarrow as pa

from pipelines.rule.parameter import Value

COMMUNITIES = Path(__file__).parent.parent.parent / "data" / "reference" / "communities.csv"


def capacities(selection: dict[str, Value], communities: Path = COMMUNITIES) -> pa.Table:
    """Visits a month by town: a town's own number where selection.yaml has one, else by its communities."""
    with communities.open(encoding="utf-8", newline="") as file:
        counted = Counter(row["town_code"] for row in csv.DictReader(file))
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
