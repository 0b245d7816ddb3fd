"""The lake: immutable revisions of (table, month) partitions, each switched to whole or not at all.

A partition is a folder, `<lake>/<table>/month=2022-06`, which is a symbolic link to one immutable
revision below `<lake>/.revisions/`. Writing builds a new revision aside, flushes it to disk and
replaces the link in one step, so that a crash at any point leaves the last good state readable and
a reader that has resolved a partition keeps reading the same files.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import functools
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.month import Month
from pipelines.problem import HardshipError

KEPT_REVISIONS = 3  # of each partition, besides the current one
_DISK_TROUBLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS}
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")

_ABOUT = ".revision.json"  # beside the data, never compared: what the revision was made from


@dataclass(frozen=True)
class Lake:
    """A folder of partitions; files are readable by their owner alone."""

    root: Path

    def partition(self, table: str, month: Month) -> Path:
        """Where the partition is read by people; use `resolve` to read it in code."""
        return self.root / table / month.partition

    def resolve(self, table: str, month: Month) -> Path | None:
        """The immutable folder a partition points to now, or None when it was never written."""
        link = self.partition(table, month)
        return link.resolve() if link.is_dir() else None

    def months(self, table: str) -> list[Month]:
        """Months of a table that have been written, oldest first."""
        folders = (self.root / table).glob("month=*")
        return sorted(Month.parse(folder.name.removeprefix("month=")) for folder in folders)

    def about(self, table: str, month: Month) -> dict | None:
        """`{"revision": 1, "digest": ..., "inputs": {...}}` of the current revision, or None."""
        folder = self.resolve(table, month)
        return json.loads((folder / _ABOUT).read_text()) if folder else None

    def digest(self, table: str, month: Month) -> str | None:
        """Content hash of the current revision (what a later stage depends on), or None."""
        about = self.about(table, month)
        return about["digest"] if about else None

    def is_current(self, table: str, month: Month, inputs: dict) -> bool:
        """Whether the partition was made from exactly these inputs, so that it need not be made again."""
        about = self.about(table, month)
        return about is not None and about["inputs"] == _plain(inputs)

    @contextlib.contextmanager
    def write(self, table: str, month: Month, inputs: dict) -> Iterator[Path]:
        """Yields an empty folder to fill; on success it becomes the partition's current revision.

        If the new content equals the current revision's, that revision stays (and remembers the
        new inputs). On any exception nothing changes. Raises HardshipError when another process
        is writing the same partition, or when the disk is full or fails.
        """
        with self._lock(table, month):
            revisions = self.root / ".revisions" / table / month.partition
            revisions.mkdir(parents=True, exist_ok=True)
            building = revisions / ".building"
            shutil.rmtree(building, ignore_errors=True)  # left by a crash
            building.mkdir(mode=0o700)
            try:
                with told_in_words(f"{table} for {month}", self.root):
                    yield building
                    self._switch(table, month, building, inputs)
            finally:
                shutil.rmtree(building, ignore_errors=True)

    def _switch(self, table: str, month: Month, building: Path, inputs: dict) -> None:
        link = self.partition(table, month)
        digest = content_digest(building)
        current = self.about(table, month)
        if current is not None and current["digest"] == digest:
            _write_json(link.resolve() / _ABOUT, {**current, "inputs": _plain(inputs)})
            return
        number = 1 + max((int(p.name[1:]) for p in building.parent.glob("r[0-9]*")), default=0)
        about = {"revision": number, "digest": digest, "inputs": _plain(inputs)}
        _write_json(building / _ABOUT, about)
        for path in building.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)
            _flush(path)
        _flush(building)
        revision = building.parent / f"r{number:04d}"
        building.rename(revision)
        _flush(building.parent)
        link.parent.mkdir(parents=True, exist_ok=True)
        new_link = link.parent / f".{link.name}.new"
        new_link.unlink(missing_ok=True)
        new_link.symlink_to(os.path.relpath(revision, link.parent))
        os.replace(new_link, link)
        _flush(link.parent)

    def tidy(self, keep: int = KEPT_REVISIONS) -> list[Path]:
        """Removes what crashes left behind and revisions nobody needs; returns the folders removed.

        Of each partition the current revision stays, the last `keep` before it, and every revision
        that a current one was made from. A partition that is being written is passed over.
        """
        named = self._named_digests()
        removed = []
        for revisions in sorted((self.root / ".revisions").rglob("month=*")):
            table = revisions.parent.relative_to(self.root / ".revisions").as_posix()
            month = Month.parse(revisions.name.removeprefix("month="))
            with contextlib.suppress(HardshipError), self._lock(table, month):
                for folder in self._superfluous(table, month, revisions, named, keep):
                    shutil.rmtree(folder)
                    removed.append(folder)
        return removed

    def _superfluous(
        self, table: str, month: Month, revisions: Path, named: set[str], keep: int
    ) -> list[Path]:
        current = self.resolve(table, month)
        number = int(current.name[1:]) if current else 0
        rests, earlier = [], []
        for folder in sorted(revisions.iterdir(), reverse=True):
            if not re.fullmatch(r"r\d{4,}", folder.name) or int(folder.name[1:]) > number:
                rests.append(folder)  # a revision above the current one was never switched to
            elif folder != current:
                earlier.append(folder)
        return rests + [f for f in earlier[keep:] if _digest_of(f) not in named]

    def _named_digests(self) -> set[str]:
        """Everything that looks like a digest in the inputs of current revisions and in manifests."""
        named: set[str] = set()
        for link in self.root.rglob("month=*"):
            if link.is_symlink() and link.is_dir():
                for path in (link / _ABOUT, link / "manifest.json"):
                    if path.is_file():
                        named.update(_DIGEST.findall(path.read_text(encoding="utf-8")))
        return named

    @contextlib.contextmanager
    def _lock(self, table: str, month: Month) -> Iterator[None]:
        locks = self.root / ".locks"
        locks.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(locks / f"{table}@{month}".replace("/", "."), "w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise HardshipError(
                    f"Another run is writing {table} for {month} in {self.root}. "
                    "Wait until it has finished, then run again."
                ) from None
            yield

    def secret(self) -> bytes:
        """The key of resident and household keys: HARDSHIP_SECRET, else a file made at first use."""
        given = os.environ.get("HARDSHIP_SECRET")
        if given:
            return given.encode()
        path = self.root / ".secret"
        if not path.exists():
            self.root.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f".secret.{os.getpid()}")
            fresh.touch(mode=0o600)  # before the secret is in it
            fresh.write_text(secrets.token_hex(32))
            with contextlib.suppress(FileExistsError):
                os.link(fresh, path)  # the first of several processes wins
            fresh.unlink()
        return path.read_text().strip().encode()


def _number_in(text: str) -> int:
    found = re.search(r"(?:error|errno) (\d+)", text, re.I)
    return int(found[1]) if found else 0


def _digest_of(revision: Path) -> str | None:
    path = revision / _ABOUT
    return json.loads(path.read_text(encoding="utf-8")).get("digest") if path.is_file() else None


@contextlib.contextmanager
def told_in_words(what: str, place: Path) -> Iterator[None]:
    """A disk that takes nothing more is a HardshipError that says what to do."""
    try:
        yield
    except OSError as error:
        # Libraries that write by themselves tell the number in words only.
        number = error.errno or _number_in(str(error))
        if number not in _DISK_TROUBLE:
            raise
        raise HardshipError(
            f"{what} could not be written to {place}: {os.strerror(number)}. "
            "What was there before is untouched. Make room on the disk and run again."
        ) from None


def content_digest(folder: Path) -> str:
    """SHA-256 over the names and bytes of all data files below a folder."""
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != _ABOUT):
        total.update(f"{path.relative_to(folder)}\0{file_digest(path)}\n".encode())
    return total.hexdigest()


_HASHED_AT_ONCE = 8 << 20


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    # Between two blocks it waits for whatever else Python does beside: with the quarter of a megabyte of
    # `hashlib.file_digest`, 400 MB took 1.2 instead of 0.3 s while libraries were imported.
    block, total = bytearray(_HASHED_AT_ONCE), hashlib.sha256()
    with open(path, "rb", buffering=0) as handle:
        while size := handle.readinto(block):
            total.update(memoryview(block)[:size])
    return total.hexdigest()


@functools.cache
def file_digests(folder: Path, pattern: str) -> dict[str, str]:
    """SHA-256 of the files in and below a folder whose names fit a pattern, by their paths in it."""
    return {p.relative_to(folder).as_posix(): file_digest(p) for p in sorted(folder.rglob(pattern))}


def code_digest(*stages: str) -> str:
    """SHA-256 over the code and SQL that make these stages' tables: a change of either makes them stale.

    A stage's own folder, the nouns beside it and, where it runs SQL, all of sql/; other stages' code
    cannot change its result, for verbs never import verbs.
    """
    package = Path(__file__).parent
    sources = {p for p in package.glob("*.py") if p.name not in ("monthly.py", "manifest.py")}
    for stage in stages:
        sources.update((package / stage).rglob("*.py"))
    if set(stages) - {"ingest", "validate", "conflicts"}:
        sources.update([*(package / "rule").rglob("*.py"), *(package.parent / "sql").glob("*.sql")])
    total = hashlib.sha256()
    for path in sorted(sources):
        total.update(path.relative_to(package.parent).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _plain(inputs: dict) -> dict:
    return json.loads(json.dumps(inputs, sort_keys=True, default=str))


def _write_json(path: Path, content: dict) -> None:
    write_whole(path, json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def write_whole(path: Path, text: str) -> None:
    """Replaces a small file in one step, for its owner alone; its folder is there or is made."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.chmod(0o600)
    _flush(fresh)
    os.replace(fresh, path)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
