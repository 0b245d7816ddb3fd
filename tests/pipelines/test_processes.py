"""Extracts that are taken in by processes beside the one that was started."""

import os
import signal
import subprocess
import sys
import time

import pytest

from pipelines import monthly
from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.monthly import Workplace
from pipelines.problem import HardshipError
from tests.month.sample import DELIVERED

JUNE = Month(2022, 6)

WAITS = """
import os, sys
from pipelines.processes import two_at_once
if __name__ == "__main__":
    for process in two_at_once(os.getpid, [()]):
        print(process, flush=True)
        sys.stdin.read()
"""


def test_a_killed_run_leaves_no_process_behind(tmp_path):
    script = tmp_path / "waits.py"
    script.write_text(WAITS)
    command, pipe = [sys.executable, str(script)], subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, text=True, env={**os.environ, "PYTHONPATH": os.getcwd()}
    ) as run:
        beside = int(run.stdout.readline())
        assert _is_alive(beside)
        run.send_signal(signal.SIGKILL)
        run.wait()
        waited_until = time.monotonic() + 20
        while _is_alive(beside) and time.monotonic() < waited_until:
            time.sleep(0.1)
        assert not _is_alive(beside)


def _is_alive(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_an_error_of_one_extract_comes_through_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(monthly, "_WORTH_PROCESSES", 0)
    lake = Lake(tmp_path / "lake")
    told = []
    with (
        lake.write("parquet/health__births", JUNE, {}) as folder,  # as another run of the month would
        pytest.raises(HardshipError, match="health__births"),
    ):
        (folder / "rows.parquet").write_bytes(b"")
        monthly.take_in_all(JUNE, Workplace(DELIVERED, lake), told.append)
    assert not lake.resolve("verdicts/health__births", JUNE)


def test_what_goes_back_to_departments_beside_the_lists_fails_in_words_and_tells_after_them(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(monthly, "_WORTH_PROCESSES", 0)
    told = []
    for stage in ("publish", "report"):
        monkeypatch.setattr(monthly, stage, lambda month, place, progress: progress("listed"))
    with pytest.raises(HardshipError, match="Nothing of 2022-06 has been read"):
        monthly.give_out(JUNE, Workplace(DELIVERED, Lake(tmp_path / "lake")), told.append)
    assert told == ["listed", "listed"]


def test_what_looks_at_all_extracts_of_a_large_delivery_waits_for_the_last_of_them(tmp_path, monkeypatch):
    monkeypatch.setattr(monthly, "_WORTH_PROCESSES", 0)
    told = []
    monthly.take_in_all(JUNE, Workplace(DELIVERED, Lake(tmp_path / "lake")), told.append)
    last = sorted(line.split()[0] for line in told[-2:])
    assert last == ["conflicts", "data"]
    assert {line.split()[0] for line in told[:-2]} == {"ingest", "validate"}
