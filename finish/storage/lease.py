"""A lock in object storage: an object that only one process can create, renewed while held."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from finish.errors import DiskError, FinishError, Interrupted
from finish.storage import object_storage

LEASE: Final = 60.0  # s from a renewal to expiry; house: a crash delays the next run by this, and …
_SKEW: Final = 60.0  # … by the s that the clocks of two machines may differ
_WAIT: Final = 900.0  # s to wait for another process; house
_POLL: Final = 0.5  # s


@contextmanager
def alone(url: str, cancel: threading.Event, wait: float = _WAIT) -> Iterator[None]:
    """Hold the lock at `url`; DiskError if another holds it for `wait` (s), Interrupted once `cancel` is set.

    A killed process leaves its lock; a waiting process takes it over once it has expired.
    """
    token = uuid.uuid4().hex
    _take(url, token, cancel, time.monotonic() + wait)
    over = threading.Event()
    renewing = threading.Thread(target=_renew, args=(url, token, over), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        over.set()
        renewing.join()
        with suppress(FinishError):  # the lock expires by itself
            if _lock_state(object_storage.get(url))[2] == token:
                object_storage.remove(url)


def _take(url: str, token: str, cancel: threading.Event, until: float) -> None:
    while True:
        # The lock may be ours although the answer to its creation was lost.
        if (
            object_storage.put_new(url, _content(token))
            or _lock_state(object_storage.get(url))[2] == token
            or _taken_over(url, token)
        ):
            return
        if time.monotonic() > until:
            holder, *_ = _lock_state(object_storage.get(url))
            raise DiskError(
                f"{url} is locked by {holder}", "wait for the other run; if there is none, delete that object"
            )
        if cancel.wait(_POLL):
            raise Interrupted()


def _renew(url: str, token: str, over: threading.Event) -> None:
    while not over.wait(LEASE / 4):
        with suppress(FinishError):  # tried again later; a process that took it over keeps it
            held = object_storage.head(url)
            if _lock_state(object_storage.get(url))[2] == token:
                object_storage.exchange(held, _content(token))


def _taken_over(url: str, token: str) -> bool:
    """Whether an expired lock was taken over."""
    with suppress(FinishError):  # deleted at this moment: tried again
        expired = object_storage.head(url)
        _, until, _ = _lock_state(object_storage.get(url))
        return time.time() > until + _SKEW and object_storage.exchange(expired, _content(token))
    return False


def _content(token: str) -> bytes:
    who = f"{socket.gethostname()}, process {os.getpid()}"
    return json.dumps({"who": who, "until": time.time() + LEASE, "token": token}).encode()


def _lock_state(data: bytes | None) -> tuple[str, float, str]:
    """Holder, expiry (s, epoch) and token of a lock; an object that isn't such a lock never expires."""
    with suppress(ValueError, KeyError, TypeError, RecursionError):
        note = json.loads(data or b"")
        return str(note["who"]), float(note["until"]), str(note["token"])
    return "an unknown process", float("inf"), ""
