"""What is told while work goes on, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from finish.errors import FinishError
from finish.model import CheckResult, Note, Source


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
