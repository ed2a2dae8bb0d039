"""What is told while work goes on, and how it ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from finish.errors import FinishError
from finish.model import CheckResult, Note, RefusedDeliverable, Source
from finish.planning.render_plan import PieceTask, Rendering


@dataclass(frozen=True)
class Event:
    """Something to tell while work goes on: `what` is "clip", "plan", "render", "check", "done", "broken" or "failed".

    `name` is the deliverable (or "" for all), `done` the share of the step that is finished, if known, `clip` what it is about.
    """

    what: str
    name: str = ""
    message: str = ""
    done: float | None = None
    clip: Path | None = None


Tell = Callable[[Event], None]


@dataclass(frozen=True)
class Outcome:
    """How one deliverable ended: its file when it was published, and those `beside` it, every verdict, or the error that stopped it."""

    name: str
    path: Path | None
    verdicts: tuple[CheckResult, ...] = ()
    notes: tuple[Note, ...] = ()
    error: FinishError | None = None
    digest: str = ""
    source: Source | None = field(default=None, repr=False)
    beside: tuple[Path, ...] = ()

    @property
    def broken(self) -> tuple[CheckResult, ...]:
        return tuple(each for each in self.verdicts if not each.kept)

    @property
    def exit_code(self) -> int:
        return self.error.exit_code if self.error else 1 if self.broken else 0


@dataclass(frozen=True)
class Invalidation:
    """What is not taken on trust: the stages whose decisions are made anew, and with `verify` what was read of files before."""

    stages: tuple[str, ...] = ()
    verify: bool = False


TRUSTING: Final = Invalidation()


@dataclass(frozen=True)
class Plan:
    """What would be made of a clip, and what cannot be."""

    renderings: tuple[Rendering, ...]
    refused: tuple[RefusedDeliverable, ...] = ()


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
