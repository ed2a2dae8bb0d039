"""Ctrl-C, a polite kill and a closed terminal end every verb the same way, and soon."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterable
from typing import Final

from finish.errors import EXIT_INTERRUPTED, Interrupted
from finish.storage import cleanup

STOPPED: Final = "stopped; nothing half-made was kept"
# What is asked to stop has this long (s) to end in order; then it is ended. House: two seconds are what a person waits.
PATIENCE: Final = 1.5
_PUBLISHING: Final = 0.4  # s that a few renames may take
_asked, _told = threading.Event(), threading.Event()


def obey(polite: Iterable[int]) -> None:
    """From now on these signals stop this process: in order where that is quick, and otherwise without.

    A handler of Python's waits for the main thread, which may be in a long computation or in a callback that loses what is raised.
    The bytes that the interpreter writes at once for each signal are read by a thread that depends on nobody.
    """
    sys.unraisablehook = _without_interrupts
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    threading.Thread(target=_wait, args=(reading, set(polite)), name="stopping", daemon=True).start()
    for number in polite:
        ignored_by_nohup = (
            number == getattr(signal, "SIGHUP", None) and signal.getsignal(number) is signal.SIG_IGN
        )
        if not ignored_by_nohup:
            signal.signal(number, _raise)


def tell() -> None:
    """Say, once, that it was stopped."""
    if not _told.is_set():
        _told.set()
        sys.stderr.write(f"{STOPPED}\n")
        sys.stderr.flush()


def _raise(*_: object) -> None:
    """Only once: another signal must not break off the ending in order."""
    if not _asked.is_set():
        _asked.set()
        raise Interrupted()


def _without_interrupts(lost: sys.UnraisableHookArgs) -> None:
    """Python loses what is raised while an object is finalized, and prints it; the thread below ends the process anyway."""
    if not isinstance(lost.exc_value, Interrupted):
        sys.__unraisablehook__(lost)


def _wait(reading: int, polite: set[int]) -> None:
    while polite.isdisjoint(os.read(reading, 64)):
        pass
    time.sleep(PATIENCE)
    cleanup.clear(_PUBLISHING)
    if not _told.is_set():
        os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, f"{STOPPED}\n".encode())
    os._exit(EXIT_INTERRUPTED)
