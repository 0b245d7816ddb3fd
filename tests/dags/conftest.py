"""Homes for Airflow: every test that runs it gets its own folder, database and settings."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DAGS = ROOT / "dags"


@pytest.fixture(scope="session")
def dag_module(tmp_path_factory):
    """The DAG's module, loaded in this process with an Airflow home of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DAGS))
        home = importlib.import_module("airflow_home")
        for name, value in home.settings(tmp_path_factory.mktemp("airflow")).items():
            patch.setenv(name, value)
        yield importlib.import_module("hardship_monthly")


def outside(home: Path, *command: str, seconds: int = 180, **settings: str) -> subprocess.CompletedProcess:
    """Runs one of the project's own commands in a process of its own, with its data in `home`."""
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, timeout=seconds, text=True, encoding="utf-8",
        env={**os.environ, "HARDSHIP_HOME": str(home), **settings},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
