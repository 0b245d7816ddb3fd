"""The sample: a whole small month as the departments deliver it, with families for whom each rule speaks.

`python -m tests.month.sample` writes data/sample/ and the expected lists anew, after a change that is
meant to change them; the diff of the expected lists is what a reviewer reads.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import date
from pathlib import Path

import polars as pl

from pipelines import monthly
from pipelines.city import deliver, families, family_frames
from pipelines.city.facts import (
    Family,
    Member,
    certified,
    draws_pension,
    earns,
    happened,
    held,
    insured,
    learns,
    married,
    pays_for_care,
)
from pipelines.city.identifiers import resident_id
from pipelines.contract import load_extracts
from pipelines.lake import Lake
from pipelines.month import Month

MONTH = Month(2022, 6)
DELIVERED = Path(__file__).parent.parent.parent / "data" / "sample"
EXPECTED = Path(__file__).parent / "expected"

# Keys of households follow from the secret: this one is no secret.
SECRET = "the sample's"

HENGLAN, FUSHA = "442000110", "442000112"


def _liang() -> Family:
    """A widow with two children in an unsafe house; her husband died in March."""
    widow, husband = resident_id("19820714", 810), resident_id("19791102", 811)
    elder, younger = resident_id("20090305", 812), resident_id("20140821", 814)
    died = date(2022, 3, 9)
    return Family("liang", HENGLAN, "442000110001", (
        Member(husband, "梁伟强", "head", until=Month(2022, 4)), Member(widow, "梁陈氏", "spouse"),
        Member(elder, "梁晓彤", "child"), Member(younger, "梁晓峰", "child"),
    ), (
        married(husband, widow, date(2006, 6, 6)),
        insured(widow), insured(elder, "390"), insured(younger, "390"),
        earns(widow, "1500"), pays_for_care(widow, "1000", since="2021-06"),
        *learns(elder, "junior", "横栏初级中学", HENGLAN, (widow,), (("2020-07", "2022-12", "初中", "0"),)),
        *learns(younger, "primary", "横栏第1小学", HENGLAN, (widow,), (("2020-09", "2022-12", "小学", "0"),)),
        held("housing__dilapidated_houses", resident_id=widow, danger_grade="D",
             assessed_on=date(2021, 9, 1)),
        happened("civil_affairs__funerals", died, resident_id=husband, died_on=died, cremated_on=died),
        happened("public_security__cancellations", date(2022, 4, 20), resident_id=husband,
                 household_register_no=None, reason="death", event_on=died, cancelled_on=date(2022, 4, 20)),
    ))  # fmt: skip


def _guan() -> Family:
    """A man with a severe disability and his mother of 81 live on her pension."""
    man, mother = resident_id("19710223", 815), resident_id("19410119", 816)
    return Family("guan", FUSHA, "442000112001", (
        Member(mother, "关黄氏", "head"), Member(man, "关志成", "child"),
    ), (
        insured(man, "390"), insured(mother, "390"), draws_pension(mother, "1900"),
        certified(man, "4", 1, date(2014, 5, 5)),
    ))  # fmt: skip


OWN = (_liang(), _guan())


def frames(month: Month) -> dict[str, pl.DataFrame]:
    """What the departments hold in a month: the named families, their neighbours and the sample's own."""
    named, own = families.extracts(month), family_frames.frames(OWN, month)
    return {
        extract: pl.concat([part[extract] for part in (named, own) if extract in part])
        for extract in sorted(named.keys() | own.keys())
    }


def lay(month: Month, landing: Path) -> None:
    """Writes the month's files as the departments deliver them."""
    contracts = load_extracts()
    for extract, frame in frames(month).items():
        deliver.write(contracts[extract], frame, month, landing)


def run_sample(home: Path) -> Path:
    """The sample month with the eleven before it, from files to lists; returns what was published."""
    place = monthly.Workplace(home / "landing", Lake(home))
    history = MONTH.window(12)[:-1]
    for month in history:
        lay(month, place.landing)
    shutil.copytree(DELIVERED / str(MONTH), place.landing / str(MONTH))
    monthly.ingest_history(history, place, progress=lambda _: None)
    monthly.run(MONTH, place, progress=lambda _: None)
    return place.lake.resolve("published", MONTH)


def tables(published: Path) -> dict[str, pl.DataFrame]:
    """What is compared, a line a household or match, in an order that does not depend on keys alone."""
    chosen = {
        "candidates": ["town_code", "rank", "household_key", "status", "priority", "overlap", "dimensions",
                       "unassessed_dimensions", "suggested_path", "explanation_zh", "explanation_en"],
        "exclusions": ["town_code", "household_key", "reason", "detail_zh", "detail_en"],
        "matches": ["town_code", "household_key", "rule_id", "effect", "explanation_zh"],
    }  # fmt: skip
    read = {
        name: pl.read_parquet(published / f"{name}.parquet", columns=columns)
        for name, columns in chosen.items()
    }
    return {
        name: frame.select(
            pl.col(c).list.join("+") if frame.schema[c] == pl.List(pl.String) else pl.col(c)
            for c in chosen[name]
        ).sort("town_code", *(c for c in ("rank", "household_key", "rule_id") if c in chosen[name]))
        for name, frame in read.items()
    }


def write_anew() -> None:
    """Writes data/sample/ and the expected lists."""
    shutil.rmtree(DELIVERED, ignore_errors=True)
    lay(MONTH, DELIVERED)
    os.environ["HARDSHIP_SECRET"] = SECRET
    with tempfile.TemporaryDirectory() as folder:
        for name, frame in tables(run_sample(Path(folder))).items():
            EXPECTED.mkdir(exist_ok=True)
            frame.write_csv(EXPECTED / f"{name}.csv")


if __name__ == "__main__":
    write_anew()
