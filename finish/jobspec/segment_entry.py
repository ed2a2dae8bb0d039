"""What every entry of a job's `timeline` and `over` can have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import ConfigDict, Field

from finish.jobspec.timeline_values import Name, TransitionEntry
from finish.model import EditTransition, Material, Place, Settings, SoundEdges, TransitionKind


class SegmentEntry(Settings):
    """What every entry of a timeline can have."""

    model_config = ConfigDict(populate_by_name=True)

    name: Name | None = Field(None, description="for only, notes, and at; by default from the file's name")
    transition: TransitionEntry | TransitionKind | None = Field(
        None, title="transition", description="from the segment before; one word has a usual length"
    )

    @property
    def joint(self) -> EditTransition | None:
        """The transition from the segment before, with its length."""
        stated = self.transition
        if isinstance(stated, str):
            stated = TransitionEntry.model_validate(TransitionEntry.shorthand(stated))
        return stated.value if stated else None

    def material(self, paths: Sequence[Path]) -> Material:
        """What the segment shows; `paths` are the files of its clips."""
        raise NotImplementedError

    @property
    def edges(self) -> SoundEdges:
        """How its sound differs from its picture."""
        return SoundEdges()

    @property
    def over(self) -> Place | None:
        """Where and when it is over the timeline; None on the main track."""
        return None
