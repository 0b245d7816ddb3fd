"""Disturbances of a piece of work, and what must hold of the lake after each of them."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pipelines.city import synthesize
from pipelines.lake import Lake, content_digest
from tests.faults.work import MONTHS

PROJECT = Path(__file__).resolve().parent.parent.parent
RESIDENTS = 2000


def lay(root: Path) -> None:
    """The files of a tiny city."""
    synthesize(RESIDENTS, list(MONTHS), 7, root / "landing", 1.0, None, progress=lambda _: None)


def copy_of(landed: Path, root: Path) -> Path:
    """A place with the same files and an empty lake."""
    shutil.copytree(landed / "landing", root / "landing")
    return root


def start(root: Path, *options: str, before: Callable[[], None] | None = None) -> subprocess.Popen:
    """The work in a process group of its own; the secret of all places is the same."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.work", str(root), *options],
        cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env=os.environ | {"HARDSHIP_SECRET": "faults", "PYTHONDONTWRITEBYTECODE": "1"}, preexec_fn=before,
    )  # fmt: skip


def finish(root: Path, *options: str) -> float:
    """The work to its end; seconds it took."""
    began = time.monotonic()
    process = start(root, *options)
    _, errors = process.communicate(timeout=900)
    assert process.returncode == 0, errors
    return time.monotonic() - began


def kill_after(root: Path, seconds: float, *options: str) -> bool:
    """Begins the work and kills it; whether it had not ended by itself."""
    process = start(root, *options)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return True
    return False


def small_disk(largest_file: int) -> Callable[[], None]:
    """For `start`: no file of the process grows beyond so many bytes; writing on fails as on a full disk."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    return limit


def state(root: Path) -> dict[str, str]:
    """Digest of each readable partition's bytes; fails when one is not what it was when it was finished."""
    lake = Lake(root / "lake")
    found = {}
    for link in sorted(lake.root.rglob("month=*")):
        if not link.is_symlink() or ".revisions" in link.parts:
            continue
        table = link.parent.relative_to(lake.root).as_posix()
        month = next(m for m in lake.months(table) if m.partition == link.name)
        digest = lake.digest(table, month)
        assert digest == content_digest(lake.resolve(table, month)), f"{table} {month} is damaged"
        found[f"{table} {month}"] = digest
    return found
