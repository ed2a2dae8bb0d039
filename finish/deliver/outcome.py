"""What is told while work goes on, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from finish.errors import FinishError
from finish.model import CheckResult, Note, Source

# A clip begins; it is read and planned; its picture is rendered; a file is checked; a deliverable is published, or it isn't because a
# promise broke, or because of an error.
EventKind = Literal["clip", "plan", "render", "check", "done", "broken", "failed"]


@dataclass(frozen=True)
class Event:
    """What `on_event` is called with while a job runs.

    `name` is the deliverable ("" for all), `message` a text for people, `done` the share of the step that is finished (0 to 1), if
    known, `clip` the clip that it is about.
    """

    what: EventKind
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
