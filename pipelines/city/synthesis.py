"""Synthesis: lays what every department would deliver, month by month, into the landing folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from pipelines.city import deliver, families
from pipelines.city import truth as truths
from pipelines.city.chance import generator
from pipelines.city.city import City, build, check_month
from pipelines.city.departments import EXTRACTS, department_extracts
from pipelines.city.dirt import NOTHING
from pipelines.contract import load_extracts
from pipelines.month import Month
from pipelines.problem import HardshipError


def synthesize(
    residents: int,
    months: Sequence[Month],
    seed: int,
    landing: Path,
    dirt: float = 1.0,
    truth: Path | None = None,
    extracts: Sequence[str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> dict:
    """Writes the files of an invented city of about that many residents for the months.

    The same residents, seed, month, dirt and extract give the same bytes, whichever other months or
    extracts are asked for. `dirt` 0 leaves the files clean, 1 is as in life. `truth` is a folder that
    gets, per month, who really is in hardship (households.parquet) and what was dirtied (dirt.parquet):
    never part of the landing folder. Returns counts: people drawn, rows and files by month and extract.
    Raises HardshipError for months outside the city's time or unknown extracts.
    """
    contracts = load_extracts()
    chosen = list(EXTRACTS) if extracts is None else list(extracts)
    unknown = sorted(set(chosen) - set(EXTRACTS))
    if unknown:
        raise HardshipError(f"No extract of the invented city is called {', '.join(unknown)}.")
    for month in months:
        check_month(month)
    if truth is not None and truth.resolve().is_relative_to(landing.resolve()):
        raise HardshipError("The truth must not lie in the landing folder.")
    say = progress or (lambda text: None)
    city = build(residents, seed, families.RESERVED_IDS)
    say(f"A city of {residents:,} residents, seed {seed}")
    summary: dict = {"residents": residents, "people": len(city.population), "months": {}}
    for month in months:
        laid, ledgers = _month(city, month, chosen, contracts, landing, dirt)
        summary["months"][str(month)] = laid
        if truth is not None:
            _write_truth(city, month, truth, ledgers)
        rows = sum(extract["rows"] for extract in laid.values())
        say(f"{month}: {rows:,} rows in {sum(extract['files'] for extract in laid.values())} files")
    return summary


def _month(city: City, month: Month, chosen, contracts, landing: Path, dirt: float) -> tuple[dict, list]:
    named = families.extracts(month, with_neighbours=False)
    laid, ledgers = {}, []
    for extract in chosen:
        # One at a time: a large city's extracts need not fit in memory together.
        frame = department_extracts(city, month, {extract}).get(extract)
        if frame is None:
            continue
        if extract in named:
            frame = pl.concat([frame, named[extract].select(frame.columns)], how="vertical_relaxed")
        done = deliver.write(
            contracts[extract],
            frame,
            month,
            landing,
            generator(city.seed, "dirt", month, extract),
            level=dirt,
            protected=families.NAMED_IDS,
        )
        laid[extract] = {"rows": done.rows, "files": len(done.files)}
        ledgers.append(done.ledger)
    return laid, ledgers


def _write_truth(city: City, month: Month, folder: Path, ledgers: list[pl.DataFrame]) -> None:
    place = folder / month.partition
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    truths.households(city, month).write_parquet(place / "households.parquet")
    pl.concat([NOTHING, *ledgers]).write_parquet(place / "dirt.parquet")
