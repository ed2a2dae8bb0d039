"""Events while a job runs, and the outcome of each deliverable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from finish.errors import FinishError
from finish.model import CheckResult, Footage, Note, Source

# A clip begins; it is read and planned; its picture is rendered; a file is checked; a deliverable is
# published, or isn't because of a broken promise or an error.
EventKind = Literal["clip", "plan", "render", "check", "done", "broken", "failed"]


@dataclass(frozen=True)
class Event:
    """The argument of `on_event` while a job runs.

    `name` is the deliverable ("" for all), `message` a text for people, `done` the share of the step that is
    finished (0 to 1) if known, `footage` the clip or timeline.
    """

    what: EventKind
    name: str = ""
    message: str = ""
    done: float | None = None
    footage: Footage | None = None

    @property
    def clip(self) -> Path | None:
        """The clip, or the first one of the timeline."""
        return self.footage.first if self.footage else None


Tell = Callable[[Event], None]


@dataclass(frozen=True)
class Outcome:
    """How one deliverable ended.

    `path` is the published file and `beside` its sidecars; without them, `results` or `error` says why.
    """

    name: str
    path: Path | None
    results: tuple[CheckResult, ...] = ()
    notes: tuple[Note, ...] = ()
    error: FinishError | None = None
    digest: str = ""
    source: Source | None = field(default=None, repr=False)
    beside: tuple[Path, ...] = ()

    def __repr__(self) -> str:
        if self.error:
            return f"<Outcome {self.name}: {type(self.error).__name__}>"
        return f"<Outcome {self.name}: {self.path or 'not published'}, {kept_text(self.results)}>"

    @property
    def broken(self) -> tuple[CheckResult, ...]:
        """The results of broken promises."""
        return tuple(result for result in self.results if not result.kept)

    @property
    def exit_code(self) -> int:
        """The exit code: 0 all promises kept, 1 a promise broken, or the error's."""
        return self.error.exit_code if self.error else 1 if self.broken else 0


def kept_text(results: Sequence[CheckResult]) -> str:
    """`20 of 20 promises kept`."""
    return f"{sum(result.kept for result in results)} of {len(results)} promises kept"
