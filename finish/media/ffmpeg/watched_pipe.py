"""The output pipe of a process, and how long its reader has waited."""

from __future__ import annotations

import io
import subprocess
import time
from typing import IO

from finish.errors import Interrupted


class WatchedPipe(io.RawIOBase):
    """A pipe that records since when its reader has waited."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe, self._head = pipe, b""
        self.waiting: float | None = None
        self.size = 0  # bytes that were read so far
        self.stalled = False  # the process was ended because it made no progress
        self.cpu = 0.0  # CPU-seconds of the process, once everything is read
        self.stopped: BaseException | None = None

    def readable(self) -> bool:
        return True

    def head(self, size: int) -> bytes:
        """The first bytes, without consuming them."""
        self._head = self.read(size)
        return self._head

    def read(self, size: int = -1, /) -> bytes:
        if self._head:
            data, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
            return data
        self.waiting = time.monotonic()
        try:
            data = self._pipe.read(size)
            self.size += len(data)
            return data
        except (Interrupted, KeyboardInterrupt) as error:
            # PyAV drops an error of its callback that isn't an Exception: `piped` raises it.
            self.stopped = error
            return b""
        finally:
            self.waiting = None

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """Read the rest, so that FFmpeg doesn't wait for a reader that stopped, and wait for its end; a
        process that makes no progress is ended."""
        self.waiting = time.monotonic()
        while self._pipe.read(1 << 20):
            pass
        process.wait()
