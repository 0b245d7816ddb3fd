"""Lines of GB18030 split into cells before they are decoded: only what is not ASCII is, words once each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from pipelines.ingest.encoding import count_lines, occurrences

_FEW = 0.05  # odd lines of a chunk, wide bytes a cell, different words in a sample
_SAMPLE = 1000  # cells
_LINE_END, _QUOTE = b'\n"'
_NO_WIDE = bytes(range(128)) + b"?" * 128


@dataclass(frozen=True)
class Split:
    """A chunk's rows by column `c0`, `c1` ..., with the numbers of their lines in the chunk (from 0).

    `odd`: the numbers of the other lines, which may not be split at every separator; `text`: these, each
    run of them with the line behind it, not decoded; `text_lines`: the numbers of its lines.
    """

    rows: pl.DataFrame
    numbers: np.ndarray
    odd: np.ndarray
    text: bytes
    text_lines: np.ndarray


def split_chunk(chunk: bytes, separator: str, width: int) -> Split | None:
    """The lines of a chunk in GB18030 split at each separator: those without quotes that have as many cells
    as the header.

    None where the others are many, or where anything else is not plain: then nothing is known of the
    chunk. `separator` is one byte.
    """
    if width < 2 or (b"\r" in chunk and chunk.count(b"\r\n") != occurrences(chunk, b"\r")):
        return None
    lines, nothing = count_lines(chunk), np.array([], np.int64)
    if b'"' not in chunk and occurrences(chunk, separator.encode()) == lines * (width - 1):
        rows = _cells(chunk, separator, width)
        return None if rows is None else Split(rows, np.arange(lines), nothing, b"", nothing)
    octets = np.frombuffer(chunk, np.uint8)
    ends = np.flatnonzero(octets == _LINE_END) + 1
    if not chunk.endswith(b"\n"):
        ends = np.append(ends, len(chunk))
    is_odd = _are_odd(octets, ends, separator, width)
    odd = np.flatnonzero(is_odd)
    if len(odd) > _FEW * lines:
        return None
    starts = np.append(0, ends[:-1])
    plain = b"".join(chunk[a:b] for a, b in zip([0, *ends[odd]], [*starts[odd], len(chunk)], strict=True))
    rows = _cells(plain, separator, width)
    if rows is None or rows.height + len(odd) != lines:
        return None
    around = np.flatnonzero(is_odd | np.append(False, is_odd[:-1]))
    text = b"".join(chunk[a:b] for a, b in zip(starts[around], ends[around], strict=True))
    return Split(rows, np.flatnonzero(~is_odd), odd, text, around)


def _are_odd(octets: np.ndarray, ends: np.ndarray, separator: str, width: int) -> np.ndarray:
    """For each line whether it has quotes, or more or fewer cells than the header."""
    before = np.flatnonzero(octets == ord(separator)).searchsorted(ends)
    is_odd = np.diff(before, prepend=0) != width - 1
    is_odd[ends.searchsorted(np.flatnonzero(octets == _QUOTE), side="right")] = True
    return is_odd


def _cells(lines: bytes, separator: str, width: int) -> pl.DataFrame | None:
    """Cells of lines that seem to have as many as the header; None where that is not so, or where they
    cannot be decoded.

    Bytes may be split at a separator that is the second one of a character, too: the first one then stays
    alone at the end of a cell, and cannot be decoded.
    """
    names = [f"c{i}" for i in range(width)]
    try:
        table = csv.read_csv(
            pa.BufferReader(lines),
            csv.ReadOptions(use_threads=False, column_names=names, block_size=len(lines) + 1),
            csv.ParseOptions(delimiter=separator, quote_char=False, ignore_empty_lines=False),
            csv.ConvertOptions(
                check_utf8=False, strings_can_be_null=False, column_types=dict.fromkeys(names, pa.binary())
            ),
        )
        return pl.DataFrame([_text(table[name].combine_chunks()).alias(name) for name in names])
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return None


def _text(cells: pa.BinaryArray) -> pl.Series:
    """Cells as text; raises UnicodeDecodeError."""
    ends, content = _content(cells)
    if content.isascii():
        return _strings(ends, content)
    is_wide = np.frombuffer(content, np.uint8) > 127
    if np.count_nonzero(is_wide) <= _FEW * len(cells):
        rows = np.unique(ends.searchsorted(np.flatnonzero(is_wide), side="right"))
        others = _strings(ends, content.translate(_NO_WIDE))
        return others.scatter(rows, _decoded(cells.take(pa.array(rows))))
    sample = cells.slice(0, _SAMPLE)
    if len(sample.unique()) <= _FEW * len(sample):
        words = cells.dictionary_encode()
        return _decoded(words.dictionary).gather(pl.from_arrow(words.indices))
    return _decoded(cells)


def _decoded(cells: pa.BinaryArray) -> pl.Series:
    """Cells decoded in one go, each as a line of its own."""
    _, content = _content(pc.binary_join_element_wise(cells, b"", b"\n"))
    text = content.decode("gb18030").encode("utf-8")
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == _LINE_END) - np.arange(len(cells))
    return _strings(ends, text.replace(b"\n", b""))


def _content(cells: pa.BinaryArray) -> tuple[np.ndarray, bytes]:
    """Where each cell ends in all of them together, and these."""
    _, offsets, content = cells.buffers()
    ends = np.frombuffer(offsets, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    return ends[1:] - ends[0], content.slice(ends[0], ends[-1] - ends[0]).to_pybytes() if content else b""


def _strings(ends: np.ndarray, text: bytes) -> pl.Series:
    offsets = pa.py_buffer(np.append(0, ends).astype(np.int32))
    return pl.from_arrow(pa.StringArray.from_buffers(len(ends), offsets, pa.py_buffer(text)))
