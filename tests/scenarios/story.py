"""A story: what departments deliver of a named family month by month, and what its town then reads."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import polars as pl

from pipelines import monthly
from pipelines.city import deliver, families
from pipelines.city.family_frames import schema_of
from pipelines.contract import Contract, load_extracts
from pipelines.database import Database
from pipelines.delivery import delivery
from pipelines.detect import detect
from pipelines.identity import household_key
from pipelines.ingest.landing import delivered_files
from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.profiles import lay_out_profiles
from pipelines.publish import publish
from tests.scenarios.changes import Change

# The windows of May 2022 begin in June 2021. Of rolls and registers no month before February 2022 is
# ever asked, but of schools the autumn term.
MONTHS = Month(2022, 8).window(15)
ROLLS_SINCE, SCHOOLS_SINCE = Month(2022, 2), Month(2021, 9)


@dataclass
class Story:
    """A landing folder with what departments deliver until August 2022, and a lake where all of it was
    ingested and validated but no month was linked. A story delivers again what is different in it."""

    place: monthly.Workplace
    said: list[str] = field(default_factory=list)

    def deliver(
        self,
        month: str,
        only: Collection[str] | None = None,
        **form: object,
    ) -> None:
        """Lays the departments' files of a month: all extracts or `only` some, as `deliver.write` does."""
        reference = Month.parse(month)
        contracts = load_extracts()
        for extract, frame in families.extracts(reference).items():
            if only is None or extract in only:
                deliver.write(contracts[extract], frame, reference, self.place.landing, **form)

    def change(self, extract: str, change: Change, months: Collection[str], **form: object) -> None:
        """Lays the files of one extract of some months again, its rows rewritten by `change`.

        An extract of which the families have no row is laid with what `change` makes of no rows.
        """
        contract = load_extracts()[extract]
        for month in map(Month.parse, months):
            rows = families.extracts(month).get(extract)
            if rows is None:
                rows = pl.DataFrame(schema=schema_of(contract))
            deliver.write(contract, change(rows), month, self.place.landing, **form)

    def withhold(self, extract: str, *months: str) -> None:
        """The files of an extract never arrived in these months."""
        contract = load_extracts()[extract]
        for month in map(Month.parse, months):
            for file in delivered_files(contract, month, self.place.landing):
                file.path.unlink()
            for table in (f"parquet/{extract}", f"verdicts/{extract}"):
                self.place.lake.partition(table, month).unlink()

    def send_back_filled_in(self, month: str, town: str, found: dict[str, tuple[str, str, str]]) -> None:
        """The town's published workbook comes back the month after, filled in.

        `found` has the day, the outcome and the help given by the head of each visited household.
        """
        [path] = self.published(month).glob(f"towns/{town}_*/*.xlsx")
        book = openpyxl.load_workbook(path)
        sheet = book.worksheets[0]
        [header] = [row for row in sheet.iter_rows() if str(row[-1].value).startswith("家庭识别码")]
        place = {cell.value.partition("\n")[0]: cell.column for cell in header}
        keys = {self.key(month, head): values for head, values in found.items()}
        for row in range(header[0].row + 1, sheet.max_row + 1):
            values = keys.pop(sheet.cell(row, place["家庭识别码"]).value, None)
            for column, value in zip(("走访日期", "走访结果", "救助措施"), values or (), strict=False):
                sheet.cell(row, place[column]).value = value
        assert not keys, "every household that was visited stands on the list"
        after = Month.parse(month).plus(1)
        folder = self.place.landing / str(after) / "towns"
        folder.mkdir(parents=True, exist_ok=True)
        book.save(folder / path.name)

    def answer_conflicts(self, month: str, answer: str) -> None:
        """A person fills in the month's queue of conflicts and hands it back with the month's files."""
        queue = (
            self.place.lake.resolve("conflicts", Month.parse(month))
            / f"身份冲突_{month.replace('-', '')}.csv"
        )
        _answer(queue, self.place.landing / month, "身份冲突", "身份确认", answer)

    def answer_missing_towns(self, month: str, answer: str) -> None:
        """A person fills in the month's list of missing towns and hands it back with the month's files."""
        queue = (
            self.place.lake.resolve("conflicts", Month.parse(month))
            / f"缺数镇街_{month.replace('-', '')}.csv"
        )
        _answer(queue, self.place.landing / month, "缺数镇街", "镇街确认", answer)

    def run(self, *months: str) -> None:
        """Runs months one after another through all stages; what all of them said is kept in `said`."""
        for month in months:
            monthly.run(Month.parse(month), self.place, self.said.append)

    def decide(self, month: str, rules: Path) -> None:
        """Detects and publishes a linked month by the rules of another folder."""
        reference, lake = Month.parse(month), self.place.lake
        detect(reference, lake, rules=rules)
        publish(load_extracts(), reference, lake, rules=rules)

    def line(self, month: str, town: str, resident_id: str) -> dict | None:
        """The line of the town's list on the household of a person, or None when it is on no line."""
        key = self.key(month, resident_id)
        lists = self.published(month).glob(f"towns/{town}_*/list.parquet")
        rows = [
            row for path in lists for row in pl.read_parquet(path).to_dicts() if row["household_key"] == key
        ]
        assert len(rows) <= 1, "a household stands on a list once"
        return rows[0] if rows else None

    def towns_that_list(self, month: str, resident_id: str) -> list[str]:
        """Codes of the towns whose list has the household."""
        lists = self.published(month).glob("towns/*/list.parquet")
        key = self.key(month, resident_id)
        return [
            path.parent.name[:9] for path in lists if key in pl.read_parquet(path)["household_key"].to_list()
        ]

    def row(self, month: str, table: str, resident_id: str) -> dict | None:
        """The row of a published table on the household of a person."""
        rows = pl.read_parquet(self.published(month) / f"{table}.parquet")
        found = rows.filter(pl.col("household_key") == self.key(month, resident_id)).to_dicts()
        return found[0] if found else None

    def matched(self, month: str, resident_id: str) -> set[str]:
        """Ids of the rules that match the household of a person."""
        rows = pl.read_parquet(self.published(month) / "matches.parquet")
        return set(rows.filter(pl.col("household_key") == self.key(month, resident_id))["rule_id"])

    def profile(self, month: str, resident_id: str) -> dict:
        """The profile of the household of a person."""
        folder = self.place.lake.resolve("profiles", Month.parse(month))
        number = self._household_no(month, resident_id)
        with Database() as database:
            lay_out_profiles(database, folder)
            (row,) = database.rows(f"select * from household_profile where household_no = {number}")
        return row

    def sheet(self, month: str, town: str, name: str = "走访名单") -> list[tuple]:
        """Rows of a sheet of the town's workbook."""
        [path] = self.published(month).glob(f"towns/{town}_*/*.xlsx")
        return list(openpyxl.load_workbook(path)[name].iter_rows(values_only=True))

    def household(self, month: str, resident_id: str) -> set[str]:
        """IDs of everyone in the household of a person."""
        identities = self._identities(month)
        number = self._household_no(month, resident_id)
        return set(identities.filter(pl.col("household_no") == number)["resident_id"])

    def key(self, month: str, resident_id: str) -> str:
        """The published key of the household of a person."""
        return household_key(self._household_no(month, resident_id), self.place.lake.secret())

    def _household_no(self, month: str, resident_id: str) -> int:
        found = self._identities(month).filter(pl.col("resident_id") == resident_id)["household_no"].to_list()
        assert len(found) == 1, "a person lives in exactly one household"
        return found[0]

    def _identities(self, month: str) -> pl.DataFrame:
        """Household and ID of everyone alive; newborns have no ID yet."""
        lake, contracts = self.place.lake, load_extracts()
        members = pl.read_parquet(lake.resolve("profiles", Month.parse(month)) / "members.parquet")
        ids = pl.concat(
            pl.read_parquet(rows, columns=["resident_key", "resident_id"])
            for extract in ("public_security__residents", "public_security__residence_permits")
            for rows in delivery(contracts[extract], Month.parse(month), lake).files(lake)
        ).unique("resident_key")
        return members.filter("is_alive").join(ids, on="resident_key", how="left")

    def published(self, month: str) -> Path:
        """The folder people open."""
        return self.place.lake.partition("published", Month.parse(month))


