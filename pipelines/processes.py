"""Processes: two beside this one for work on different extracts, ended when this one ends."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed

from pipelines.problem import HardshipError

AT_ONCE = min(2, os.cpu_count() or 1)


def two_at_once(work: Callable, *rounds: Iterable[tuple]) -> Iterator:
    """What `work` returns for each of the arguments, begun in their order, as it is done; a round of them
    begins when the one before is done.

    Raises the first error as soon as what has been begun is done; nothing else is begun then.
    """
    # Not forked: the threads of polars do not survive it, and the child would wait for them forever.
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(AT_ONCE, mp_context=spawned, initializer=_end_with_parent) as pool:
        try:
            for arguments in rounds:
                begun = [pool.submit(_in_words, work, *given) for given in arguments]
                for done in as_completed(begun):
                    yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _in_words(work: Callable, *given):
    try:
        return work(*given)
    except HardshipError as error:
        raise HardshipError(str(error)) from None  # its kinds do not survive the way between processes


def _end_with_parent() -> None:
    """A killed run leaves nobody behind who still writes or waits."""
    threading.Thread(target=_wait_for_end, daemon=True).start()


def _wait_for_end() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)
