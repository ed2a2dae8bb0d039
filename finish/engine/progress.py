"""How much of a clip is rendered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from finish.deliver.outcome import Event, Tell
from finish.planning.piece_tasks import PieceTask


class Progress:
    """How much of `frames` (encoded, over all deliverables) is rendered, told as it grows; several threads may add to it."""

    def __init__(self, tell: Tell, frames: int, clip: Path | None = None) -> None:
        self._tell, self._frames, self._clip = tell, max(1, frames), clip
        self._begun, self._lock = time.monotonic(), threading.Lock()
        self._done: dict[int, int] = {}

    def of(self, task: PieceTask) -> Callable[[int], None]:
        """What tells how many frames of a task's pictures are done."""
        return lambda done: self._add(id(task), done)

    def _add(self, number: int, frames: int) -> None:
        with self._lock:
            self._done[number] = frames
            done = sum(self._done.values())
        speed = f"{done / max(0.01, time.monotonic() - self._begun):.0f} frames/s"
        self._tell(Event("render", message=speed, done=min(1.0, done / self._frames), clip=self._clip))
