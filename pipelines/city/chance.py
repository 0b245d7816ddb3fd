"""Chance: one independent random generator per purpose, all from the city's seed."""

from __future__ import annotations

import hashlib
from datetime import date

import numpy as np

from pipelines.month import Month

# Everybody alive or arriving between these days is drawn once, with all that will befall them; a month
# is then a look at those lives, so that its facts do not depend on which months are asked for.
EPOCH = date(2020, 7, 1)
END = date(2026, 12, 31)
NEVER = np.int32(200_000)  # a day that does not come (year 2517)


def generator(seed: int, *purpose: object) -> np.random.Generator:
    """A generator that depends on the seed and the purpose's words only."""
    digest = hashlib.sha256("/".join(map(str, (seed, *purpose))).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16])))


def day(when: date) -> int:
    """Days since 1970-01-01, the unit of all days in the city."""
    return when.toordinal() - date(1970, 1, 1).toordinal()


def first_and_last_day(month: Month) -> tuple[int, int]:
    """Days of a month's start and end."""
    return day(month.start), day(month.end)


def whole(shares: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers in proportion to shares that add up to total (largest remainders)."""
    exact = np.asarray(shares, dtype=float) / np.sum(shares) * total
    counts = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - counts), kind="stable")
    counts[order[: total - counts.sum()]] += 1
    return counts


def lognormal(rng: np.random.Generator, median: float, sigma: float, size: int) -> np.ndarray:
    """Amounts around a median with a tail that grows with sigma."""
    return (median * np.exp(sigma * rng.standard_normal(size, dtype=np.float32))).astype(np.float32)
