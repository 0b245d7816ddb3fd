"""Answers: what the invented towns find when they visit the households of their lists.

Unlike everything else that the invented city delivers they follow from what was published before,
so that they are laid month by month, between the runs.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from pipelines.city import deliver
from pipelines.city.chance import first_and_last_day, generator
from pipelines.city.frames import days, words
from pipelines.contract import SCHEMAS, load_contract
from pipelines.lake import Lake
from pipelines.month import Month

EXTRACT = "towns__visits"
OUTCOMES = (
    "confirmed_helped", "confirmed_pending", "not_in_hardship", "data_wrong", "moved",
    "not_reached", "declined",
)  # fmt: skip

# Of households on a list, by how many troubles overlap; of those drawn at random below.
_LISTED = {
    1: (0.30, 0.22, 0.24, 0.08, 0.03, 0.09, 0.04),
    2: (0.40, 0.26, 0.15, 0.05, 0.02, 0.09, 0.03),
    3: (0.52, 0.28, 0.07, 0.02, 0.01, 0.08, 0.02),
}
_DRAWN = (0.03, 0.03, 0.72, 0.02, 0.03, 0.14, 0.03)
_VISITED = 0.6  # of the households that stand on a list, in a month
_LOOKED_BACK = 3  # months of lists a town still works on


def lay_answers(landing: Path, lake: Lake, month: Month, seed: int) -> int:
    """Writes the towns' visits of a month to households listed or drawn before it; returns their number."""
    visits = answers(lake, month, seed)
    deliver.write(load_contract(SCHEMAS / f"{EXTRACT}.yaml"), visits, month, landing, split_by_town=False)
    return len(visits)


def answers(lake: Lake, month: Month, seed: int) -> pl.DataFrame:
    """One row per household visited: the same city, lists and month give the same rows."""
    rng = generator(seed, "answers", month)
    first, last = first_and_last_day(month)
    asked = _asked(lake, month)
    n = len(asked)
    is_visited = rng.random(n) < _VISITED
    draw, day = rng.random(n), rng.integers(first, last + 1, n)
    shares = np.array([_DRAWN, *(_LISTED[overlap] for overlap in sorted(_LISTED))])
    steps = np.cumsum(shares, axis=1)[np.minimum(asked["overlap"].to_numpy(), len(_LISTED))]
    found = np.minimum((draw[:, None] >= steps).sum(axis=1), len(OUTCOMES) - 1)
    outcome = words(found, OUTCOMES)
    frame = asked.select("household_key").with_columns(
        visited_on=days(day),
        outcome=outcome,
        help_given=pl.when(pl.Series(found == 0)).then(pl.lit("临时救助")),
    )
    return frame.filter(pl.Series(is_visited))


def _asked(lake: Lake, month: Month) -> pl.DataFrame:
    """Households on the lists of the months before, or drawn; without those already visited since."""
    asked = {}
    for earlier in month.plus(-1).window(_LOOKED_BACK):
        folder = lake.resolve("published", earlier)
        if folder is None:
            continue
        drawn = pl.read_parquet(folder / "audit_sample.parquet", columns=["household_key"])
        listed = pl.read_parquet(folder / "candidates.parquet", columns=["household_key", "overlap"])
        asked |= dict.fromkeys(drawn["household_key"], 0)
        asked |= {key: max(1, overlap) for key, overlap in listed.iter_rows()}
        came_back = lake.resolve(f"parquet/{EXTRACT}", earlier)
        if came_back is not None:
            for key in pl.read_parquet(came_back / "rows.parquet", columns=["household_key"])[
                "household_key"
            ]:
                asked.pop(key, None)
    return pl.DataFrame(
        sorted(asked.items()), orient="row", schema={"household_key": pl.String, "overlap": pl.Int64}
    )
