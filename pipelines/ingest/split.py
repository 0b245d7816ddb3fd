"""Lines of GB18030 split into cells before they are decoded: only what is not ASCII is, words once each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from pipelines.ingest.encoding import count_lines, occurrences

_FEW = 0.05  # odd lines of a chunk, wide bytes a cell, different words in a sample
_SAMPLE = 1000  # cells
_LINE_END, _QUOTE = b'\n"'


@dataclass(frozen=True)
class Split:
    """A chunk's rows by column `c0`, `c1` ..., with the numbers of their lines in the chunk (from 0).

    `odd`: the numbers of the other lines, which may not be split at every separator; `text`: these, each
    with the line behind it, not decoded; `text_lines`: the numbers of its lines.
    """

    rows: pl.DataFrame
    numbers: np.ndarray
    odd: np.ndarray
    text: bytes
    text_lines: np.ndarray


class _Line(NamedTuple):
    number: int
    start: int
    end: int


def split_chunk(chunk: bytes, separator: str, width: int) -> Split | None:
    """The lines of a chunk in GB18030 split at each separator: those without quotes that have as many cells
    as the header.

    None where the others are many, or where anything else is not plain: then nothing is known of the
    chunk. `separator` is one byte.
    """
    if width < 2 or (b"\r" in chunk and chunk.count(b"\r\n") != occurrences(chunk, b"\r")):
        return None
    lines = count_lines(chunk)
    most = int(_FEW * lines)
    odd = _with_quotes(chunk, most)
    plain = _without(chunk, odd)
    if occurrences(plain, separator.encode()) != (lines - len(odd)) * (width - 1):
        odd = _unlike_header(chunk, separator, width, most)
        plain = _without(chunk, odd)
    rows = _cells(plain, separator, width) if len(odd) <= most else None
    if rows is None or rows.height + len(odd) != lines:
        return None
    around = _with_lines_behind(chunk, odd)
    text = b"".join(chunk[line.start : line.end] for line in around)
    numbers = _numbers(odd)
    return Split(rows, np.delete(np.arange(lines), numbers), numbers, text, _numbers(around))


def _with_quotes(chunk: bytes, most: int) -> list[_Line]:
    """The lines with quotes, or one more than `most` of them."""
    octets, found, number, behind = np.frombuffer(chunk, np.uint8), [], 0, 0
    while len(found) <= most and (quote := chunk.find(b'"', behind)) >= 0:
        start = max(chunk.rfind(b"\n", behind, quote) + 1, behind)
        # A look at each line costs as much as all else, and those with quotes are few.
        number += np.count_nonzero(octets[behind:start] == _LINE_END)
        behind = _end_of_line(chunk, quote)
        found.append(_Line(number, start, behind))
        number += 1
    return found


def _unlike_header(chunk: bytes, separator: str, width: int, most: int) -> list[_Line]:
    """The lines that have quotes, or more or fewer cells than the header, or one more than `most` of them."""
    octets = np.frombuffer(chunk, np.uint8)
    ends = np.flatnonzero(octets == _LINE_END) + 1
    if not chunk.endswith(b"\n"):
        ends = np.append(ends, len(chunk))
    before = np.flatnonzero(octets == ord(separator)).searchsorted(ends)
    is_odd = np.diff(before, prepend=0) != width - 1
    is_odd[ends.searchsorted(np.flatnonzero(octets == _QUOTE), side="right")] = True
    numbers, starts = np.flatnonzero(is_odd)[: most + 1], np.append(0, ends[:-1])
    return [_Line(*line) for line in zip(numbers, starts[numbers], ends[numbers], strict=True)]


def _with_lines_behind(chunk: bytes, lines: list[_Line]) -> list[_Line]:
    """The lines, and of each the next one: two short ones in a row may be halves of one."""
    behind = [_Line(n + 1, end, _end_of_line(chunk, end)) for n, _, end in lines if end < len(chunk)]
    return sorted({*lines, *behind})


def _without(chunk: bytes, lines: list[_Line]) -> bytes:
    if not lines:
        return chunk
    starts, ends = [0, *(line.end for line in lines)], [*(line.start for line in lines), len(chunk)]
    return b"".join(chunk[start:end] for start, end in zip(starts, ends, strict=True))


def _end_of_line(chunk: bytes, place: int) -> int:
    return chunk.find(b"\n", place) + 1 or len(chunk)


def _numbers(lines: list[_Line]) -> np.ndarray:
    return np.array([line.number for line in lines], np.int64)


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
    ends, octets = _content(cells)
    if not len(octets) or octets.max() < 128:
        return _strings(cells, octets)
    is_wide = octets > 127
    if np.count_nonzero(is_wide) <= _FEW * len(cells):
        wide, narrow = np.flatnonzero(is_wide), octets.copy()
        narrow[wide] = ord("?")
        rows = np.unique(ends.searchsorted(wide, side="right"))
        return _strings(cells, narrow).scatter(rows, _decoded(cells.take(pa.array(rows))))
    sample = cells.slice(0, _SAMPLE)
    if len(sample.unique()) <= _FEW * len(sample):
        words = cells.dictionary_encode()
        return _decoded(words.dictionary).gather(pl.from_arrow(words.indices))
    return _decoded(cells)


def _decoded(cells: pa.BinaryArray) -> pl.Series:
    """Cells decoded in one go, each as a line of its own."""
    _, octets = _content(pc.binary_join_element_wise(cells, b"", b"\n"))
    text = np.frombuffer(str(octets.data, "gb18030").encode("utf-8"), np.uint8)
    is_end = text == _LINE_END
    ends = np.flatnonzero(is_end) - np.arange(len(cells))
    offsets = np.append(0, ends).astype(np.int32)
    return pl.from_arrow(
        pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(text[~is_end]))
    )


def _content(cells: pa.BinaryArray) -> tuple[np.ndarray, np.ndarray]:
    """Where each cell ends in the bytes of all of them together, and these; nothing is copied.

    The cells begin where their buffers do, as none of them were sliced.
    """
    _, offsets, content = cells.buffers()
    ends = np.frombuffer(offsets, np.int32)[1 : len(cells) + 1]
    return ends, np.frombuffer(content, np.uint8)[: ends[-1]] if content else np.empty(0, np.uint8)


def _strings(cells: pa.BinaryArray, octets: np.ndarray) -> pl.Series:
    """The cells with other bytes in the same places, which are ASCII."""
    offsets = cells.buffers()[1]
    return pl.from_arrow(pa.StringArray.from_buffers(len(cells), offsets, pa.py_buffer(octets)))
