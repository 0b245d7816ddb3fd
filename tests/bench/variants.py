"""Variants: the whole month in one process under other conditions, which must give the same bytes.

Each runs in a lake of its own below `<city>/variants/`, which begins with the history alone:

whole_before    the months before are folded, as they are before the departments deliver
whole           as it is
two_gigabytes   DuckDB may use 2 GB
one_thread      DuckDB works in one thread
late_before     without one extract; not judged by itself
late            then that extract arrives
smaller_before  the months before are folded, and a landing folder with fourteen extracts is made
smaller         those alone; not the same month, and not compared
airflow_before  Airflow's database is made
airflow         the same month through dags/run_month.py
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from pipelines import monthly
from pipelines.contract import SCHEMAS, load_extracts
from pipelines.lake import Lake, file_digest
from pipelines.monthly import Workplace
from tests.bench.laying import City, lake_of_history

LATE = "human_resources__unemployment"

# Targets in seconds were set by a month of fourteen extracts and 15.8 million rows. These make 15.5 million
# of a city of 4.4 million residents; all that it delivers are 25.2 million.
FOURTEEN = (
    "civil_affairs__assistance_roll", "disabled_persons__certificates", "education__enrolments",
    "emergency__incidents", "health__major_illnesses", "housing__dilapidated_houses",
    "human_resources__contributions", "human_resources__pensions", "human_resources__unemployment",
    "medical_insurance__enrolments", "medical_insurance__settlements", "public_security__cancellations",
    "public_security__residence_permits", "public_security__residents",
)  # fmt: skip

# What a process of DuckDB is held to, read by pipelines.database and pipelines.validate.
LIMITS = {
    "two_gigabytes": {"HARDSHIP_MEMORY_LIMIT": "2GB"},
    "one_thread": {"HARDSHIP_THREADS": "1"},
}

# Everything that a month leaves for later months and for people. Not the manifest, which tells of its
# run, nor the files that hold views, nor pages about checks.
COMPARED = ("parquet", "verdicts", "conflicts", "profiles", "matches", "published")
_OF_ITS_REVISION = (".xlsx", "revision.json")
_OF_ITS_RUN = ("manifest.json", ".revision.json")


def lake_of(city: City, variant: str) -> Lake:
    """The lake a variant works in."""
    return Lake(city.root / "variants" / variant)


def whole_before(city: City) -> dict:
    """A fresh lake in which the months before are folded."""
    return _folded(city, "whole")


def whole(city: City) -> dict:
    """The month from files to lists in that lake."""
    return _brought_up(city, "whole")


def two_gigabytes(city: City) -> dict:
    """The month with little memory for DuckDB, the months before as well."""
    _folded(city, "two_gigabytes")
    return _brought_up(city, "two_gigabytes")


def one_thread(city: City) -> dict:
    """The month with one thread for DuckDB, the months before as well."""
    _folded(city, "one_thread")
    return _brought_up(city, "one_thread")


def _folded(city: City, variant: str) -> dict:
    lake_of_history(city, lake_of(city, variant).root)
    monthly.fold(city.month, Workplace(city.landing, lake_of(city, variant)), _quiet)
    return {"rows": 0}


def _brought_up(city: City, variant: str) -> dict:
    monthly.bring_up(city.month, Workplace(city.landing, lake_of(city, variant)), _quiet)
    return {"rows": 0}


def late_before(city: City) -> dict:
    """The month as it is while one extract has not arrived."""
    landing = _landing_without(city, "late", [LATE])
    lake_of_history(city, lake_of(city, "late").root)
    monthly.bring_up(city.month, Workplace(landing, lake_of(city, "late")), _quiet)
    return {"rows": 0}


def late(city: City) -> dict:
    """The extract arrives and the month is run again."""
    landing = _landing(city, "late")
    found = _files(city, LATE, city.landing)
    for path in found:
        os.link(path, landing / path.relative_to(city.landing))
    monthly.bring_up(city.month, Workplace(landing, lake_of(city, "late")), _quiet)
    return {"rows": 0, "files": len(found)}


def smaller_before(city: City) -> dict:
    """A fresh lake in which the months before are folded, and the files of fourteen extracts."""
    _landing_without(city, "smaller", load_extracts().keys() - set(FOURTEEN))
    return _folded(city, "smaller")


def smaller(city: City) -> dict:
    """The month from those files to lists."""
    lake = lake_of(city, "smaller")
    monthly.bring_up(city.month, Workplace(_landing(city, "smaller"), lake), _quiet)
    reports = [lake.resolve(f"parquet/{extract}", city.month) / "report.json" for extract in FOURTEEN]
    return {"rows": sum(json.loads(path.read_text())["rows_in"] for path in reports)}


def airflow_before(city: City) -> dict:
    """Airflow's home with its database, made once at installation, and the months before folded."""
    _folded(city, "airflow")
    home = lake_of(city, "airflow").root
    (home / "landing").symlink_to(city.landing)
    _run_in_dags(city, "-c", "import airflow_home; airflow_home.use(); airflow_home.migrate()")
    return {"rows": 0}


