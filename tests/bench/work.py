"""Work: every stage and reference as a process of its own, which ends with one line of JSON about it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pipelines import monthly
from pipelines.contract import load_extracts
from pipelines.ingest import delivered_bytes
from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.monthly import Workplace
from pipelines.processes import two_at_once
from tests.bench import many_rules, variants
from tests.bench.laying import City, lay, working_lake

REFERENCES = ("duckdb", "polars", "pandas")


def place_of(city: City) -> Workplace:
    """Where the month runs."""
    return Workplace(city.landing, Lake(city.root / "lake"))


def answers_of(city: City, reference: str) -> Path:
    """Where a reference leaves its answer."""
    return city.root / f"{reference}.parquet"


def lay_city(city: City) -> dict:
    """Lays the city where it is missing, and a lake with its history alone."""
    fresh = lay(city, progress=_quiet)
    working_lake(city)
    return {"rows": 0, "laid": fresh}


def check(city: City) -> dict:
    """Contracts and rules, before any file is read."""
    monthly.check(city.month, place_of(city))
    return {"rows": 0}


def fold_before(city: City) -> dict:
    """What the months before have left folded: last month's window."""
    monthly.fold(city.month.plus(-1), place_of(city), _quiet)
    return {"rows": 0}


def fold(city: City) -> dict:
    """Last month folded, and the window's state made of the eleven."""
    monthly.fold(city.month, place_of(city), _quiet)
    return {"rows": 0}


def ingest(city: City) -> dict:
    """Every extract; two at a time."""
    return {"rows": sum(_of_extracts(city, _ingest_one))}


def validate(city: City) -> dict:
    """Every extract and the pages about the checks, in one process as in `hardship run`."""
    started = time.process_time()
    rows = sum(_validate_one(city, extract) for extract in monthly.extract_ids())
    checked = time.process_time()
    monthly.write_data_docs(city.month, place_of(city), _quiet)
    return {"rows": rows, "checks": checked - started, "pages": time.process_time() - checked}


def conflicts(city: City) -> dict:
    """Identities that contradict each other."""
    return {"rows": sum(monthly.conflicts(city.month, place_of(city), _quiet).values())}


def link(city: City) -> dict:
    """Residents, households and profiles."""
    monthly.link(city.month, place_of(city), _quiet)
    return {"rows": _count(city, "profiles", "resident_profile")}


def detect(city: City) -> dict:
    """Matches, exclusions, candidates, cases."""
    monthly.detect(city.month, place_of(city), _quiet)
    return {"rows": _count(city, "profiles", "household_profile")}


def publish(city: City) -> dict:
    """Lists and tables."""
    monthly.publish(city.month, place_of(city), _quiet)
    return {"rows": _count(city, "matches", "candidates")}


def report(city: City) -> dict:
    """Pages for the bureau and the towns."""
    monthly.report(city.month, place_of(city), _quiet)
    return {"rows": 0}


def intake(city: City) -> dict:
    """Large clean files, the same for every city."""
    from tests.bench.intake import figures

    return {"rows": 0, **{name: used.as_dict() for name, used in figures().items()}}


def floor(city: City) -> dict:
    """Reads what the references read and nothing else."""
    from tests.bench.inputs import accepted_files, read_through

    return {"rows": read_through(accepted_files(Lake(city.root / "lake"), city.month))}


def duckdb(city: City) -> dict:
    """The statement written by hand."""
    from tests.bench import by_duckdb
    from tests.bench.inputs import accepted_files

    lake = Lake(city.root / "lake")
    target = answers_of(city, "duckdb")
    by_duckdb.write_answers(accepted_files(lake, city.month), city.month, lake.secret(), target)
    return {"rows": _rows(target)}


def polars(city: City) -> dict:
    """The same in polars."""
    from tests.bench import by_polars
    from tests.bench.inputs import accepted_files

    target = answers_of(city, "polars")
    by_polars.write_answers(accepted_files(Lake(city.root / "lake"), city.month), city.month, target)
    return {"rows": _rows(target)}


def pandas(city: City) -> dict:
    """The same in pandas."""
    from tests.bench import by_pandas
    from tests.bench.inputs import accepted_files

    target = answers_of(city, "pandas")
    by_pandas.write_answers(accepted_files(Lake(city.root / "lake"), city.month), city.month, target)
    return {"rows": _rows(target)}


def compare(city: City) -> dict:
    """What differs between the pipeline and each reference that has answered."""
    from tests.bench.compare import differences

    lake = Lake(city.root / "lake")
    found = {}
    for reference in REFERENCES:
        path = answers_of(city, reference)
        if path.exists():
            found[reference] = [str(d) for d in differences(lake, city.month, path)]
    return {"rows": 0, "differences": found}


WORK: dict[str, Callable[[City], dict]] = {
    work.__name__: work
    for work in (
        lay_city, check, fold_before, fold, ingest, validate, conflicts, link, detect, publish,
        report, intake,
        floor, duckdb, polars, pandas, compare,
        variants.whole_before, variants.whole, variants.two_gigabytes, variants.one_thread,
        variants.late_before, variants.late, variants.smaller_before, variants.smaller,
        variants.airflow_before, variants.airflow, variants.same,
        many_rules.rules_as_they_are, many_rules.rules_tenfold, many_rules.rules_for_some,
        many_rules.replay_before, many_rules.replay,
    )
}  # fmt: skip


def _of_extracts(city: City, work: Callable[[City, str], int]) -> list[int]:
    """A city's extracts, the largest first so that the two processes end together."""
    contracts = load_extracts()
    sizes = {e: delivered_bytes(contract, city.month, city.landing) for e, contract in contracts.items()}
    extracts = sorted(contracts, key=sizes.get, reverse=True)
    return list(two_at_once(work, [(city, extract) for extract in extracts]))


def _ingest_one(city: City, extract: str) -> int:
    report = monthly.ingest(city.month, extract, place_of(city), _quiet)
    return report["rows_in"] if report else 0


def _validate_one(city: City, extract: str) -> int:
    verdict = monthly.validate(city.month, extract, place_of(city), _quiet)
    return verdict["rows"] if verdict else 0


def _count(city: City, table: str, name: str) -> int:
    return _rows(place_of(city).lake.resolve(table, city.month) / f"{name}.parquet")


def _rows(path: Path) -> int:
    import pyarrow.parquet as pq

    return pq.read_metadata(path).num_rows


def _quiet(_: str) -> None:
    pass


def main(name: str, residents: str, seed: str, month: str, root: str) -> None:
    """Does one piece of work for the city that the arguments name."""
    city = City(int(residents), int(seed), Month.parse(month), Path(root))
    print(json.dumps(WORK[name](city)))


if __name__ == "__main__":
    main(*sys.argv[1:])
