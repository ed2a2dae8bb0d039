"""Ctrl-C, a polite kill and a closed terminal end every verb the same way, and soon."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import Final

from finish.effects import leftovers
from finish.errors import EXIT_INTERRUPTED, FinishError

STOPPED: Final = "stopped; nothing half-made was kept"
# What is asked to stop has this long (s) to end in order; then it is ended. House: two seconds are what a person waits.
PATIENCE: Final = 1.5
_PUBLISHING: Final = 0.2    # s that a few renames may take
_POLITE: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_asked, _told = threading.Event(), threading.Event()


def obey() -> None:
    """From now on signals stop this process: in order where that is quick, and otherwise without.

    A handler of Python's waits for the main thread, which may be in a long computation or in a callback that loses what is raised.
    The bytes that the interpreter writes at once for each signal are read by a thread that depends on nobody.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    threading.Thread(target=_wait, args=(reading,), name="stopping", daemon=True).start()
    for polite in _POLITE:
        if polite is signal.SIGHUP and signal.getsignal(polite) is signal.SIG_IGN:
            continue    # nohup
        signal.signal(polite, _raise)


def tell() -> None:
    """Say, once, that it was stopped."""
    if not _told.is_set():
        _told.set()
        sys.stderr.write(f"{STOPPED}\n")
        sys.stderr.flush()


def _raise(*_: object) -> None:
    """An ordinary exception, because PyAV hands on what is raised while it calls back, but loses a KeyboardInterrupt. Only once: what is
    asked for again must not break off the ending in order."""
    if not _asked.is_set():
        _asked.set()
        raise FinishError("interrupted", "stopped")


def _wait(reading: int) -> None:
    while not set(os.read(reading, 64)) & {int(each) for each in _POLITE}:
        pass
    time.sleep(PATIENCE)
    leftovers.clear(_PUBLISHING)
    if not _told.is_set():
        os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, f"{STOPPED}\n".encode())
    os._exit(EXIT_INTERRUPTED)
