"""Text encodings decided from the bytes: UTF-8 with or without mark, UTF-16, GB18030 (which holds GBK)."""

from __future__ import annotations

import bisect
import os
import re
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl
import pyarrow as pa

from pipelines.ingest.recognise import Unreadable

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_CHUNK = 8 << 20  # larger ones cost more in fresh memory than they save in calls
_BIT = 1 << 17
_TAIL = 1 << 16
_LONGEST_LINE = 64 << 20
# More lines that no encoding reads, and the whole file is in doubt.
_LOST_SHARE = 0.01


def decided_encoding(path: Path) -> str:
    """The encoding of a text file: by its mark, else by the first stretch that is not ASCII alone.

    A file of ASCII alone is UTF-8.
    """
    with open(path, "rb") as handle:
        start = handle.read(3)
        for mark, encoding in _MARKS.items():
            if start.startswith(mark):
                return encoding
        handle.seek(0)
        for chunk in _line_chunks(handle, 1 << 20):
            if not chunk.isascii():
                return _decided(chunk)
    return "utf-8"


def likely_encodings(path: Path) -> list[str]:
    """The decided encoding, then the other one that the beginning could be in: a header decides there."""
    first = decided_encoding(path)
    if first not in ("utf-8", "gb18030"):
        return [first]
    other = "gb18030" if first == "utf-8" else "utf-8"
    with open(path, "rb") as handle:
        beginning = next(_line_chunks(handle, 1 << 20), b"")
    return [first, other] if not beginning.isascii() and _reads_as(beginning, other) else [first]


def _decided(chunk: bytes) -> str:
    """The encoding that reads the chunk, or more of its lines; where both do, UTF-8 if it gives Chinese."""
    # A last line without end may be cut within a character, which says nothing of the encoding.
    ended = chunk[: chunk.rfind(b"\n") + 1]
    chunk = chunk if ended.isascii() else ended
    utf8, gb = _reads_as(chunk, "utf-8"), _reads_as(chunk, "gb18030")
    if not utf8 and not gb:
        lines = [line for line in chunk.split(b"\n") if not line.isascii()]
        utf8 = sum(_reads_as(line, "utf-8") for line in lines)
        gb = sum(_reads_as(line, "gb18030") for line in lines)
    if utf8 != gb:
        return "utf-8" if utf8 > gb else "gb18030"
    # A few Chinese words in GB18030 (住院) are valid UTF-8 by chance: two-byte letters of other
    # scripts, where Chinese in UTF-8 takes three bytes.
    text = chunk.decode("utf-8", "ignore")
    others, chinese = len(re.findall("[\x80-\u07ff]", text)), len(re.findall("[\u0800-\U0010ffff]", text))
    return "utf-8" if chinese >= others else "gb18030"


def _reads_as(chunk: bytes, encoding: str) -> bool:
    if encoding == "utf-8":
        return _is_utf8(chunk)
    try:
        chunk.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8(chunk: bytes) -> bool:
    """Whether the whole is UTF-8, in a fifth of the time of decoding it."""
    ends = pa.py_buffer(struct.pack("<2q", 0, len(chunk)))
    whole = pa.Array.from_buffers(pa.large_binary(), 1, [None, ends, pa.py_buffer(chunk)])
    try:
        pl.from_arrow(whole).cast(pl.String)
    except pl.exceptions.PolarsError:
        return False
    return True


def text_start(path: Path, encoding: str) -> str:
    """The first lines of a text file, enough to hold its header."""
    text, _ = decoded(next(_pieces(path, encoding, 1 << 18), b""), encoding)
    return text.decode("utf-8")


class Losses:
    """Lines of a file that cannot be decoded, counted as it is read."""

    def __init__(self) -> None:
        self._lines = self._lost = 0

    def note(self, lines: int, lost: int) -> None:
        """Some more lines and how many of them were lost; raises Unreadable when those are too many."""
        self._lines += lines
        self._lost += lost
        if self._lost > max(3, _LOST_SHARE * self._lines):
            raise Unreadable(
                f"编码无法识别 / {self._lost:,} of {self._lines:,} lines are neither UTF-8 nor GB18030. "
                "Ask for the export again, in UTF-8."
            )


def text_chunks(path: Path, encoding: str) -> Iterator[str]:
    """A file's text in chunks of whole lines; raises Unreadable when too many lines cannot be decoded."""
    losses = Losses()
    for chunk in raw_chunks(path, encoding):
        text, bad = decoded(chunk, encoding)
        losses.note(count_lines(text), len(bad))
        yield text.decode("utf-8")


def raw_chunks(path: Path, encoding: str) -> Iterator[bytes]:
    """Chunks of whole lines in their encoding (UTF-16 as UTF-8).

    A chunk never ends inside a quoted field as far as quotes are paired.
    """
    for chunk in _pieces(path, encoding, _CHUNK):
        yield chunk.rstrip(b"\x1a") if chunk.endswith(b"\x1a") else chunk  # end mark of old exports


def lines_at(path: Path, encoding: str, wanted: list[int]) -> Iterator[tuple[bytes, list[int]]]:
    """Some lines of a file (numbers from 1, ascending) in UTF-8 with their numbers; no other is decoded."""
    first = done = 0
    for chunk in _pieces(path, encoding, _CHUNK):
        lines = count_lines(chunk)
        inside = wanted[done : bisect.bisect_right(wanted, first + lines)]
        if inside:
            ends = np.flatnonzero(np.frombuffer(chunk, np.uint8) == ord("\n"))
            bounds = np.concatenate([[-1], ends, [len(chunk)]])
            text = b"".join(chunk[bounds[n - 1 - first] + 1 : bounds[n - first]] + b"\n" for n in inside)
            yield decoded(text, encoding)[0], inside
        first += lines
        done += len(inside)


