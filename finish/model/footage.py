"""What a deliverable is of: one clip, or a timeline of several."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Footage:
    """The clips of a deliverable. `first` is its clip, or the first one of the named `timeline`; `clips` are
    all that it shows."""

    first: Path
    timeline: str = ""
    clips: tuple[Path, ...] = field(default=(), compare=False)

    @property
    def title(self) -> str:
        """The name of the clip's file, or of the timeline."""
        return self.timeline or self.first.name

    def __str__(self) -> str:
        """The title; for a timeline, with the number of its clips."""
        count = len(self.clips)
        return f"{self.title}: {count} clip{'s' * (count != 1)}" if self.timeline else self.title
