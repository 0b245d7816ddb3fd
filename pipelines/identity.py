"""Resident IDs: the check of GB 11643-1999, and the integer keys that stand for them in the lake.

A resident ID has 18 characters: 6 address, 8 birth date, 3 sequence (odd = male), 1 check character
by ISO 7064 MOD 11-2. Because the check character follows from the first 17 digits, a valid ID and
its 17-digit number say the same; `resident_key` is a one-to-one scrambling of that number with the
lake's secret, so that joins run on integers and tables carry no readable ID.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import re
from datetime import date

import polars as pl

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
FIRST_BIRTH_YEAR, LAST_BIRTH_YEAR = 1880, 2199

# Scrambled numbers of valid resident IDs fill [0, 2^62); keys of any other document have bit 62 set.
_BITS = 62
_MASK = (1 << _BITS) - 1
_SHIFT = 1 << 31

_CHECKS = pl.Series(list(CHECK_CHARACTERS * 3))  # by sums of three remainders


def check_character(first17: str) -> str:
    """The 18th character of an ID by ISO 7064 MOD 11-2."""
    return CHECK_CHARACTERS[sum(w * int(d) for w, d in zip(WEIGHTS, first17, strict=True)) % 11]


def is_resident_id(text: str) -> bool:
    """Whether text is an 18-character ID with a real birth date and a right check character."""
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", text):
        return False
    return birth_date(text) is not None and check_character(text[:17]) == text[17]


def birth_date(resident_id: str) -> date | None:
    """Birth date in an 18-character ID, None when there is no such day or it lies outside 1880 to 2199."""
    try:
        born = date(int(resident_id[6:10]), int(resident_id[10:12]), int(resident_id[12:14]))
    except ValueError:
        return None
    return born if FIRST_BIRTH_YEAR <= born.year <= LAST_BIRTH_YEAR else None


def upgraded(fifteen: str) -> str | None:
    """The 18-character form of a 15-digit ID (issued before October 1999), None when it is not one."""
    if not re.fullmatch(r"[1-9][0-9]{14}", fifteen):
        return None
    first17 = fifteen[:6] + "19" + fifteen[6:]
    whole = first17 + check_character(first17)
    return whole if birth_date(whole) else None


def masked_id(resident_id: str) -> str:
    """An ID as lists show it: first six and last two characters."""
    return resident_id[:6] + "*" * max(0, len(resident_id) - 8) + resident_id[-2:]


def is_resident_id_expr(text: pl.Expr) -> pl.Expr:
    """Vectorised `is_resident_id`; false for null."""
    return resident_number_expr(text).is_not_null()


def resident_number_expr(text: pl.Expr) -> pl.Expr:
    """First 17 digits of valid resident IDs (UInt64), which say the same; null for all else."""
    # As a chain of expressions the number would be worked out anew wherever it is used.
    return text.map_batches(_resident_numbers, return_dtype=pl.UInt64, is_elementwise=True)


def _resident_numbers(ids: pl.Series) -> pl.Series:
    number = ids.str.slice(0, 17).cast(pl.UInt64, strict=False)
    # 18 bytes whose first 17 characters are a number of 17 digits: neither sign nor wide digit fits in.
    of_digits = (ids.str.len_bytes() == 18) & (number >= 10**16)
    born = _are_birth_dates((number // 1000 % 10**8).cast(pl.Int64))
    valid = (of_digits & born & (_check_characters(number) == ids.str.slice(17))).fill_null(False)
    return number if valid.all() else number.set(~valid, None)


def _are_birth_dates(digits: pl.Series) -> pl.Series:
    days = _birth_dates()
    index = digits - FIRST_BIRTH_YEAR * 10_000
    # Out of range is no birth date, as index 0 (month 0) is none.
    return days.gather(index.set(~index.is_between(0, len(days) - 1), 0))


@functools.cache
def _birth_dates() -> pl.Series:
    """For each number yyyymmdd from FIRST_BIRTH_YEAR on whether there is such a day."""
    first, last = FIRST_BIRTH_YEAR, LAST_BIRTH_YEAR
    days = pl.date_range(date(first, 1, 1), date(last, 12, 31), eager=True)
    numbers = days.dt.year() * 10_000 + days.dt.month().cast(pl.Int32) * 100 + days.dt.day() - first * 10_000
    return pl.int_range((last - first + 1) * 10_000, eager=True, dtype=pl.Int32).is_in(numbers.implode())


def _check_characters(first17: pl.Series) -> pl.Series:
    # Three look-ups of partial sums instead of seventeen divisions.
    high, middle, low = _partial_sums()
    total = (
        high.gather(first17 // 10**11) + middle.gather(first17 // 10**5 % 10**6) + low.gather(first17 % 10**5)
    )
    return _CHECKS.gather(total)


@functools.cache
def _partial_sums() -> tuple[pl.Series, pl.Series, pl.Series]:
    """Weighted digit sums modulo 11 of every first six, next six and last five digits of seventeen."""

    def sums(weights: tuple[int, ...]) -> pl.Series:
        rest = pl.int_range(10 ** len(weights), dtype=pl.Int32)
        total = pl.lit(0)
        for weight in reversed(weights):
            total = total + rest % 10 * weight
            rest = rest // 10
        return pl.select((total % 11).cast(pl.UInt8)).to_series()

    return sums(WEIGHTS[:6]), sums(WEIGHTS[6:12]), sums(WEIGHTS[12:])


def resident_key_expr(valid_id: pl.Expr, secret: bytes) -> pl.Expr:
    """Integer keys of valid resident IDs: one-to-one, below 2^62; null for null."""
    return key_of_number_expr(valid_id.str.slice(0, 17).cast(pl.UInt64), secret)


def key_of_number_expr(number: pl.Expr, secret: bytes) -> pl.Expr:
    """`resident_key_expr` by the numbers that `resident_number_expr` gives."""
    return number.map_batches(
        lambda numbers: _resident_keys(numbers, secret), return_dtype=pl.Int64, is_elementwise=True
    )


def _resident_keys(number: pl.Series, secret: bytes) -> pl.Series:
    for multiplier in _multipliers(secret):
        number = number ^ (number // _SHIFT)
        # UInt64 products wrap; their low 62 bits are a one-to-one map because the factor is odd.
        number = (number * multiplier) & _MASK
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
