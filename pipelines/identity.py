"""Resident IDs: the check of GB 11643-1999, and the integer keys that stand for them in the lake.

A resident ID has 18 characters: 6 address, 8 birth date, 3 sequence (odd = male), 1 check character
by ISO 7064 MOD 11-2. Because the check character follows from the first 17 digits, a valid ID and
its 17-digit number say the same; `resident_key` is a one-to-one scrambling of that number with the
lake's secret, so that joins run on integers and tables carry no readable ID.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import date

import polars as pl

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"

# Scrambled numbers of valid resident IDs fill [0, 2^62); keys of any other document have bit 62 set.
_BITS = 62
_MASK = (1 << _BITS) - 1
_SHIFT = 1 << 31


def check_character(first17: str) -> str:
    """The 18th character of an ID by ISO 7064 MOD 11-2."""
    return CHECK_CHARACTERS[sum(w * int(d) for w, d in zip(WEIGHTS, first17, strict=True)) % 11]


def is_resident_id(text: str) -> bool:
    """Whether text is an 18-character ID with a real birth date and a right check character."""
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", text):
        return False
    return birth_date(text) is not None and check_character(text[:17]) == text[17]


def birth_date(resident_id: str) -> date | None:
    """Birth date written in an 18-character ID, None when there is no such day or it is before 1880."""
    try:
        born = date(int(resident_id[6:10]), int(resident_id[10:12]), int(resident_id[12:14]))
    except ValueError:
        return None
    return born if born.year >= 1880 else None


def upgraded(fifteen: str) -> str | None:
    """The 18-character form of a 15-digit ID (issued before October 1999), None when it is not one."""
    if not re.fullmatch(r"[1-9]\d{14}", fifteen):
        return None
    first17 = fifteen[:6] + "19" + fifteen[6:]
    whole = first17 + check_character(first17)
    return whole if birth_date(whole) else None


def masked_id(resident_id: str) -> str:
    """An ID as lists show it: first six and last two characters."""
    return resident_id[:6] + "*" * max(0, len(resident_id) - 8) + resident_id[-2:]


def is_resident_id_expr(text: pl.Expr) -> pl.Expr:
    """Vectorised `is_resident_id`; false for null."""
    digits = text.str.slice(0, 17).cast(pl.UInt64, strict=False)
    return text.str.contains(r"^[1-9]\d{16}[\dX]$") & (
        text.str.slice(6, 8).str.to_date("%Y%m%d", strict=False).dt.year().fill_null(0) >= 1880
    ) & (_check_expr(digits) == text.str.slice(17, 1))


def _check_expr(first17: pl.Expr) -> pl.Expr:
    total = pl.lit(0, dtype=pl.UInt64)
    rest = first17
    for weight in reversed(WEIGHTS):
        total = total + (rest % 10) * weight
        rest = rest // 10
    return (total % 11).replace_strict(
        dict(enumerate(CHECK_CHARACTERS)), default=None, return_dtype=pl.String
    )


def resident_key_expr(valid_id: pl.Expr, secret: bytes) -> pl.Expr:
    """Integer keys of valid resident IDs: one-to-one, below 2^62; null for null."""
    number = valid_id.str.slice(0, 17).cast(pl.UInt64)
    multipliers = _multipliers(secret)
    mask = pl.lit(_MASK, dtype=pl.UInt64)
    for multiplier in multipliers:
        number = number ^ (number // _SHIFT)
        # UInt64 products wrap; their low 62 bits are a one-to-one map because the factor is odd.
        number = (number * pl.lit(multiplier, dtype=pl.UInt64)) & mask
    return (number ^ (number // _SHIFT)).cast(pl.Int64)


def resident_key(valid_id: str, secret: bytes) -> int:
    """`resident_key_expr` for one ID."""
    number = int(valid_id[:17])
    for multiplier in _multipliers(secret):
        number ^= number // _SHIFT
        number = (number * multiplier) & _MASK
    return number ^ (number // _SHIFT)


def document_key(text: str, secret: bytes) -> int:
    """Key of a document that is no resident ID (passport, birth certificate), at or above 2^62."""
    digest = hmac.digest(secret, b"document:" + text.encode(), hashlib.sha256)
    return (int.from_bytes(digest[:8]) & _MASK) | (1 << _BITS)


def household_key(household_no: int, secret: bytes) -> str:
    """The published key of a household: `H` and 16 hexadecimal digits (HMAC-SHA256, cut)."""
    digest = hmac.digest(secret, b"household:%d" % household_no, hashlib.sha256)
    return "H" + digest[:8].hex().upper()


def _multipliers(secret: bytes) -> tuple[int, int]:
    digest = hmac.digest(secret, b"resident", hashlib.sha256)
    return tuple((int.from_bytes(digest[i : i + 8]) & _MASK) | 1 for i in (0, 8))
