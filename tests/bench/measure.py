"""Measure: what one piece of work used, run in a fresh process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from tests.bench.laying import City

GIB = 1024**2  # the kernel counts in KiB


@dataclass(frozen=True)
class Used:
    """Seconds and memory of one piece of work.

    `cpu` is user and system time of the process and all it waited for; `peak_gib` the most that any
    one of these processes held; `said` what the work reported.
    """

    name: str
    rows: int
    wall: float
    cpu: float
    peak_gib: float
    said: dict

    def as_dict(self) -> dict:
        """For JSON."""
        return {**asdict(self), "wall": round(self.wall, 2), "cpu": round(self.cpu, 2)} | {
            "peak_gib": round(self.peak_gib, 2)
        }


def measured(name: str, city: City, settings: Mapping[str, str] | None = None) -> Used:
    """Runs a piece of tests/bench/work.py under these settings; raises RuntimeError when it fails."""
    given = [str(city.residents), str(city.seed), str(city.month), str(city.root)]
    return used_by(name, ["tests.bench.work", name, *given], settings)


def used_by(name: str, module: list[str], settings: Mapping[str, str] | None = None) -> Used:
    """Runs a module with its arguments, whose last line is JSON with `rows`; RuntimeError when it fails.

    This process must stay small: what it holds when it starts another counts for that one's peak.
    """
    command = [sys.executable, "-m", *module]
    started = time.monotonic()
    environment = {**os.environ, **(settings or {})}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        output = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - started
    if process.returncode:
        raise RuntimeError(f"{name} failed with exit code {process.returncode}")
    said = json.loads(output.splitlines()[-1])
    cpu = used.ru_utime + used.ru_stime
    return Used(name, said.pop("rows"), wall, cpu, used.ru_maxrss / GIB, said)
