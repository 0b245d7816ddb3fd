"""What a workbook says beside its cells' texts: merged cells, long numbers, the first day of its calendar."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.ingest.binary_workbook import calendar_and_merged
from pipelines.ingest.recognise import Unreadable

_BLOCK = 1 << 20
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, ValueError, NotImplementedError,
    RuntimeError,  # a part with a password
)  # fmt: skip
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
# A number of 15 digits or more as a number cell's value; 4.42099198403124E+17 is one.
_LONG_NUMBER = re.compile(rb"v>[+-]?(?:\d{15}|\d[\d.]*[eE]\+?\d)")
_SHEET = re.compile(r"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w:]+)\s*=\s*"([^"]*)"')
_MOST_CELLS = 2_000_000  # covered by merged ranges; beyond, somebody merged whole columns


@dataclass(frozen=True)
class SheetFacts:
    """`epoch`: the year day numbers count from; `merged`: per sheet its ranges as (top, left, bottom,
    right), counted from 0, ends included; `short`: sheets that surely hold no number cell of 15 digits
    or more.
    """

    epoch: int = 1900
    merged: dict[str, list[tuple[int, int, int, int]]] = field(default_factory=dict)
    short: frozenset[str] = frozenset()


def sheet_facts(path: Path) -> SheetFacts:
    """Facts of an .xlsx or .xls workbook; of the latter not which of its sheets are short.

    Raises Unreadable when a part of the workbook does not unpack to what it says.
    """
    if not zipfile.is_zipfile(path):
        epoch, merged = calendar_and_merged(path)
        return SheetFacts(epoch, {name: _not_too_many(ranges) for name, ranges in merged.items()})
    try:
        with zipfile.ZipFile(path) as archive:
            return _of_xlsx(archive)
    except _DAMAGE:
        raise Unreadable(
            "工作簿损坏或不完整 / a damaged workbook, probably cut in the transfer. Ask for it again."
        ) from None


def _of_xlsx(archive: zipfile.ZipFile) -> SheetFacts:
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names:  # .xlsb
        return SheetFacts()
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    epoch = 1904 if re.search(r'date1904\s*=\s*"(?:1|true|on)"', book) else 1900
    targets = {}
    if "xl/_rels/workbook.xml.rels" in names:
        relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
        for found in _RELATION.findall(relations):
            about = dict(_ATTRIBUTE.findall(found))
            target = about.get("Target", "")
            targets[about.get("Id")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    merged, short = {}, set()
    for found in _SHEET.findall(book):
        about = dict(_ATTRIBUTE.findall(found))
        part, name = targets.get(about.get("r:id")), _plain(about.get("name", ""))
        if part in names:
            ranges, has_long_numbers = _of_sheet(archive, part)
            if ranges:
                merged[name] = ranges
            if not has_long_numbers:
                short.add(name)
    return SheetFacts(epoch, merged, frozenset(short))


def _of_sheet(archive: zipfile.ZipFile, part: str) -> tuple[list[tuple[int, int, int, int]], bool]:
    """Merged ranges, which stand behind the cells, and whether a value is a long number; the whole part
    is unpacked, which shows damage and false sizes.
    """
    tail, found, has_long_numbers = b"", [], False
    with archive.open(part) as handle:
        while block := handle.read(_BLOCK):
            text = tail + block
            has_long_numbers = has_long_numbers or bool(_LONG_NUMBER.search(text))
            if b"mergeCell" in text:
                last = 0
                for match in _MERGED.finditer(text):
                    left, top, right, bottom = match.groups()
                    found.append((int(top) - 1, _column(left), int(bottom) - 1, _column(right)))
                    last = match.end()
                text = text[last:]
            tail = text[-100:]
    return _not_too_many(found), has_long_numbers


def _not_too_many(ranges: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    cells, kept = 0, []
    for top, left, bottom, right in ranges:
        cells += (bottom - top + 1) * (right - left + 1)
        if cells <= _MOST_CELLS:
            kept.append((top, left, bottom, right))
    return kept


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _plain(name: str) -> str:
    for written, meant in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        name = name.replace(written, meant)
    return name