def count_lines(text: bytes) -> int:
    """How many lines a text has; the last may lack its end."""
    return occurrences(text, b"\n") + (not text.endswith(b"\n"))


def occurrences(text: bytes, byte: bytes) -> int:
    """How often one byte stands in a text: a tenth of the time of bytes.count, which goes byte by byte."""
    if byte not in text:
        return 0
    whole = pa.Array.from_buffers(pa.uint8(), len(text), [None, pa.py_buffer(text)])
    return (pl.from_arrow(whole) == byte[0]).sum()


def _pieces(path: Path, encoding: str, size: int) -> Iterator[bytes]:
    """Pieces of whole lines without the encoding's mark, UTF-16 as UTF-8."""
    with open(path, "rb") as handle:
        if encoding.startswith("utf-16"):
            content = handle.read()[2:]
            try:
                yield content.decode(encoding).encode("utf-8")
            except UnicodeDecodeError:
                raise Unreadable(
                    "UTF-16 文件不完整 / the UTF-16 text is damaged. Ask for it again."
                ) from None
            return
        if encoding == "utf-8-sig":
            handle.seek(3)
        yield from _line_chunks(handle, size)


def _line_chunks(handle: BinaryIO, size: int) -> Iterator[bytes]:
    """Chunks that end with a line; 0x0A and 0x22 are never part of a longer character in GB18030."""
    wanted = size
    while True:
        asked = _up_to_line_end(handle, wanted)
        chunk = handle.read(asked)
        if len(chunk) < asked:  # the end of the file
            break
        end = _paired_end(chunk)
        if end:
            handle.seek(end - len(chunk), os.SEEK_CUR)
            yield chunk if end == len(chunk) else chunk[:end]
        else:
            handle.seek(-len(chunk), os.SEEK_CUR)
            wanted *= 2
            if wanted > _LONGEST_LINE:
                raise Unreadable(
                    "没有换行 / no line ends within 64 MiB: this is not a table. Ask for CSV or XLSX."
                )
    if chunk:
        yield chunk


def _up_to_line_end(handle: BinaryIO, size: int) -> int:
    """How many of the next bytes end with a line, found by a look at the last of them: a chunk that is cut
    after it was read is copied. All where no line ends there, or the file does.
    """
    here, looked_at = handle.tell(), min(size, _TAIL)
    handle.seek(size - looked_at, os.SEEK_CUR)
    tail = handle.read(looked_at)
    handle.seek(here)
    end = tail.rfind(b"\n") + 1
    return size - looked_at + end if end and len(tail) == looked_at else size


def _paired_end(data: bytes) -> int:
    """End of the last line with an even number of quotes before it; 0 if there is no line end yet."""
    last = end = data.rfind(b"\n") + 1
    quotes = occurrences(data, b'"') - data.count(b'"', end)
    for _ in range(1000):  # quotes that are not paired at all: any line end will do
        if not end or quotes % 2 == 0:
            return end
        before = data.rfind(b"\n", 0, end - 1) + 1
        quotes -= data.count(b'"', before, end)
        end = before
    return last


def decoded(chunk: bytes, encoding: str) -> tuple[bytes, list[int]]:
    """A chunk in UTF-8, and the numbers (from 0) of its lines that could not be decoded; they keep their
    place with each bad byte written as its number.
    """
    encoding = "utf-8" if encoding.startswith("utf") else encoding
    if chunk.isascii() or (encoding == "utf-8" and _reads_as(chunk, "utf-8")):
        return _one_kind_of_line_end(chunk), []
    texts, bad, start = [], [], 0
    # Bit by bit spares memory and other threads: a codec holds Python's lock while it works, and the
    # next chunk is decoded while the last is read.
    while start < len(chunk):
        end = chunk.rfind(b"\n", start, start + _BIT) + 1 or chunk.find(b"\n", start) + 1 or len(chunk)
        try:
            texts.append(chunk[start:end].decode(encoding).encode("utf-8"))
        except UnicodeDecodeError:
            lines, undecodable = _line_by_line(chunk[start:end], encoding)
            texts.append(lines)
            first = chunk.count(b"\n", 0, start)
            bad.extend(first + number for number in undecodable)
        start = end
        time.sleep(0)
    text = b"".join(texts)
    return text if bad else _one_kind_of_line_end(text), bad


def _line_by_line(lines: bytes, encoding: str) -> tuple[bytes, list[int]]:
    decoded, bad = [], []
    for number, line in enumerate(lines.split(b"\n")):
        try:
            decoded.append(line.decode(encoding).encode("utf-8"))
        except UnicodeDecodeError:
            bad.append(number)
            decoded.append(line.decode("ascii", "backslashreplace").encode("utf-8"))
    return b"\n".join(decoded), bad


def _one_kind_of_line_end(text: bytes) -> bytes:
    """Lone carriage returns (old Macintosh) become line feeds when there is nothing else."""
    if b"\r" in text and b"\n" not in text:
        return re.sub(b"\r", b"\n", text)
    return text
