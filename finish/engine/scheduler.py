"""Who works when: a few things at once, their results in order; and the earliest first where there is room for few."""

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
    """What each of `works` returns, in their order, so many of them in hand at once.

    Where one raises, or nobody wants more, `stop` is told why and should end those in hand; those not begun never begin.
    """
    with ThreadPoolExecutor(at_once) as pool:
        futures = [pool.submit(work) for work in works]
        try:
            for each in futures:
                yield each.result()
        except BaseException as why:
            for each in futures:
                each.cancel()
            stop(why)
            raise


class Scheduler:
    """Room for so many at once. Of those who wait, the lowest number goes first."""

    def __init__(self, room: int) -> None:
        self._room, self._waiting = room, list[int]()
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, number: int) -> Iterator[None]:
        """Wait for one's turn, and have the room until the end."""
        with self._changed:
            insort(self._waiting, number)
            self._changed.wait_for(lambda: self._room > 0 and self._waiting[0] == number)
            self._waiting.remove(number)
            self._room -= 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._room += 1
                self._changed.notify_all()
