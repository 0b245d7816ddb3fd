"""Laying: the fresh month of an invented city as files, and the months before it straight in a lake."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import shutil
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pipelines
from pipelines.contract import SCHEMAS, Contract, load_extracts
from pipelines.lake import Lake
from pipelines.month import Month

# Their window's months are read beside this month's: fees of terms, and who the dead and the gone were.
READ_BACK = ("education__enrolments", "public_security__residents", "public_security__residence_permits")

# What makes neither files nor accepted rows: laid months stay good when it changes.
_LATER = (
    "link", "detect", "publish", "rule", "cli", "conflicts", "feedback", "report", "monthly.py",
    "manifest.py", "database.py", "outdated.py",
)  # fmt: skip


@dataclass(frozen=True)
class City:
    """Which invented city, and the month that is measured; `root` holds everything laid for it."""

    residents: int
    seed: int
    month: Month
    root: Path

    @property
    def landing(self) -> Path:
        """The fresh month's files."""
        return self.root / "landing"

    @property
    def history(self) -> Path:
        """A lake with the months before, never worked in."""
        return self.root / "history"

    @property
    def months_before(self) -> list[Month]:
        """The rest of the window, oldest first."""
        return self.month.window(12)[:-1]


def lay(city: City, progress=print) -> bool:
    """Lays what is missing of the city; False when all of it lay there already.

    The months before hold only what is read of them: flows, and the extracts in READ_BACK.
    """
    mark, made_from = city.root / "laid.json", _made_from(city)
    if mark.is_file() and json.loads(mark.read_text()) == made_from:
        return False
    shutil.rmtree(city.root, ignore_errors=True)
    city.root.mkdir(parents=True)
    _lay_all(city, progress)
    mark.write_text(json.dumps(made_from) + "\n")
    return True


def working_lake(city: City) -> Lake:
    """A lake that holds the months before and nothing of the fresh month; every call begins anew."""
    lake_of_history(city, city.root / "lake")
    return Lake(city.root / "lake")


def lake_of_history(city: City, root: Path) -> None:
    """Makes a lake of that place that holds the months before and nothing else."""
    copy_lake(city.history, root)


def copy_lake(source: Path, root: Path) -> None:
    """Makes a lake that holds what another one holds, in place of what is there."""
    shutil.rmtree(root, ignore_errors=True)
    root.parent.mkdir(parents=True, exist_ok=True)
    # Revisions are immutable, so the same files can stand in both.
    shutil.copytree(source, root, symlinks=True, copy_function=_link)


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def _made_from(city: City) -> dict:
    package = Path(pipelines.__file__).parent
    files = [p for p in package.rglob("*.py") if p.relative_to(package).parts[0] not in _LATER]
    files += [*SCHEMAS.glob("*__*.yaml"), *(SCHEMAS.parent / "data" / "reference").glob("*.csv")]
    files.append(Path(__file__))
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return {
        "residents": city.residents,
        "seed": city.seed,
        "month": str(city.month),
        "code": total.hexdigest(),
    }


def _lay_all(city: City, progress) -> None:
    """Writes the departments' files one after another while two processes read the months before."""
    from pipelines.city import build, families

    people = build(city.residents, city.seed, families.RESERVED_IDS)
    contracts = load_extracts()
    Lake(city.history).secret()
    # The most rows by far are settlements, incomes and the registers: two of four on either side.
    back = [c for c in contracts.values() if c.kind == "flow" or c.id in READ_BACK]
    back.sort(key=lambda c: (c.id not in _LARGE, _LARGE.index(c.id) if c.id in _LARGE else c.id))
    # What libraries once took for millions of rows they keep: processes for large cities are short-lived.
    is_large = city.residents >= 1_000_000
    at_once = 3 if is_large else len(city.months_before)
    # Not forked: the threads of polars do not survive it.
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawned, max_tasks_per_child=1 if is_large else None) as pool:
        last: dict[str, Future] = {}
        for first in range(0, len(back), 2):
            for start in range(0, len(city.months_before), at_once):
                months = city.months_before[start : start + at_once]
                for contract in back[first : first + 2]:
                    passing = city.root / "passing" / f"{contract.id}-{months[0]}"
                    for month in months:
                        # Reading workbooks is measured on the fresh month; here the same rows come as text.
                        _deliver(people, contract, month, passing, format="csv", split_by_town=False)
                    if contract.id in last:  # a verdict compares with the months before
                        last[contract.id].result()
                    last[contract.id] = pool.submit(_take_in, contract.id, months, passing, city.history)
        for contract in contracts.values():
            progress(f"{contract.id}: {_deliver(people, contract, city.month, city.landing):,} rows")
        for future in last.values():
            future.result()
    shutil.rmtree(city.root / "passing", ignore_errors=True)


_LARGE = (
    "medical_insurance__settlements", "taxation__incomes", "public_security__residents",
    "public_security__residence_permits", "human_resources__contributions", "education__enrolments",
)  # fmt: skip


def _take_in(extract: str, months: list[Month], passing: Path, history: Path) -> None:
    """Months of an extract through ingest and validate; their files are not kept."""
    from pipelines.ingest import ingest
    from pipelines.validate import validate

    contract, lake = load_extracts()[extract], Lake(history)
    for month in months:
        if ingest(contract, month, passing, lake) is not None:
            verdict = validate(contract, month, lake)
            if verdict["verdict"] == "held":
                raise RuntimeError(f"{extract} of {month} is held: {verdict['reasons']}")
        shutil.rmtree(passing / str(month), ignore_errors=True)


def _deliver(people, contract: Contract, month: Month, landing: Path, **form) -> int:
    """Rows of one extract as its department would deliver them, mistakes included (see city/synthesis)."""
    import polars as pl

    from pipelines.city import deliver, department_extracts, families
    from pipelines.city.chance import generator

    frame = department_extracts(people, month, {contract.id}).get(contract.id)
    if frame is None:
        return 0
    named = families.extracts(month, with_neighbours=False).get(contract.id)
    if named is not None:
        frame = pl.concat([frame, named.select(frame.columns)], how="vertical_relaxed")
    chance = generator(people.seed, "dirt", month, contract.id)
    return deliver.write(contract, frame, month, landing, chance, protected=families.NAMED_IDS, **form).rows
