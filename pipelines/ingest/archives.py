"""Archives: packed deliveries (.zip, .csv.gz) unpacked beside the lake's work, within bounds.

Nothing is ever written under a name that stands in an archive: members become numbered files.
"""

from __future__ import annotations

import gzip
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipelines.ingest.recognise import ARCHIVE, GZIP, LARGEST_UNPACKED, Locked, Unreadable, recognise
from pipelines.password import FOR_ALL, FOR_ONE, unlocked

_BLOCK = 1 << 20
_MOST_MEMBERS = 500
# Repetitive tables shrink to a fiftieth; what grows more, and large, was made to fill a disk.
_HIGHEST_RATIO, _HARMLESS = 300, 64 << 20
_PASSING = re.compile(r"(^|/)(__MACOSX/|\.[^./\\]|~\$|Thumbs\.db$|desktop\.ini$)|/$")
_TRICK = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)|[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Part:
    """One table file of a delivery: the file itself or what was packed in it."""

    path: Path
    name: str  # how messages and tables call it
    form: str  # as `recognise` says


def parts(path: Path, name: str, folder: Path, password: str | None = None) -> Iterator[Part]:
    """The table files in a delivered file, unpacked into `folder` where they were packed or locked.

    Raises Unreadable for what is no table, an archive that is damaged, protected, or unpacks to too
    much, and for names in it that lead out of its folder.
    """
    try:
        form = recognise(path)
    except Locked:
        if password is None:
            raise
        path = _opened(path, password, folder / "opened.part")
        form = recognise(path)
    if form == GZIP:
        with gzip.open(path) as packed:
            yield _unpacked(packed, path.stat().st_size, folder / "0.part", name)
    elif form == ARCHIVE:
        yield from _members(path, name, folder)
    else:
        yield Part(path, name, form)


def _opened(path: Path, password: str, target: Path) -> Path:
    plain = unlocked(path, password)
    if plain is None:
        raise Unreadable(
            "工作簿密码不对 / the workbook does not open with the password that is set for its town "
            f"({FOR_ONE}<town code> or {FOR_ALL}). Save it under that password, or without one."
        )
    target.write_bytes(plain)
    return target


def _members(path: Path, name: str, folder: Path) -> Iterator[Part]:
    # Damaged archives were refused when the file was recognised.
    with zipfile.ZipFile(path) as archive:
        members = [item for item in archive.infolist() if not _PASSING.search(_shown(item))]
        if not members:
            raise Unreadable("压缩包里没有文件 / an archive without any file. Ask for it again.")
        if len(members) > _MOST_MEMBERS:
            raise Unreadable(f"压缩包里文件过多 / an archive of more than {_MOST_MEMBERS} files.")
        for item in members:
            if _TRICK.search(_shown(item)) or stat.S_ISLNK(item.external_attr >> 16):
                raise Unreadable(
                    "压缩包内的文件名指向别处 / a name in the archive leads out of it; nothing was unpacked. "
                    "Ask for the plain files."
                )
            if item.flag_bits & 1:
                raise Unreadable("压缩包有密码 / the archive is protected by a password. Ask for it without.")
        _refuse_bomb(sum(m.file_size for m in members), sum(m.compress_size for m in members))
        for number, item in enumerate(members):
            shown = f"{name}/{_shown(item)}"
            try:
                with archive.open(item) as packed:
                    part = _unpacked(packed, item.compress_size, folder / f"{number}.part", shown)
            except NotImplementedError:
                raise Unreadable(
                    "压缩方式不支持 / packed in a way that cannot be opened. Ask for the plain files."
                ) from None
            yield part


def _shown(item: zipfile.ZipInfo) -> str:
    """The member's name; those of Chinese Windows are GBK under no flag."""
    if item.flag_bits & 0x800:
        return item.filename
    try:
        return item.orig_filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return item.orig_filename


def _unpacked(packed: BinaryIO, size: int, path: Path, name: str) -> Part:
    written = 0
    try:
        with open(path, "wb") as file:
            while block := packed.read(_BLOCK):
                written += len(block)
                _refuse_bomb(written, size)
                file.write(block)
    except (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile):
        raise Unreadable(
            f"{_inside(name)}压缩包损坏或不完整 / a damaged archive, probably cut in the transfer. "
            "Ask for it again."
        ) from None
    try:
        form = recognise(path)
    except Unreadable as error:
        raise Unreadable(f"{_inside(name)}{error}") from None
    if form in (ARCHIVE, GZIP):
        raise Unreadable("压缩包里还有压缩包 / an archive within an archive. Ask for the plain files.")
    return Part(path, name, form)


def _inside(name: str) -> str:
    return f"“{name.partition('/')[2]}”：" if "/" in name else ""


def _refuse_bomb(unpacked: int, packed: int) -> None:
    if unpacked > LARGEST_UNPACKED or (unpacked > _HARMLESS and unpacked > _HIGHEST_RATIO * max(packed, 1)):
        raise Unreadable(
            "解压后过大 / it unpacks to far more than a table holds; unpacking was stopped. "
            "Ask for the plain file."
        )
