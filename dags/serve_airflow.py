"""Airflow with its pages on this machine: one process per part, all on loopback, ended together.

    python dags/serve_airflow.py [--port 8080]

`airflow standalone` would do the same, but opens its log servers to the network and leaves
processes behind when it is stopped by anything but Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import airflow_home

PARTS = {
    "api-server": ("--host", airflow_home.HOST, "--workers", "1"),
    "scheduler": ("--skip-serve-logs",),
    "dag-processor": (),
    "triggerer": ("--skip-serve-logs",),
}
SECONDS_TO_START = 120
SECONDS_TO_STOP = 20


def main() -> int:
    """Exit code: 0 stopped by hand, 1 a part ended by itself, 2 the port is taken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8080)
    port = parser.parse_args().port
    if _answers(port):
        print(f"Port {port} is taken: stop what uses it, or choose another with --port.", file=sys.stderr)
        return 2
    # Tasks' progress lines belong into their logs.
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "INFO")
    home = airflow_home.use(port=port)
    print("Starting Airflow ...", flush=True)
    subprocess.run(_airflow("db", "migrate"), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)

    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    processes: dict[str, subprocess.Popen] = {}
    try:
        for part, options in PARTS.items():
            if part == "api-server":
                options = (*options, "--port", str(port))
            with open(home / f"{part}.log", "w") as log:
                processes[part] = subprocess.Popen(
                    _airflow(part, *options), stdout=log, stderr=log, start_new_session=True
                )
        return _watch(processes, home, port)
    except KeyboardInterrupt:
        print("\nStopping Airflow ...", flush=True)
        return 0
    finally:
        _stop(processes)


def _watch(processes: dict[str, subprocess.Popen], home: Path, port: int) -> int:
    announced, started = False, time.monotonic()
    while True:
        ended = [part for part, process in processes.items() if process.poll() is not None]
        if ended:
            print(f"{', '.join(ended)} ended by itself; see {home / (ended[0] + '.log')}", file=sys.stderr)
            return 1
        if not announced and _is_healthy(port):
            announced = True
            print(
                f"Airflow: http://{airflow_home.HOST}:{port}   (logs in {home}; Ctrl-C stops it)", flush=True
            )
        if not announced and time.monotonic() - started > SECONDS_TO_START:
            print(f"No answer after {SECONDS_TO_START} s; see {home / 'api-server.log'}", file=sys.stderr)
            return 1
        time.sleep(1)


def _stop(processes: dict[str, subprocess.Popen]) -> None:
    """Ends each part with all processes it started."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    deadline = time.monotonic() + SECONDS_TO_STOP
    for how in (signal.SIGTERM, signal.SIGKILL):
        for process in processes.values():
            if _group_lives(process):
                os.killpg(process.pid, how)
        while any(_group_lives(process) for process in processes.values()) and time.monotonic() < deadline:
            time.sleep(0.2)
        deadline += 5


def _group_lives(process: subprocess.Popen) -> bool:
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True


def _is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{airflow_home.HOST}:{port}/api/v2/monitor/health", timeout=2):
            return True
    except OSError:
        return False


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((airflow_home.HOST, port)) == 0


def _airflow(*arguments: str) -> list[str]:
    return [str(Path(sys.executable).parent / "airflow"), *arguments]


if __name__ == "__main__":
    sys.exit(main())
