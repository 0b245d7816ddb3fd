"""Delimited text files as tables: the separator and header found, rows read in chunks with their lines."""

from __future__ import annotations

import contextlib
import csv
import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.contract import Contract
from pipelines.ingest.ahead import ahead
from pipelines.ingest.encoding import (
    Losses,
    count_lines,
    decoded,
    likely_encodings,
    lines_at,
    occurrences,
    raw_chunks,
    text_start,
)
from pipelines.ingest.header import SEARCHED_ROWS, Header, find_header, required_columns
from pipelines.ingest.lines import each_line_a_row, marked, record_by_record, records, splittable
from pipelines.ingest.split import split_chunk
from pipelines.ingest.table import BROKEN, Table, picked_rows

SEPARATORS = {
    ",": "comma",
    "\t": "tab",
    "|": "pipe",
    "，": "full-width comma",
    ";": "semicolon",
    "\x01": "\\x01",
}

_MOST_ODD = 20_000  # lines that wait to be read together


def delimited_table(path: Path, source: str, contract: Contract) -> Table:
    """The table in a text file; raises Unreadable when no header or not all required columns are found."""
    for encoding in likely_encodings(path):
        header, separator = _located(text_start(path, encoding), contract)
        if header:
            break
    header = required_columns(header, contract, f"in {source}")
    quoted = functools.cache(lambda: _quotes_pair(path))
    width = len(header.cells)
    entangled: list[range] = []  # lines of chunks in which a row may take several

    def batches() -> Iterator[pl.DataFrame]:
        yield from ahead(_batches(path, encoding, separator, header, quoted, entangled))

    def rows_at(lines: list[int]) -> pl.DataFrame:
        if not _has_line_feeds(path) or any(line in chunk for chunk in entangled for line in lines):
            return picked_rows(batches(), lines)
        frames = []
        for text, numbers in lines_at(path, encoding, lines):
            frame = each_line_a_row(*splittable(text, separator), len(numbers), width, quoted)
            if frame is None:
                return picked_rows(batches(), lines)
            frames.append(frame.with_columns(pl.Series("line", numbers, dtype=pl.Int32)))
        return pl.concat(frames)

    form = {"encoding": encoding, "separator": SEPARATORS[separator]}
    return Table(source, header, batches, rows_at, form)


def _batches(
    path: Path,
    encoding: str,
    separator: str,
    header: Header,
    quoted: Callable[[], bool],
    entangled: list[range],
) -> Iterator[pl.DataFrame]:
    """Rows chunk by chunk; lines that are not split as they stand come together, behind others."""
    line, losses, width = 1, Losses(), len(header.cells)
    odd: list[pl.DataFrame] = []
    for chunk in raw_chunks(path, encoding):
        above = header.first_data_line - line if line == 1 else 0
        found = _split(_below(chunk, above), line + above, encoding, separator, width, quoted, losses)
        if found:
            lines = above + sum(rows.height for rows in found)
            yield found[0]
            odd += found[1:]
            if sum(rows.height for rows in odd) > _MOST_ODD:
                yield pl.concat(odd)
                odd = []
        else:
            text, bad = decoded(chunk, encoding)
            lines = count_lines(text)
            losses.note(lines, len(bad))
            below, first, count = _below(text, above), line + above, lines - above
            bad = [first + number - above for number in bad if number >= above]
            if below:
                yield _decoded_rows(
                    below, separator, range(first, first + count), width, quoted, bad, entangled
                )
        line += lines
    if odd:
        yield pl.concat(odd)


def _split(
    chunk: bytes,
    first: int,
    encoding: str,
    separator: str,
    width: int,
    quoted: Callable[[], bool],
    losses: Losses,
) -> list[pl.DataFrame] | None:
    """The rows of a chunk's plain lines, then of its odd ones; None where it must be decoded as a whole."""
    # Of UTF-8 the text reader makes rows in the same time.
    is_suited = encoding == "gb18030" and separator.isascii() and chunk
    found = split_chunk(chunk, separator, width) if is_suited else None
    if found is None:
        return None
    frames = [found.rows.with_columns(_numbers(found.numbers + first), pl.lit(None, pl.String).alias(BROKEN))]
    if len(found.odd):
        text, bad = decoded(found.text, encoding)
        lines = (found.text_lines + first).tolist()
        frame = each_line_a_row(text, separator, len(lines), width, quoted)
        if frame is None:
            return None
        frame = frame.with_columns(_numbers(found.text_lines + first))
        frame = marked(frame, text, lines, [lines[number] for number in bad], width, separator)
        frames.append(frame.filter(pl.col("line").is_in(found.odd + first)))
    losses.note(sum(frame.height for frame in frames), len(bad) if len(found.odd) else 0)
    return frames


def _numbers(lines: np.ndarray) -> pl.Series:
    return pl.Series("line", lines, dtype=pl.Int32)


def _decoded_rows(
    text: bytes,
    separator: str,
    lines: range,
    width: int,
    quoted: Callable[[], bool],
    bad: list[int],
    entangled: list[range],
) -> pl.DataFrame:
    text, separator = splittable(text, separator)
    frame = each_line_a_row(text, separator, len(lines), width, quoted)
    if frame is None:
        entangled.append(lines)
        frame = record_by_record(text, lines.start, width, separator)
    else:
        frame = frame.with_columns(pl.Series("line", lines, dtype=pl.Int32))
    return marked(frame, text, lines, bad, width, separator)


def _has_line_feeds(path: Path) -> bool:
    with open(path, "rb") as handle:
        return b"\n" in handle.read(1 << 18)


def _below(text: bytes, lines: int) -> bytes:
    """The text without its first lines."""
    start = 0
    for _ in range(lines):
        start = text.find(b"\n", start) + 1
        if not start:
            return b""
    return text[start:] if start else text


def _located(start: str, contract: Contract) -> tuple[Header | None, str]:
    """The separator with which most of the contract's headers are found on one line."""
    lines = start.split("\n")[: SEARCHED_ROWS + 1]
    best: tuple[Header | None, str] = (None, ",")
    for separator in filter("".join(lines).__contains__, SEPARATORS):
        # A header cell may run over several lines; a lone quote in a title must not swallow the header.
        for numbered in (_quoted_rows(lines, separator), _rows(lines, separator)):
            header = find_header([row for _, _, row in numbered], contract)
            if header and (best[0] is None or len(header.columns) > len(best[0].columns)):
                first, last = numbered[header.line - 1][0], numbered[header.line + header.rows - 2][1]
                best = (replace(header, line=first, rows=last - first + 1), separator)
    return best


def _quoted_rows(lines: list[str], separator: str) -> list[tuple[int, int, list[str]]]:
    found = []
    with contextlib.suppress(csv.Error):
        found.extend(records([line.rstrip("\r") + "\n" for line in lines], separator))
    return found


def _rows(lines: list[str], separator: str) -> list[tuple[int, int, list[str]]]:
    return [(n, n, line.rstrip("\r").split(separator)) for n, line in enumerate(lines, start=1)]


def _quotes_pair(path: Path) -> bool:
    """Whether quotes are used as such: an odd number in a file means that they are only characters."""
    count = 0
    with open(path, "rb") as handle:
        while block := handle.read(1 << 22):
            count += occurrences(block, b'"')
    return count > 0 and count % 2 == 0
