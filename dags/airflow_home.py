"""Airflow on one machine: its home in the project's data folder, its settings, its SQLite database."""

from __future__ import annotations

import os
from pathlib import Path

from pipelines import monthly

DAGS = Path(__file__).resolve().parent

# Loopback only: the simple login hands admin rights to whoever reaches the page.
HOST = "127.0.0.1"


def settings(home: Path, port: int = 8080) -> dict[str, str]:
    """Environment variables of an Airflow that lives in `home` and reads this folder's DAG."""
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": str(max(2, os.cpu_count() or 1)),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://{HOST}:{port}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://{HOST}:{port}",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }


def use(home: Path | None = None, port: int = 8080) -> Path:
    """Points Airflow at its home folder, created on first use; call before `airflow` is imported.

    Settings already given as AIRFLOW__... variables stay as they are.
    """
    home = (home or monthly.home() / "airflow").resolve()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, value in settings(home, port).items():
        if name == "AIRFLOW_HOME":
            os.environ[name] = value
        else:
            os.environ.setdefault(name, value)
    return home


def migrate() -> None:
    """Brings the metadata database to this Airflow's version, created on first use."""
    from airflow.utils import db

    db.upgradedb()
