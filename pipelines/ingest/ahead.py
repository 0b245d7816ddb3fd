"""Work ahead: the next items are made while one is used."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")

_END = object()
# More than one: neither side waits because a single item took the other one longer.
_AT_HAND = 3


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items in the same order; a thread beside makes some of them before they are asked for."""
    with ThreadPoolExecutor(1) as pool:
        coming = deque(pool.submit(next, items, _END) for _ in range(_AT_HAND))
        while (item := coming.popleft().result()) is not _END:
            coming.append(pool.submit(next, items, _END))
            yield item
