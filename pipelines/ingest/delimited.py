"""Delimited text files as tables: the separator and header found, rows read in chunks with their lines."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from pipelines.contract import Contract
from pipelines.ingest.ahead import ahead
from pipelines.ingest.encoding import likely_encodings, lines_at, occurrences, text_chunks, text_start
from pipelines.ingest.header import SEARCHED_ROWS, Header, find_header, required_columns
from pipelines.ingest.table import BROKEN, Table, picked_rows

SEPARATORS = {
    ",": "comma",
    "\t": "tab",
    "|": "pipe",
    "，": "full-width comma",
    ";": "semicolon",
    "\x01": "\\x01",
}

_LONGEST_RECORD = 30  # lines; an address has fewer
csv.field_size_limit(1 << 20)


def delimited_table(path: Path, source: str, contract: Contract) -> Table:
    """The table in a text file; raises Unreadable when no header or not all required columns are found."""
    for encoding in likely_encodings(path):
        header, separator = _located(text_start(path, encoding), contract)
        if header:
            break
    header = required_columns(header, contract, f"in {source}")
    quoted = _quotes_pair(path)
    width = len(header.cells)
    entangled: list[range] = []  # lines of chunks in which a row may take several

    def batches() -> Iterator[pl.DataFrame]:
        line = 1
        for text, lines, bad in ahead(text_chunks(path, encoding)):
            above = header.first_data_line - line if line == 1 else 0
            below = _below(text, above) if above else text
            if below:
                first, count = line + above, lines - above
                below, split = _splittable(below, separator)
                frame = _each_line_a_row(below, split, count, width, quoted)
                if frame is None:
                    entangled.append(range(first, first + count))
                    frame = _record_by_record(below, first, width, split)
                else:
                    numbers = pl.int_range(first, first + count, dtype=pl.Int32)
                    frame = frame.with_columns(numbers.alias("line"))
                bad = [number - above for number in bad if number >= above]
                yield _marked(frame, below, first, bad, width, split)
            line += lines

    def rows_at(lines: list[int]) -> pl.DataFrame:
        if not _has_line_feeds(path) or any(line in chunk for chunk in entangled for line in lines):
            return picked_rows(batches(), lines)
        frames = []
        for text, numbers in lines_at(path, encoding, lines):
            frame = _each_line_a_row(*_splittable(text, separator), len(numbers), width, quoted)
            if frame is None:
                return picked_rows(batches(), lines)
            frames.append(frame.with_columns(pl.Series("line", numbers, dtype=pl.Int32)))
        return pl.concat(frames)

    form = {"encoding": encoding, "separator": SEPARATORS[separator]}
    return Table(source, header, batches, rows_at, form)


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


def _records(lines: list[str], separator: str, strict: bool = False) -> Iterator[tuple[int, int, list[str]]]:
    """(first line, last line, cells) of lines with their ends; raises csv.Error for quotes amiss."""
    reader, first = csv.reader(lines, delimiter=separator, strict=strict), 1
    for cells in reader:
        if reader.line_num - first > _LONGEST_RECORD:
            raise csv.Error("a quote that nothing closes")
        yield first, reader.line_num, cells
        first = reader.line_num + 1


def _quoted_rows(lines: list[str], separator: str) -> list[tuple[int, int, list[str]]]:
    found = []
    with contextlib.suppress(csv.Error):
        found.extend(_records([line.rstrip("\r") + "\n" for line in lines], separator))
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


def _splittable(text: bytes, separator: str) -> tuple[bytes, str]:
    """The reader splits at single bytes; the one put in here stands in no text."""
    return (text.replace("，".encode(), b"\x1f"), "\x1f") if separator == "，" else (text, separator)


def _each_line_a_row(
    text: bytes, separator: str, lines: int, width: int, quoted: bool
) -> pl.DataFrame | None:
    """The rows; None where fields run over several lines or quotes are not paired."""
    names = [f"c{i}" for i in range(width)]
    quoted = quoted and b'"' in text
    try:
        frame = pl.read_csv(
            # One column more than the header has shows rows that are too long.
            separator.join([*names, "extra"]).encode() + b"\n" + text,
            separator=separator,
            quote_char='"' if quoted else None,
            infer_schema=False,
            empty_string_is_null=False,
            truncate_ragged_lines=True,
        )
    except pl.exceptions.ComputeError:
        return None
    if frame.height != lines:
        return None
    return _without_quotes(frame) if not quoted and b'"' in text else frame


def _without_quotes(frame: pl.DataFrame) -> pl.DataFrame:
    cells = pl.col("^c\\d+$")
    return frame.with_columns(
        pl.when(cells.str.contains('^".*"$'))
        .then(cells.str.slice(1, cells.str.len_chars() - 2))
        .otherwise(cells)
    )


def _record_by_record(text: bytes, first: int, width: int, separator: str) -> pl.DataFrame:
    """Rows with the line each starts on; quotes that do not pair as they should are only characters."""
    plain = text.decode("utf-8").replace("\r\n", "\n").replace("\r", " ").removesuffix("\n")
    lines = [line + "\n" for line in plain.split("\n")]
    try:
        records = list(_records(lines, separator, strict=True))
    except csv.Error:
        records = [(n, n, line.removesuffix("\n").split(separator)) for n, line in enumerate(lines, start=1)]
    rows = [cells[: width + 1] + [""] * (width + 1 - len(cells)) for _, _, cells in records]
    schema = {f"c{i}": pl.String for i in range(width)} | {"extra": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(pl.Series("line", [first + n - 1 for n, _, _ in records], dtype=pl.Int32))


def _marked(
    frame: pl.DataFrame, text: bytes, first: int, bad: list[int], width: int, separator: str
) -> pl.DataFrame:
    """Adds why a row does not fit the header: too long, cut short, or not decodable."""
    reasons = {}
    longer = (frame["extra"] != "").arg_true()
    reasons |= dict.fromkeys(frame["line"].gather(longer).to_list(), "too_many_fields")
    reasons |= _short_lines(frame, text, first, width, separator)
    reasons |= {first + number: "undecodable" for number in bad}
    frame = frame.drop("extra")
    if not reasons:
        return frame.with_columns(pl.lit(None, pl.String).alias(BROKEN))
    broken = pl.DataFrame(
        {"line": list(reasons), BROKEN: list(reasons.values())}, schema={"line": pl.Int32, BROKEN: pl.String}
    )
    return frame.join(broken, on="line", how="left", maintain_order="left")


def _short_lines(frame: pl.DataFrame, text: bytes, first: int, width: int, separator: str) -> dict[int, str]:
    """Lines with too few fields that show damage: the last line of a file that was cut, and the two
    halves of a line that was broken in two. Others only lack empty fields at their end, as some
    spreadsheets write them.
    """
    if width < 2 or not frame.select((pl.col(f"c{width - 1}") == "").any()).item():
        return {}
    if text.endswith(b"\n") and occurrences(text, separator.encode()) == frame.height * (width - 1):
        return {}  # the column is only empty here and there
    lines = pl.read_csv(
        b"text\n" + text, separator="\x02", quote_char=None, infer_schema=False, empty_string_is_null=False
    )
    fields = pl.col("text").str.count_matches(separator, literal=True) + 1
    # Separators inside quotes are none, so lines with quotes are not judged.
    short = (fields < width) & (pl.col("text").str.strip_chars() != "") & ~pl.col("text").str.contains('"')
    halves = short & short.shift(-1, fill_value=False) & (fields + fields.shift(-1) == width + 1)
    judged = lines.select(short=short, broken=halves | halves.shift(1, fill_value=False)).with_row_index()
    found = {first + index: "broken_line" for index in judged.filter("broken")["index"]}
    if not text.endswith(b"\n") and judged["short"][-1]:
        found[first + judged.height - 1] = "cut_off"
    return found
