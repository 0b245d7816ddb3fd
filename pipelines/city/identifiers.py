"""Identifiers: resident IDs of the invented city, all valid and all with a prefix nobody alive has."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.identity import CHECK_CHARACTERS, WEIGHTS, check_character

PREFIX = "442099"  # assigned to no place, so no invented person can be a real one

# Sequence numbers run over 495 ranks for each day and sex (odd numbers male); the rest stays free for
# the named families, and 996 to 999 once marked centenarians.
_RANKS = 495
_SPREAD = 197  # no common factor with _RANKS: neighbours in rank get distant numbers


def resident_id(born: str, sequence: int) -> str:
    """One valid ID: birth date as yyyymmdd and a sequence number (odd = male)."""
    first17 = f"{PREFIX}{born}{sequence:03d}"
    return first17 + check_character(first17)


def assign(born: np.ndarray, is_male: np.ndarray, reserved: frozenset[str]) -> tuple[np.ndarray, pl.Series]:
    """Birth days and IDs of people, no ID twice and none of the reserved ones.

    Where more people of a sex are born on a day than there are numbers (above some seven million
    residents), the rest move to the next day: the birth days returned are those in the IDs.
    """
    born = born.astype(np.int64)
    rank = np.empty(len(born), dtype=np.int64)
    days = np.empty(len(born), dtype=np.int64)
    for sex in (True, False):
        who = np.flatnonzero(is_male == sex)
        who = who[np.argsort(born[who], kind="stable")]
        place = np.arange(len(who))
        # The first free place at or after the day's own: a running maximum.
        slot = place + np.maximum.accumulate(born[who] * _RANKS - place) if len(who) else place
        days[who], rank[who] = slot // _RANKS, slot % _RANKS
    number = 2 * ((rank * _SPREAD + days * 31) % _RANKS) + 1 + ~is_male
    first17 = _first17(days, number)
    taken = np.isin(first17, np.array([int(i[:17]) for i in reserved if len(i) == 18], dtype=np.int64))
    first17[taken] = _first17(days[taken], 991 + ~is_male[taken])
    return days.astype(np.int32), _with_check(first17)


def _first17(days: np.ndarray, number: np.ndarray) -> np.ndarray:
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    years = months.astype("datetime64[Y]")
    written = (
        (years.astype(np.int64) + 1970) * 10_000
        + ((months - years.astype("datetime64[M]")).astype(np.int64) + 1) * 100
        + (days.astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64)
        + 1
    )
    return int(PREFIX) * 10**11 + written * 1000 + number


def _with_check(first17: np.ndarray) -> pl.Series:
    total, rest = np.zeros(len(first17), dtype=np.int64), first17.copy()
    for weight in reversed(WEIGHTS):
        rest, digit = np.divmod(rest, 10)
        total += digit * weight
    check = pl.Series(list(CHECK_CHARACTERS)).gather(total % 11)
    return pl.Series(first17).cast(pl.String) + check
