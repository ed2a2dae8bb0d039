"""A lock in object storage: an object that only one can put there, and that is worth nothing once its time is over."""

from __future__ import annotations

import json
import os
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from finish.effects import objects
from finish.errors import FinishError

_WAIT: Final = 600.0    # s to wait for somebody else; house: longer than the upload of any one deliverable
_LOOK: Final = 0.5      # s
_SKEW: Final = 60.0     # s by which the clocks of two machines may differ


@contextmanager
def alone(url: str, seconds: float, wait: float = _WAIT) -> Iterator[None]:
    """Hold the lock at `url` for at most so long; FinishError("disk") where somebody else holds it all the while.

    Who was killed over it leaves it there: it is taken over once its own time is over, by one of those who wait.
    """
    mine = _taken(url, seconds, time.monotonic() + wait)
    try:
        yield
    finally:
        with suppress(FinishError):     # it ends by itself
            if objects.get(url) == mine:
                objects.remove(url)


def _taken(url: str, seconds: float, until: float) -> bytes:
    while True:
        who = f"{socket.gethostname()}, process {os.getpid()}"
        mine = json.dumps({"who": who, "until": time.time() + seconds, "token": uuid.uuid4().hex}).encode()
        if objects.put_new(url, mine) or _taken_over(url, mine):
            return mine
        if time.monotonic() > until:
            holder, _ = _said(objects.get(url))
            raise FinishError("disk", f"{url} is held by {holder}", "wait for the other run; where there is none, remove that object")
        time.sleep(_LOOK)


def _taken_over(url: str, mine: bytes) -> bool:
    """Whether the lock was left by somebody, and is ours now."""
    with suppress(FinishError):     # it went in this moment: tried again
        found = objects.head(url)
        _, until = _said(objects.get(url))
        return time.time() > until + _SKEW and objects.exchange(found, mine)
    return False


def _said(data: bytes | None) -> tuple[str, float]:
    """Who holds a lock, and until when (s, epoch); what is no lock of ours holds for ever."""
    try:
        said = json.loads(data or b"")
        return str(said["who"]), float(said["until"])
    except (ValueError, KeyError, TypeError):
        return "somebody", float("inf")
