"""Budgets of CPU time: what they surround always runs, and is judged under `--timing` alone (`make timing`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from time import process_time

Stopwatch = Callable[[float], AbstractContextManager[None]]


def stopwatch(judges: bool) -> Stopwatch:
    """A context manager that takes seconds of this process's CPU, and refuses more where it `judges`."""

    @contextmanager
    def within(seconds: float) -> Iterator[None]:
        started = process_time()
        yield
        spent = process_time() - started
        assert not judges or spent < seconds, f"{spent:.3f} s of CPU, and {seconds:g} s at most"

    return within
