"""Lines of decoded text as rows, and why a row does not fit the header."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence

import polars as pl

from pipelines.ingest.encoding import occurrences
from pipelines.ingest.table import BROKEN

_LONGEST_RECORD = 30  # lines; an address has fewer
csv.field_size_limit(1 << 20)


def records(lines: list[str], separator: str, strict: bool = False) -> Iterator[tuple[int, int, list[str]]]:
    """(first line, last line, cells) of lines with their ends; raises csv.Error for quotes amiss."""
    reader, first = csv.reader(lines, delimiter=separator, strict=strict), 1
    for cells in reader:
        if reader.line_num - first > _LONGEST_RECORD:
            raise csv.Error("a quote that nothing closes")
        yield first, reader.line_num, cells
        first = reader.line_num + 1


def splittable(text: bytes, separator: str) -> tuple[bytes, str]:
    """Text in UTF-8 with one byte as its separator; the one put in here stands in no text."""
    return (text.replace("，".encode(), b"\x1f"), "\x1f") if separator == "，" else (text, separator)


def each_line_a_row(
    text: bytes, separator: str, lines: int, width: int, quoted: Callable[[], bool]
) -> pl.DataFrame | None:
    """The rows; None where fields run over several lines or quotes are not paired.

    `quoted`: whether quotes are used as such, asked only where there are some.
    """
    names = [f"c{i}" for i in range(width)]
    has_quotes = b'"' in text
    is_quoted = has_quotes and quoted()
    try:
        frame = pl.read_csv(
            # One column more than the header has shows rows that are too long.
            separator.join([*names, "extra"]).encode() + b"\n" + text,
            separator=separator,
            quote_char='"' if is_quoted else None,
            infer_schema=False,
            empty_string_is_null=False,
            truncate_ragged_lines=True,
        )
    except pl.exceptions.ComputeError:
        return None
    if frame.height != lines:
        return None
    return _without_quotes(frame) if has_quotes and not is_quoted else frame


def _without_quotes(frame: pl.DataFrame) -> pl.DataFrame:
    cells = pl.col("^c\\d+$")
    return frame.with_columns(
        pl.when(cells.str.contains('^".*"$'))
        .then(cells.str.slice(1, cells.str.len_chars() - 2))
        .otherwise(cells)
    )


def record_by_record(text: bytes, first: int, width: int, separator: str) -> pl.DataFrame:
    """Rows with the line each starts on; quotes that do not pair as they should are only characters."""
    plain = text.decode("utf-8").replace("\r\n", "\n").replace("\r", " ").removesuffix("\n")
    lines = [line + "\n" for line in plain.split("\n")]
    try:
        found = list(records(lines, separator, strict=True))
    except csv.Error:
        found = [(n, n, line.removesuffix("\n").split(separator)) for n, line in enumerate(lines, start=1)]
    rows = [cells[: width + 1] + [""] * (width + 1 - len(cells)) for _, _, cells in found]
    schema = {f"c{i}": pl.String for i in range(width)} | {"extra": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(pl.Series("line", [first + n - 1 for n, _, _ in found], dtype=pl.Int32))


def marked(
    frame: pl.DataFrame, text: bytes, lines: Sequence[int], bad: list[int], width: int, separator: str
) -> pl.DataFrame:
    """Adds why a row does not fit the header: too long, cut short, or not decodable.

    `lines`: the numbers of the text's lines, `bad` of those that could not be decoded.
    """
    reasons = {}
    longer = (frame["extra"] != "").arg_true()
    reasons |= dict.fromkeys(frame["line"].gather(longer).to_list(), "too_many_fields")
    reasons |= _short_lines(frame, text, lines, width, separator)
    reasons |= dict.fromkeys(bad, "undecodable")
    frame = frame.drop("extra")
    if not reasons:
        return frame.with_columns(pl.lit(None, pl.String).alias(BROKEN))
    broken = pl.DataFrame(
        {"line": list(reasons), BROKEN: list(reasons.values())}, schema={"line": pl.Int32, BROKEN: pl.String}
    )
    return frame.join(broken, on="line", how="left", maintain_order="left")


def _short_lines(
    frame: pl.DataFrame, text: bytes, numbers: Sequence[int], width: int, separator: str
) -> dict[int, str]:
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
    found = {numbers[index]: "broken_line" for index in judged.filter("broken")["index"]}
    if not text.endswith(b"\n") and judged["short"][-1]:
        found[numbers[judged.height - 1]] = "cut_off"
    return found
