"""What a delivered file really is, decided from its bytes and never from its name."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from pipelines.problem import HardshipError

TEXT, WORKBOOK, PAGE, ARCHIVE, GZIP = "text", "workbook", "page", "archive", "gzip"

_HEAD = 65536
# A sheet of a million rows takes less; more is a decompression bomb or not a table.
LARGEST_UNPACKED = 4 << 30
_OTHER = {
    b"%PDF": "a PDF document",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"{\\rtf": "an RTF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3": "an SQLite database",
    b"PAR1": "a Parquet file",
}


class Unreadable(HardshipError):
    """A file from which no row can be trusted; the text says what it is and what to do."""


class Locked(Unreadable):
    """A workbook that needs a password."""


def recognise(path: Path) -> str:
    """TEXT, WORKBOOK, PAGE (a web page with tables), ARCHIVE (zip) or GZIP.

    Raises Unreadable naming what the file is instead.
    """
    with open(path, "rb") as handle:
        head = handle.read(_HEAD)
    if not head.strip(b"\x00\r\n\t \x1a\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("文件为空 / the file is empty. Ask the department to export it again.")
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _zipped(path)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(path)
    if head.startswith(b"\x1f\x8b"):
        return GZIP
    for start, words in _OTHER.items():
        if head.startswith(start):
            raise Unreadable(f"不是表格文件 / this is {words}, not a table. Ask for CSV or XLSX.")
    if _is_page(head):
        if b"<table" not in head.lower() and b"<table" not in path.read_bytes().lower():
            raise page_problem(head)
        return PAGE
    # A stray NUL is dirt of some databases; text in UTF-16 has its mark.
    if head.count(b"\x00") > len(head) // 100 and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("无法识别的二进制文件 / a binary file of unknown kind. Ask for CSV or XLSX.")
    return TEXT


def _zipped(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {item.filename: item.file_size for item in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Unreadable(
            "工作簿或压缩包损坏或不完整 / a damaged workbook or archive, probably cut in the transfer. "
            "Ask for it again."
        ) from None
    if sum(sizes.values()) > LARGEST_UNPACKED:
        raise Unreadable("解压后过大 / the file unpacks to more than 4 GiB and was not opened.")
    if "xl/workbook.xml" in sizes or "xl/workbook.bin" in sizes:
        return WORKBOOK
    if "word/document.xml" in sizes:
        raise Unreadable("这是 Word 文档 / this is a Word document, not a table. Ask for CSV or XLSX.")
    return ARCHIVE


def _compound(path: Path) -> str:
    content = path.read_bytes()

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in content

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        raise Locked("工作簿有密码 / the workbook is protected by a password. Ask for it without one.")
    if holds("Workbook") or holds("Book"):
        return WORKBOOK
    raise Unreadable("不是工作簿 / an old office document that is no workbook. Ask for CSV or XLSX.")


def _is_page(head: bytes) -> bool:
    page = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    page = re.sub(rb"^(<\?xml[^>]*>|<!--.*?-->|\s+)*", b"", page, flags=re.DOTALL)
    return bool(re.match(rb"<(!doctype html|html|head|body|table|script|meta|style|div)\b", page))


def page_problem(head: bytes) -> Unreadable:
    """What a web page without the wanted table is, by its first bytes."""
    words = (head.decode("utf-8", "replace") + head.decode("gb18030", "replace")).lower()
    if re.search(r"type=[\"']?password|登录|登陆|login|sign ?in|会话.{0,4}超时|session", words):
        return Unreadable(
            "这是登录页面 / a login page was saved instead of the data: the export's session had ended. "
            "Ask for the export again."
        )
    return Unreadable("这是网页 / a web page (HTML), not a table. Ask for CSV or XLSX.")