def airflow(city: City) -> dict:
    """The month through the DAG, in Airflow's own process."""
    _run_in_dags(city, "run_month.py", str(city.month))
    return {"rows": 0}


def _run_in_dags(city: City, *arguments: str) -> None:
    home = {"HARDSHIP_HOME": str(lake_of(city, "airflow").root), "PYTHONPATH": str(SCHEMAS.parent)}
    folder = SCHEMAS.parent / "dags"
    command = [sys.executable, *arguments]
    subprocess.run(command, cwd=folder, env={**os.environ, **home}, check=True, stdout=subprocess.DEVNULL)


def same(city: City) -> dict:
    """Of each variant, the files that differ from those of `whole`: nothing where all bytes are equal.

    A month that was published before says so, and what came late: that it is another revision is meant.
    """
    expected = _digests(city, "whole")
    found = {}
    for variant in ("two_gigabytes", "one_thread", "late", "airflow"):
        if lake_of(city, variant).resolve("published", city.month):
            other = _digests(city, variant)
            names = sorted(expected.keys() | other.keys())
            if variant == "late":
                names = [name for name in names if not name.endswith(_OF_ITS_REVISION)]
            found[variant] = [name for name in names if expected.get(name) != other.get(name)]
    return {"rows": 0, "files": len(expected), "differ": found}


def _digests(city: City, variant: str) -> dict[str, str]:
    lake, found = lake_of(city, variant), {}
    for table in COMPARED:
        for link in sorted((lake.root / table).rglob(city.month.partition)):
            folder = link.resolve()
            for path in folder.rglob("*"):
                if path.is_file() and path.name not in _OF_ITS_RUN:
                    name = f"{link.relative_to(lake.root).parent}/{path.relative_to(folder)}"
                    found[name] = file_digest(path)
    return found


def _landing(city: City, variant: str) -> Path:
    return city.root / "variants" / f"{variant}-landing"


def _landing_without(city: City, variant: str, extracts: Iterable[str]) -> Path:
    """A landing folder with the same files but those of some extracts."""
    landing = _landing(city, variant)
    shutil.rmtree(landing, ignore_errors=True)
    shutil.copytree(city.landing, landing, copy_function=os.link)
    for extract in extracts:
        for path in _files(city, extract, landing):
            path.unlink()
    return landing


def _files(city: City, extract: str, landing: Path) -> list[Path]:
    patterns = load_extracts()[extract].files
    text = str(city.month)
    return [
        path
        for pattern in patterns
        for path in sorted(
            (landing / text).glob(pattern.replace("{month}", text).replace("{yyyymm}", text.replace("-", "")))
        )
    ]


def _quiet(_: str) -> None:
    pass
