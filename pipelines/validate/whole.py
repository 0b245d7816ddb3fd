"""The extract as a whole: files, towns and people of this month against those of the months before."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipelines import delivery
from pipelines.contract import Contract, Quality
from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.reference import town_names
from pipelines.validate import people
from pipelines.validate.checks import Check
from pipelines.validate.gate import Reason
from pipelines.validate.promises import promises
from pipelines.validate.recent import Recent

_REMEMBERED_MONTHS = 12

# Where people are recorded to live, the surest first.
_HOMES = ("public_security__residence_permits", "public_security__residents")
# The few events of a small town may all happen elsewhere for once.
_FEWEST_EVENTS = 20


@dataclass(frozen=True)
class Whole:
    """One extract of one month beside its recent months."""

    contract: Contract
    month: Month
    recent: Recent
    lake: Lake
    answers: Mapping[str, Month] = field(default_factory=dict)  # towns found empty, see `emptied`

    def inputs(self) -> dict:
        """What the answers below depend on besides this month's rows and the recent verdicts."""
        last = self._last_rows()
        return {
            "homes": [
                [str(m), self.lake.digest(f"parquet/{home}", m), self.lake.digest(f"standing_in/{home}", m)]
                for home, m in self._homes()
            ],
            "earlier_files": {sha256: str(month) for sha256, month in self._earlier_files().items()},
            "last_rows": self.lake.digest(f"parquet/{self.contract.id}", self.recent.months[0])
            if last
            else None,
            "emptied": {town: str(month) for town, month in self.emptied.items()},
            "answers": {town: str(month) for town, month in self.answers.items()},
        }

    def repeated_files(self, report: dict) -> Iterator[Reason]:
        """Files with the very bytes of a file of an earlier month, under whatever name."""
        for term in self._terms("file_of_an_earlier_month"):
            for file, month in self._repeated(report):
                is_plausible = (
                    self.contract.kind == "stock" and file["rows_in"] < term.arguments["minimumRows"]
                )
                yield Reason(
                    term.id,
                    "warning" if is_plausible or len(report["files"]) > 1 else term.severity,
                    f"文件{file['name']}与{month}报送的文件完全相同，不是{self.month}的数据。",
                    f"{file['name']} has the same bytes as a file of {month}: nothing of {self.month}.",
                )

    def rows_by_file(self, report: dict) -> dict[str, int]:
        """Accepted rows per town of an extract that arrives as one file for each town, else nothing."""
        if self.contract.form.get("splitBy") != "town":
            return {}
        counts: Counter[str] = Counter()
        for file in report["files"]:
            if file.get("town") and not file["problem"]:
                counts[file["town"]] += file["accepted"]
        return dict(sorted(counts.items()))

    def rows_by_home(self, rows: Path) -> dict[str, int]:
        """Rows per town where last month's registers have the person, of an extract that names no town."""
        column = self._person()
        homes = self._homes()
        registers = tuple(path for home, m in homes for path in delivery.rows_files(home, m, self.lake))
        if column is None or not registers:
            return {}
        return people.rows_by_home(people.sorted_keys(rows, column), registers)

    @functools.cached_property
    def emptied(self) -> dict[str, Month]:
        """Towns that were found empty and have had no rows since: absence means that nobody is left."""
        standing = dict(self.answers)
        for month in delivery.usable_months(self.contract.id, self.lake, self.month) if standing else ():
            rows = delivery.verdict(self.contract.id, month, self.lake).get("rows_by_town") or {}
            standing = {
                town: since for town, since in standing.items() if month < since or not rows.get(town)
            }
        return standing

    def towns_missing(self, rows_by_town: dict[str, int], report: dict) -> list[str]:
        """Codes of towns that had rows in each recent month and have none of this month now.

        A town stays missing until rows of it come, or an answer that nobody is left in it: a month in
        which it was missing has not ended the usual.
        """
        least = min((term.arguments["minimumRows"] for term in self._terms("towns_missing")), default=None)
        if least is None:
            return []
        if self._homes() and self.contract.kind == "flow":
            least = max(least, _FEWEST_EVENTS)
        if self.contract.kind == "stock" and not report["accepted"]:
            least = 1  # a roll of nobody at all: a header alone, or one that nobody filled in
        usual = [
            {town for town, rows in counts.items() if rows >= least} | missing
            for counts, missing in zip(self.recent.rows_by_town, self.recent.towns_missing, strict=True)
        ]
        gone = {town for town in set.intersection(*usual) if not rows_by_town.get(town)} if usual else set()
        gone -= set(self.emptied)
        if self.contract.form.get("splitBy") == "town":
            gone |= {file["town"] for file in report["files"] if file.get("town") and file["problem"]}
            gone -= {town for town, rows in rows_by_town.items() if rows}
            gone |= {file["town"] for file, _ in self._repeated(report) if file.get("town")}
        return sorted(gone)

    def of_towns(self, missing: Sequence[str]) -> Iterator[Reason]:
        """The reason that names the towns of which the extract says nothing."""
        for term in self._terms("towns_missing") if missing else ():
            zh, en = _named(missing)
            yield Reason(
                term.id,
                term.severity,
                f"{zh}本月没有数据（此前各月都有）；对这些镇街，没有记录不等于没有困难。",
                f"No rows of this month from {en}, which had some in each recent month; "
                "absence proves nothing there.",
            )

    def of_emptied(self, rows_by_town: dict[str, int]) -> Iterator[Reason]:
        """The answer that stands for towns without rows, as long as it decides what their absence means."""
        usual = set().union(*(set(counts) for counts in self.recent.rows_by_town), *self.recent.towns_missing)
        towns = [town for town in self.emptied if town in usual and not rows_by_town.get(town)]
        if towns:
            zh, en = _named(towns)
            since = ", ".join(sorted({str(self.emptied[town]) for town in towns}))
            yield Reason(
                "town_emptied",
                "info",
                f"{zh}没有数据，经确认确无记录（{since}起）。",
                f"No rows from {en}: it was confirmed that nobody is left there (from {since}).",
            )

    def without_repetition(
        self, reasons: Sequence[Reason], checks: Sequence[Check], results: dict | None, missing: list[str]
    ) -> Iterator[Reason]:
        """Reasons without those that say in other words that towns are missing: the band of rows per town
        that no other town leaves, and too few rows in all where the others' are as many as usual."""
        absent, told = {*missing, *self.emptied}, set()
        volumes = {term.id for term in self._terms("volume_against_recent_months")}
        usual = self.recent.mean_rows_by_town()
        theirs = sum(usual.get(town, 0) for town in absent)
        for check, result in zip(checks, results["results"] if results else (), strict=True):
            if check.shown == "towns" and set(result["result"].get("outside") or ()) <= absent:
                told.add(check.id)
            elif check.id in volumes and absent and not result["success"] and not result["error"]:
                rows, least = result["result"]["observed_value"], check.arguments["min_value"]
                # What is left of a file must still be most of it, or it was cut and not a town left out.
                if theirs < rows < least <= rows + theirs:
                    told.add(check.id)
        yield from (reason for reason in reasons if reason.id not in told)

    def overlap(self, rows: Path) -> Iterator[Reason]:
        """Whether a roll is of the people it was of last month."""
        terms = self._terms("overlap_with_last_month")
        last, column = self._last_rows(), self._person()
        if not terms or last is None or column is None:
            return
        now, before = people.sorted_keys(rows, column), people.sorted_keys(last, column)
        people_now, people_before, both = people.shared_people(now, before)
        smaller = min(people_now, people_before)
        broken = [
            term
            for term in terms
            if smaller >= term.arguments["minimumRows"] and both < term.arguments["minimumShare"] * smaller
        ]
        for term in sorted(broken, key=lambda term: term.severity)[:1]:  # error before warning
            share, month = both / smaller, self.recent.months[0]
            yield Reason(
                term.id,
                term.severity,
                f"与{month}相同的人只有{share:.0%}（至少应为{term.arguments['minimumShare']:.0%}）。",
                f"Only {share:.0%} of the people are those of {month}; "
                f"at least {term.arguments['minimumShare']:.0%} expected.",
            )

    def _homes(self) -> list[tuple[str, Month]]:
        """Registers of homes, and the months before this one, of an extract that names no town itself."""
        if (
            delivery.names_towns(self.contract)
            or self.contract.form.get("splitBy") == "town"
            or not self._terms("towns_missing")
        ):
            return []
        # The month's own register may not have been judged yet.
        found = ((home, delivery.usable_months(home, self.lake, self.month, limit=1)) for home in _HOMES)
        return [(home, months[0]) for home, months in found if months]

    def _terms(self, check: str) -> list[Quality]:
        return [term for term in promises(self.contract) if term.check == check]

    def _last_rows(self) -> Path | None:
        if self.contract.kind != "stock" or not self.recent.months:
            return None
        return delivery.accepted_rows(self.contract.id, self.recent.months[0], self.lake)

    def _person(self) -> str | None:
        people = [p for p in self.contract.properties if p.identity == "resident"]
        return next((p.column for p in sorted(people, key=lambda p: not p.required)), None)

    def _repeated(self, report: dict) -> Iterator[tuple[dict, Month]]:
        earlier = self._earlier_files()
        for file in report["files"]:
            if file.get("rows_in") and file["sha256"] in earlier:
                yield file, earlier[file["sha256"]]

    def _earlier_files(self) -> dict[str, Month]:
        """Hash of each file of earlier months that held rows -> its latest month."""
        table = f"parquet/{self.contract.id}"
        oldest = self.month.plus(-_REMEMBERED_MONTHS)
        found = {}
        for month in self.lake.months(table):
            if oldest <= month < self.month:
                path = self.lake.resolve(table, month) / "report.json"
                files = json.loads(path.read_text(encoding="utf-8"))["files"]
                found |= {f["sha256"]: month for f in files if f.get("sha256") and f.get("rows_in")}
        return found


def _named(towns: Sequence[str]) -> tuple[str, str]:
    names = town_names()
    return tuple(
        mark.join(names.get(town, (town, town))[language] for town in towns)
        for language, mark in enumerate(("、", ", "))
    )
