"""The progress of rendering a clip."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from finish.deliver.outcome import Event, Tell
from finish.graph import Stream
from finish.model import Footage
from finish.planning.piece_tasks import PieceTask


class Progress:
    """Reports how many of `frames` (encoded, for all deliverables) are rendered. Thread-safe."""

    def __init__(self, tell: Tell, frames: int, footage: Footage | None = None) -> None:
        self._tell, self._frames, self._footage = tell, max(1, frames), footage
        self._begun, self._lock = time.monotonic(), threading.Lock()
        self._done: dict[int, int] = {}

    def of(self, work: PieceTask | Stream) -> Callable[[int], None]:
        """A function to call with the number of frames of a task, or of a derived source, that are rendered.

        The caller keeps `work` until it is done.
        """
        return lambda done: self._add(id(work), done)

    def _add(self, number: int, frames: int) -> None:
        with self._lock:
            self._done[number] = frames
            done = sum(self._done.values())
        speed = f"{done / max(0.01, time.monotonic() - self._begun):.0f} frames/s"
        self._tell(Event("render", message=speed, done=min(1.0, done / self._frames), footage=self._footage))
