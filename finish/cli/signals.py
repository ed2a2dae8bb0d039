"""SIGINT (Ctrl-C), SIGTERM and SIGHUP end every verb in the same way, within two seconds."""

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
# A stopped run has this long (s) to end in order; then it is killed. House: people wait two seconds.
PATIENCE: Final = 1.5
_PUBLISHING: Final = 0.4  # s that a few renames may take
_stop_requested, _stop_reported = threading.Event(), threading.Event()


def obey(polite: Iterable[int]) -> None:
    """Let these signals stop this process: in order if that is quick, else at once.

    A Python signal handler waits for the main thread, which may be in a long computation, or in a callback
    that loses exceptions. Therefore a thread of its own reads the bytes that the interpreter writes for each
    signal.
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
    """Report, once, that the run was stopped."""
    if not _stop_reported.is_set():
        _stop_reported.set()
        sys.stderr.write(f"{STOPPED}\n")
        sys.stderr.flush()


def _raise(*_: object) -> None:
    """Raise Interrupted, only once: a second signal must not interrupt the cleanup."""
    if not _stop_requested.is_set():
        _stop_requested.set()
        raise Interrupted()


def _without_interrupts(lost: sys.UnraisableHookArgs) -> None:
    """Don't print an Interrupted that Python loses in a finalizer: `_wait` ends the process anyway."""
    if not isinstance(lost.exc_value, Interrupted):
        sys.__unraisablehook__(lost)


def _wait(reading: int, polite: set[int]) -> None:
    """Wait for a signal, then end the process after `PATIENCE` seconds."""
    while polite.isdisjoint(os.read(reading, 64)):
        pass
    time.sleep(PATIENCE)
    cleanup.clear(_PUBLISHING)
    if not _stop_reported.is_set():
        os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, f"{STOPPED}\n".encode())
    os._exit(EXIT_INTERRUPTED)
