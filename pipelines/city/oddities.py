"""Oddities: the forms in which some offices hand over what others send plainly, and files that break.

Only small extracts are odd: each kind is seen in every month, and a large city is laid as fast as before.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipelines.month import Month

_FORMS: dict[str, dict[str, object]] = {
    "civil_affairs__funerals": {"title_rows": 3, "notes": True},
    "civil_affairs__marriages": {"separator": "，", "encoding": "gb18030"},
    "disabled_persons__certificates": {"hidden_sheet": True, "real_dates": True},
    "emergency__incidents": {"format": "csv", "suffix": ".xls", "encoding": "gb18030"},
    "health__births": {"format": "html", "suffix": ".xls"},
    "health__major_illnesses": {"sheets": 2},
    "housing__dilapidated_houses": {"real_dates": True, "from_1904": True},
    "housing__properties": {"packed": "zip"},
    "housing__public_rentals": {"subtotal": True, "notes": True},
    "human_resources__pensions": {"packed": "gz"},
    "human_resources__unemployment": {"real_dates": True},
}
# Schools of one town after the other.
_OF_TOWNS: tuple[dict[str, object], ...] = (
    {},
    {"grouped_header": True},
    {"format": "csv", "suffix": ".xls", "encoding": "gb18030"},
    {"sent_twice": True},
    {"format": "html", "suffix": ".xls"},
    {"subtotal": True, "notes": True, "hidden_sheet": True},
    {"title_rows": 2, "sheets": 2},
)

_LOGIN = """<!DOCTYPE html>
<html><head><title>统一身份认证平台</title></head>
<body><form action="/login" method="post">
<p>登录超时，请重新登录</p>
用户名 <input name="username"> 密码 <input type="password" name="password"> <input type="submit" value="登录">
</form></body></html>
"""
# In this month much is exported by deputies. Rolls only, so that the next month's stands again by itself.
_HOLIDAYS = 8


def odd_form(extract: str, month: Month) -> dict[str, object]:
    """Fields of the form in which an extract comes that are not as its contract says."""
    if (extract, month.number) == ("housing__public_rentals", _HOLIDAYS):
        return {"header_only": True}
    return _FORMS.get(extract, {})


def odd_form_of_town(number: int) -> dict[str, object]:
    """The same for one town's file, by its number among the towns."""
    return _OF_TOWNS[number % len(_OF_TOWNS)]


def spoil_file(extract: str, month: Month, path: Path) -> Path:
    """Breaks a finished file where it is its month's and extract's lot; returns where it lies then."""
    spoil = _SPOILT.get(extract) if month.number == _HOLIDAYS else None
    return spoil(path) if spoil else path


def _locked(path: Path) -> Path:
    """A workbook with a password is a compound file of two streams; nobody here can open this one."""
    locked = bytes.fromhex("d0cf11e0a1b11ae1").ljust(512, b"\0")
    path.write_bytes(locked + "EncryptionInfo".encode("utf-16-le") + "EncryptedPackage".encode("utf-16-le"))
    return path


def _login_page(path: Path) -> Path:
    path.unlink()
    path = path.with_suffix(".csv")
    path.write_text(_LOGIN, encoding="utf-8")
    return path


def _cut(path: Path) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 3 // 5])
    return path


_SPOILT: dict[str, Callable[[Path], Path]] = {
    "health__major_illnesses": _locked,
    "housing__dilapidated_houses": _login_page,
    "housing__properties": _cut,
    "public_security__vehicles": _cut,
}
