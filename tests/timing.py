"""Budgets of CPU time: the measured code always runs, and is judged with `--timing` only (`make timing`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from time import process_time

Stopwatch = Callable[[float], AbstractContextManager[None]]


def stopwatch(judges: bool) -> Stopwatch:
    """A context manager that allows this many seconds of this process's CPU; more fails if it `judges`."""

    @contextmanager
    def within(seconds: float) -> Iterator[None]:
        started = process_time()
        yield
        spent = process_time() - started
        assert not judges or spent < seconds, f"{spent:.3f} s of CPU, and {seconds:g} s at most"

    return within
