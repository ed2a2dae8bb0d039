"""Schedules work: a few calls in parallel with their results in order, and the earliest first."""

from __future__ import annotations

import threading
from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


def in_order(
    works: Sequence[Callable[[], T]], at_once: int, stop: Callable[[BaseException], None]
) -> Iterator[T]:
    """The results of `works` in order, with `at_once` of them running in parallel.

    If one raises, or the caller stops reading, `stop` gets the reason and should end the running ones. The
    others never start.
    """
    with ThreadPoolExecutor(at_once) as pool:
        futures = [pool.submit(work) for work in works]
        try:
            for future in futures:
                yield future.result()
        except BaseException as error:
            for future in futures:
                future.cancel()
            stop(error)
            raise


class Scheduler:
    """Lets `capacity` threads work at the same time. Of the waiting ones, the lowest number goes first."""

    def __init__(self, capacity: int) -> None:
        self._free, self._waiting = capacity, list[int]()
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, number: int) -> Iterator[None]:
        """Wait for a turn, and keep it until the block ends."""
        with self._changed:
            insort(self._waiting, number)
            self._changed.wait_for(lambda: self._free > 0 and self._waiting[0] == number)
            self._waiting.remove(number)
            self._free -= 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()
