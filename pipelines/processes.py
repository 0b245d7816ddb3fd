"""Processes: two for work on different extracts, or one beside this one; ended when this one ends."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager

from pipelines.problem import HardshipError

AT_ONCE = min(2, os.cpu_count() or 1)


def two_at_once(work: Callable, *rounds: Iterable[tuple]) -> Iterator:
    """What `work` returns for each of the arguments, begun in their order, as it is done; a round of them
    begins when the one before is done.

    Raises the first error as soon as what has been begun is done; nothing else is begun then.
    """
    with _processes(AT_ONCE) as pool:
        try:
            for arguments in rounds:
                begun = [pool.submit(_in_words, work, *given) for given in arguments]
                for done in as_completed(begun):
                    yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def beside(work: Callable, *given) -> Iterator[Callable]:
    """Does `work` in a process of its own while the body does something else.

    Gives the body a function that waits for what `work` returns, and raises its error. An error of the body
    comes first; what has been begun is ended before.
    """
    with _processes(1) as pool:
        yield pool.submit(_in_words, work, *given).result


def _processes(number: int) -> ProcessPoolExecutor:
    # Not forked: the threads of polars do not survive it, and the child would wait for them forever.
    spawned = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(number, mp_context=spawned, initializer=_end_with_parent)


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
