"""A story: what departments deliver of a named family month by month, and what its town then reads."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines import monthly
from pipelines.city import deliver, families
from pipelines.contract import load_extracts
from pipelines.lake import Lake
from pipelines.month import Month

# The windows of May 2022 begin in June 2021.
HISTORY = Month(2022, 4).window(11)

Change = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass
class Story:
    """A lake in which the months before May 2022 were ingested and validated, and a landing folder."""

    place: monthly.Workplace
    said: list[str] = field(default_factory=list)

    def deliver(
        self,
        month: str,
        changes: dict[str, Change] | None = None,
        without: tuple[str, ...] = (),
        extra: dict[str, pl.DataFrame] | None = None,
        headers: dict[str, dict[str, str]] | None = None,
    ) -> None:
        """Lays the departments' files of a month; `changes` rewrites an extract's rows, `without` leaves
        extracts out, `extra` adds extracts the families have none of, `headers` renames columns."""
        reference = Month.parse(month)
        frames = families.extracts(reference) | (extra or {})
        for extract, contract in load_extracts().items():
            if extract in frames and extract not in without:
                frame = (changes or {}).get(extract, lambda rows: rows)(frames[extract])
                deliver.write(
                    contract, frame, reference, self.place.landing, headers=(headers or {}).get(extract)
                )

    def run(self, month: str) -> None:
        """Runs the month through all stages; what it said is kept in `said`."""
        self.said = []
        monthly.run(Month.parse(month), self.place, self.said.append)

    def line(self, month: str, town: str, resident_id: str) -> dict | None:
        """The line of the town's list on the household of a person, or None when it is on no line."""
        key = self.key(month, resident_id)
        lists = self._published(month).glob(f"towns/{town}_*/list.parquet")
        rows = [row for path in lists for row in pl.read_parquet(path).to_dicts() if row["household_key"] == key]
        assert len(rows) <= 1, "a household stands on a list once"
        return rows[0] if rows else None

    def towns_that_list(self, month: str, resident_id: str) -> list[str]:
        """Codes of the towns whose list has the household."""
        lists = self._published(month).glob("towns/*/list.parquet")
        key = self.key(month, resident_id)
        return [
            path.parent.name[:9]
            for path in lists
            if key in pl.read_parquet(path)["household_key"].to_list()
        ]

    def row(self, month: str, table: str, resident_id: str) -> dict | None:
        """The row of a published table on the household of a person."""
        rows = pl.read_parquet(self._published(month) / f"{table}.parquet")
        found = rows.filter(pl.col("household_key") == self.key(month, resident_id)).to_dicts()
        return found[0] if found else None

    def matched(self, month: str, resident_id: str) -> set[str]:
        """Ids of the rules that match the household of a person."""
        rows = pl.read_parquet(self._published(month) / "matches.parquet")
        return set(rows.filter(pl.col("household_key") == self.key(month, resident_id))["rule_id"])

    def profile(self, month: str, resident_id: str) -> dict:
        """The profile of the household of a person."""
        folder = self.place.lake.resolve("profiles", Month.parse(month))
        number = self._household_no(month, resident_id)
        rows = pl.read_parquet(folder / "household_profile.parquet")
        return rows.filter(pl.col("household_no") == number).to_dicts()[0]

    def household(self, month: str, resident_id: str) -> set[str]:
        """IDs of everyone in the household of a person."""
        identities = self._identities(month)
        number = self._household_no(month, resident_id)
        return set(identities.filter(pl.col("household_no") == number)["resident_id"])

    def key(self, month: str, resident_id: str) -> str:
        """The published key of the household of a person."""
        from pipelines.identity import household_key

        return household_key(self._household_no(month, resident_id), self.place.lake.secret())

    def _household_no(self, month: str, resident_id: str) -> int:
        found = self._identities(month).filter(pl.col("resident_id") == resident_id)["household_no"].to_list()
        assert len(found) == 1, "a person lives in exactly one household"
        return found[0]

    def _identities(self, month: str) -> pl.DataFrame:
        folder = self.place.lake.resolve("profiles", Month.parse(month))
        return pl.read_parquet(folder / "identities.parquet")

    def _published(self, month: str) -> Path:
        return self.place.lake.partition("published", Month.parse(month))


def lay_history(home: Path) -> monthly.Workplace:
    """The months before May 2022 as the departments delivered them, ingested and validated."""
    place = monthly.Workplace(landing=home / "landing", lake=Lake(home))
    story = Story(place)
    for month in HISTORY:
        story.deliver(str(month))
    monthly.ingest_history(HISTORY, place, progress=lambda _: None)
    return place


def branch(history: monthly.Workplace, home: Path) -> Story:
    """A copy of the history to go on with; partitions are links and stay links."""
    shutil.copytree(history.lake.root, home, symlinks=True, dirs_exist_ok=True)
    return Story(monthly.Workplace(landing=home / "landing", lake=Lake(home)))
