"""Laying: the fresh month of an invented city as files, and the months before it straight in a lake."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pipelines
from pipelines.contract import SCHEMAS, Contract, load_extracts
from pipelines.lake import Lake
from pipelines.month import Month

# Their window's months are read beside this month's: fees of terms, and who the dead and the gone were.
READ_BACK = ("education__enrolments", "public_security__residents", "public_security__residence_permits")

# What makes neither files nor accepted rows: laid months stay good when it changes.
_LATER = ("link", "detect", "publish", "rule", "cli", "monthly.py", "manifest.py", "database.py")


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
    # Two processes, each with its own city. Not forked: the threads of polars do not survive it.
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawned) as pool:
        for text in pool.map(_lay_part, [city, city], (0, 1)):
            progress(text)
    mark.write_text(json.dumps(made_from) + "\n")
    return True


def working_lake(city: City) -> Lake:
    """A lake that holds the months before and nothing of the fresh month; every call begins anew."""
    work = Lake(city.root / "lake")
    shutil.rmtree(work.root, ignore_errors=True)
    # Revisions are immutable, so the same files can stand in both.
    shutil.copytree(city.history, work.root, symlinks=True, copy_function=_link)
    return work


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


def _lay_part(city: City, part: int) -> str:
    from pipelines.city import build, families

    people = build(city.residents, city.seed, families.RESERVED_IDS)
    contracts = load_extracts()
    lake = Lake(city.history)
    lake.secret()
    rows = 0
    if part == 0:
        for contract in contracts.values():
            rows += _deliver(people, contract, city.month, city.landing)
    # The most rows by far are settlements, incomes and the registers: two of four on either side.
    back = [c for c in contracts.values() if c.kind == "flow" or c.id in READ_BACK]
    back.sort(key=lambda c: (c.id not in _LARGE, _LARGE.index(c.id) if c.id in _LARGE else c.id))
    for contract in back[part::2]:
        for month in city.months_before:
            rows += _lay_month(people, contract, month, lake, city.root / f"passing-{part}")
    return f"laid {rows:,} rows"


_LARGE = (
    "medical_insurance__settlements", "taxation__incomes", "public_security__residents",
    "public_security__residence_permits", "human_resources__contributions", "education__enrolments",
)  # fmt: skip


def _lay_month(people, contract: Contract, month: Month, lake: Lake, passing: Path) -> int:
    """One month of an extract through the departments' file, ingest and validate; the file is not kept."""
    from pipelines.ingest import ingest
    from pipelines.validate import validate

    # Reading workbooks is measured on the fresh month; here the same rows come as text.
    rows = _deliver(people, contract, month, passing, format="csv", split_by_town=False)
    if ingest(contract, month, passing, lake) is not None:
        verdict = validate(contract, month, lake)
        if verdict["verdict"] == "held":
            raise RuntimeError(f"{contract.id} of {month} is held: {verdict['reasons']}")
    shutil.rmtree(passing, ignore_errors=True)
    return rows


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
