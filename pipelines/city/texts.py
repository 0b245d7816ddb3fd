"""Texts: delimited files, plain or packed, and web pages under the name of a workbook."""

from __future__ import annotations

import gzip
import html
import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

from pipelines.problem import HardshipError

if TYPE_CHECKING:
    from pipelines.city.deliver import Form

_SLICE = 200_000  # rows encoded at a time
_PAGE = (
    '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><body>'
    "<table border=1><caption>{}</caption>\n{}</table></body></html>\n"
)


def write_text(path: Path, table: pl.DataFrame, form: Form, title: str) -> None:
    """A delimited file; raises HardshipError for a character that the encoding does not have."""
    with open(path, "wb") as file:
        _write(file, path.name, table, form, title)


def write_packed(path: Path, table: pl.DataFrame, form: Form, title: str) -> None:
    """The delimited file compressed, or as two files in one archive; the same bytes for the same rows."""
    if form.packed == "gz":
        with open(path, "wb") as raw, gzip.GzipFile("", "wb", 1, raw, mtime=0) as file:
            _write(file, path.name, table, form, title)
        return
    half = -(-table.height // 2)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(2):
            text = io.BytesIO()
            _write(text, path.name, table.slice(number * half, half), form, title)
            archive.writestr(zipfile.ZipInfo(f"{path.stem}_{number + 1}.csv"), text.getvalue())


def write_page(path: Path, table: pl.DataFrame, title: str) -> None:
    """A table as web applications export it, whatever the file is called."""
    rows = [table.columns, *([cell or "" for cell in row] for row in table.iter_rows())]
    lines = ("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    path.write_bytes(_PAGE.format(html.escape(title), "".join(lines)).encode("gb18030"))


def _write(file: BinaryIO, name: str, table: pl.DataFrame, form: Form, title: str) -> None:
    encoding = "utf-8" if form.encoding == "utf-8-sig" else form.encoding
    if form.encoding == "utf-8-sig":
        file.write(b"\xef\xbb\xbf")
    for _ in range(form.title_rows):
        file.write((title + "\n").encode(encoding))
    # Polars writes separators of one byte only.
    separator = form.separator if form.separator.isascii() else "\x1f"
    for start in range(0, max(table.height, 1), _SLICE):
        part = table.slice(start, _SLICE)
        lines = part.write_csv(separator=separator, include_header=start == 0)
        try:
            file.write(lines.replace("\x1f", form.separator).encode(encoding))
        except UnicodeEncodeError as error:
            raise HardshipError(f"{name}: {encoding} has no {error.object[error.start]!r}.") from None
