"""Records of a binary workbook (.xls, BIFF8) that its cells' texts do not show: calendar, merged cells."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

_EOF, _DATEMODE, _BOUNDSHEET, _MERGEDCELLS, _BOF = 0x0A, 0x22, 0x85, 0xE5, 0x0809
_BIFF8 = 0x0600
_LONGEST = 8228  # bytes of a record; a longer one is damage


def calendar_and_merged(path: Path) -> tuple[int, dict[str, list[tuple[int, int, int, int]]]]:
    """The year day numbers count from, and per sheet its merged ranges as (top, left, bottom, right),
    counted from 0, ends included. Nothing is known of what is no such workbook or cannot be followed.
    """
    book = _book(path)
    epoch, merged = 1900, {}
    for kind, start, size in _records(book, 0):
        if kind == _BOF and struct.unpack_from("<H", book, start)[0] != _BIFF8:
            break  # before 1997 no cells were merged
        if kind == _DATEMODE:
            epoch = 1904 if book[start : start + 2] == b"\x01\x00" else 1900
        elif kind == _BOUNDSHEET and size >= 8:
            begins, letters, is_wide = struct.unpack_from("<I2xB?", book, start)
            text = book[start + 8 : start + size]
            name = text[: letters * 2].decode("utf-16-le", "replace") if is_wide else text.decode("latin-1")
            ranges = list(_merged_of_sheet(book, begins))
            if ranges:
                merged[name] = ranges
    return epoch, merged


def _book(path: Path) -> bytes:
    import olefile  # few files are of this kind

    try:
        if not olefile.isOleFile(path):
            return b""
        with olefile.OleFileIO(path) as document:
            name = next((n for n in ("Workbook", "Book") if document.exists(n)), None)
            return document.openstream(name).read() if name else b""
    except (OSError, ValueError, IndexError, struct.error):
        return b""  # what is damaged does not open as a workbook either, which says so


def _records(book: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """(kind, place of its content, size) of the records of one part of the stream, up to its end."""
    depth = 0
    while start + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, start)
        if size > _LONGEST or start + 4 + size > len(book):
            return
        depth += (kind == _BOF) - (kind == _EOF)  # charts stand within a sheet as parts of their own
        if depth <= 1 and kind != _EOF:
            yield kind, start + 4, size
        if depth <= 0:
            return
        start += 4 + size


def _merged_of_sheet(book: bytes, begins: int) -> Iterator[tuple[int, int, int, int]]:
    for kind, start, size in _records(book, begins):
        if kind == _MERGEDCELLS and size >= 2:
            count = min(struct.unpack_from("<H", book, start)[0], (size - 2) // 8)
            for n in range(count):
                top, bottom, left, right = struct.unpack_from("<4H", book, start + 2 + 8 * n)
                yield top, left, bottom, right