def _answer(queue: Path, landing: Path, asked: str, answered: str, answer: str) -> None:
    with open(queue, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows, "somebody must ask before anybody answers"
    folder = landing / "confirmations"
    folder.mkdir(parents=True)
    with open(folder / queue.name.replace(asked, answered), "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | {"结论": answer} for row in rows)


def lay_history(home: Path) -> monthly.Workplace:
    """All months as the departments delivered them, ingested and validated; those before May folded."""
    place = monthly.Workplace(landing=home / "landing", lake=Lake(home))
    story = Story(place)
    for month in MONTHS:
        story.deliver(str(month), only=[e for e, c in load_extracts().items() if _is_asked(c, month)])
    monthly.ingest_history(MONTHS, place, progress=lambda _: None)
    monthly.fold(Month(2022, 5), place, progress=lambda _: None)
    return place


def branch(before: monthly.Workplace, home: Path) -> Story:
    """A copy of what was laid or told so far to go on with; partitions are links and stay links."""
    shutil.copytree(before.lake.root, home, symlinks=True, dirs_exist_ok=True, copy_function=_copy)
    return Story(monthly.Workplace(landing=home / "landing", lake=Lake(home)))


def _copy(source: str, target: str) -> None:
    # Revisions are never written to; everything else may be.
    (os.link if "/.revisions/" in source else shutil.copy2)(source, target)


def _is_asked(contract: Contract, month: Month) -> bool:
    since = {"education__enrolments": SCHOOLS_SINCE}.get(contract.id, ROLLS_SINCE)
    return contract.kind == "flow" or month >= since
