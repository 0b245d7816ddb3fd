"""A scheduled month under Airflow's real scheduler, started as `make airflow` starts it."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from pipelines.month import Month
from tests.dags.conftest import ROOT
from tests.dags.register import lay_register

SECONDS_FOR_A_MONTH = 300
SECONDS_TO_STOP = 40
FINISHED = ("success", "failed")


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _runs(database: Path) -> list[tuple]:
    """(type, state, interval end) of the runs the scheduler has made so far."""
    if not database.exists():
        return []
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
            return connection.execute("select run_type, state, data_interval_end from dag_run").fetchall()
    except sqlite3.OperationalError:  # still being made
        return []


def _listening(process: psutil.Process) -> set[tuple[str, int]]:
    members = [process, *process.children(recursive=True)]
    found = set()
    for member in members:
        try:
            found |= {tuple(c.laddr) for c in member.net_connections("inet") if c.status == "LISTEN"}
        except psutil.Error:
            continue
    return found


@pytest.mark.slow
def test_the_scheduler_runs_the_month_before_by_itself_and_stops_when_told(tmp_path, dag_module):
    # The month that is due now is the only thing here that depends on the day of the test.
    now = datetime.now(dag_module.ZoneInfo(dag_module.TIMEZONE))
    has_started = (now.day, now.hour) >= (dag_module.DELIVERY_DAY + 1, 6)
    due = Month.of(now.date()) if has_started else Month.of(now.date()).plus(-1)
    month = due.plus(-1)
    lay_register(tmp_path / "landing", month)

    port = _free_port()
    settings = {
        "HARDSHIP_HOME": str(tmp_path),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    }
    environment = {n: v for n, v in os.environ.items() if not n.startswith("AIRFLOW")} | settings
    with open(tmp_path / "served.txt", "w") as output:
        served = subprocess.Popen(
            [sys.executable, "dags/serve_airflow.py", "--port", str(port)],
            cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    process = psutil.Process(served.pid)
    database = tmp_path / "airflow" / "airflow.db"
    try:
        deadline, listening = time.monotonic() + SECONDS_FOR_A_MONTH, set()
        while not (runs := _runs(database)) or runs[0][1] not in FINISHED:
            assert served.poll() is None, (tmp_path / "served.txt").read_text()
            assert time.monotonic() < deadline, f"not finished after {SECONDS_FOR_A_MONTH} s: {runs}"
            listening |= _listening(process)
            time.sleep(1)
        members = [process, *process.children(recursive=True)]
    finally:
        served.send_signal(signal.SIGINT)
        served.wait(SECONDS_TO_STOP)

    [(kind, state, interval_end)] = runs
    assert (kind, state) == ("scheduled", "success"), _failures(tmp_path)
    ended = datetime.fromisoformat(interval_end).replace(tzinfo=UTC).astimezone(now.tzinfo)
    assert (Month.of(ended.date()), ended.day) == (due, dag_module.DELIVERY_DAY + 1)
    assert [p.name for p in (tmp_path / "published").glob("month=*")] == [month.partition]

    assert served.returncode == 0
    assert f"http://127.0.0.1:{port}" in (tmp_path / "served.txt").read_text()
    assert ("127.0.0.1", port) in listening
    assert {host for host, _ in listening} <= {"127.0.0.1", "::1"}, "nobody outside this machine may come in"
    assert not [m for m in members if m.is_running() and m.status() != psutil.STATUS_ZOMBIE]


def _failures(home: Path) -> str:
    logs = [log for log in (home / "airflow" / "logs").rglob("*.log") if '"level":"error"' in log.read_text()]
    return "\n".join(f"{log}:\n{log.read_text()[-3000:]}" for log in logs[:2])
