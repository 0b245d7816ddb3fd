"""Runs the DAG for one month without a scheduler: progress on the terminal, Airflow's log in a file.

    python dags/run_month.py 2022-06

Exits with 0 only when every task of the run succeeded or was skipped.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path
from typing import TextIO

import airflow_home

from pipelines.month import Month
from pipelines.problem import HardshipError, masked

SHOWN_LINES = 40


def main() -> int:
    """Exit code: 0 the month ran, 1 a task failed, 2 no such month."""
    try:
        month = Month.parse(sys.argv[1] if len(sys.argv) > 1 else "")
    except HardshipError as error:
        print(error, file=sys.stderr)
        return 2
    log = airflow_home.use() / f"run-{month}.log"
    terminal = _send_output_to(log)
    started = time.monotonic()
    foreseen, unfinished = True, {}
    try:
        foreseen, unfinished = run_month(month, terminal)
    except Exception:
        sys.excepthook(*sys.exc_info())
        foreseen, unfinished = False, {"failed": ["Airflow itself"]}
    if not unfinished:
        print(f"Airflow ran {month} in {time.monotonic() - started:.0f} s.", file=terminal)
        return 0
    if not foreseen:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        told = [line for line in lines if " [warning " not in line][-SHOWN_LINES:]
        print("\n".join(["", *(f"  {masked(line)}" for line in told)]), file=terminal)
    states = "; ".join(f"{state}: {', '.join(names)}" for state, names in unfinished.items())
    print(f"\n{month} went wrong ({states}).\nLog: {log}   What to do: dags/README.md", file=terminal)
    return 1


def run_month(month: Month, terminal: TextIO) -> tuple[bool, dict[str, list[str]]]:
    """Runs the DAG: whether all errors were foreseen, and the tasks that neither succeeded nor skipped.

    The state of the run is not asked: a run whose last task does not care how the others ended is
    called a success by Airflow.
    """
    airflow_home.migrate()
    from hardship_monthly import month_by_month

    errors = []

    def failure(context) -> None:
        errors.append(context["exception"])
        name = " ".join(filter(None, [context["ti"].task_id, context.get("extract")]))
        print(f"FAILED    {name}: {masked(context['exception'])}", file=terminal)

    for task in month_by_month.tasks:
        task.retries = 0  # somebody is waiting at the terminal
        task.on_failure_callback = [failure]
    progress = logging.getLogger("hardship")
    progress.addHandler(logging.StreamHandler(terminal))
    progress.setLevel(logging.INFO)
    progress.propagate = False
    run = month_by_month.test(logical_date=None, run_conf={"month": str(month)})
    unfinished: dict[str, list[str]] = {}
    for instance in sorted(run.get_task_instances(), key=lambda instance: instance.task_id):
        if instance.state not in ("success", "skipped"):
            names = unfinished.setdefault(str(instance.state), [])
            if instance.task_id not in names:
                names.append(instance.task_id)
    return all(isinstance(error, HardshipError) for error in errors), unfinished


def _send_output_to(log: Path) -> TextIO:
    """Sends this process's output and errors to a file; returns the terminal as it was."""
    terminal = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)
    return terminal


if __name__ == "__main__":
    sys.exit(main())
