"""The entries of a job's `timeline` and `over`, as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from finish.jobspec.drawn_entries import CardEntry, GapEntry, StillEntry
from finish.jobspec.segment_entry import SegmentEntry
from finish.jobspec.sources import ImageSequenceEntry
from finish.jobspec.timeline_values import Length, SoundEntry, Speeds, Time, speed_keys
from finish.model import ClipMaterial, EditTime, Material, Place, Settings, SoundEdges, SplitMaterial

SEGMENTS: Final = 500  # of one track; house limit: an hour of programme has about as many
# The stages that work on single clips, so a segment can have settings of its own for them.
SECTIONS: Final = ("conform", "pacing", "colour", "reframe", "clean")


Clip = str | ImageSequenceEntry


class Cell(Settings):
    """A clip of a split screen."""

    model_config = ConfigDict(populate_by_name=True)

    clip: Clip = Field(description="the file, such as media/walk.mp4")
    begin: Time | None = Field(None, alias="in", description="the first moment of the clip")
    end: Time | None = Field(
        None, alias="out", description="the moment before which the clip ends (exclusive)"
    )
    speed: Speeds = Field(
        1.0, description="times as fast, or a list of {at, by} between which it changes evenly"
    )

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.end is not None and (self.begin or EditTime()).is_before(self.end) is False:
            raise ValueError(
                f"out ({self.end}) must be after in ({self.begin or 0}), because it is exclusive"
            )
        return self

    def part(self, path: Path) -> ClipMaterial:
        """The part of the clip at `path`."""
        return ClipMaterial(path, self.begin, self.end, speed=speed_keys(self.speed))


class ClipEntry(Cell, SegmentEntry):
    """A part of a clip."""

    seconds: Length | None = Field(None, description="its length in the programme, instead of out")
    sound: SoundEntry | None = Field(None, description="how its sound differs from its picture")
    captions: str | None = Field(None, description="a file in the clip's own time; takes {clip} and {lang}")

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if self.end is not None and self.seconds is not None:
            raise ValueError("out and seconds are both stated — keep one")
        return self

    def material(self, paths: Sequence[Path]) -> Material:
        return replace(self.part(paths[0]), length=self.seconds)

    @property
    def edges(self) -> SoundEdges:
        return self.sound.value if self.sound else SoundEdges()


class SplitEntry(SegmentEntry):
    """Two to four clips at the same time, each in a cell of the frame."""

    split: Annotated[tuple[Cell, ...], Field(min_length=2, max_length=4)] = Field(
        description="the clips; the first one has the sound"
    )
    layout: Literal["columns", "rows", "grid"] = Field("columns", description="where the cells are")
    seconds: Length | None = Field(None, description="its length; by default that of the shortest clip")
    sound: SoundEntry | None = Field(None, description="how its sound differs from its picture")

    def material(self, paths: Sequence[Path]) -> Material:
        cells = tuple(cell.part(path) for cell, path in zip(self.split, paths, strict=True))
        return SplitMaterial(cells, self.layout, self.seconds)

    @property
    def edges(self) -> SoundEdges:
        return self.sound.value if self.sound else SoundEdges()


class SegmentMoment(Settings):
    """A moment in the programme that moves with a segment."""

    segment: str = Field(description="the name of a segment")
    offset: Time = Field(EditTime(), description="the time after its start")


class OverPlace(SegmentEntry):
    """Where and when an entry of `over` is."""

    at: Time | SegmentMoment = Field(description="the programme's time, or {segment, offset}")
    place: Literal[
        "full",
        "top-left",
        "top",
        "top-right",
        "left",
        "centre",
        "right",
        "bottom-left",
        "bottom",
        "bottom-right",
    ] = Field("full", description="the whole frame (B-roll), or a corner (picture-in-picture)")
    width: Annotated[float, Field(ge=0.05, le=1)] = Field(0.3, description="share of the frame's width")
    border: Annotated[float, Field(ge=0, le=0.1)] = Field(0.0, description="share of the frame's short side")
    radius: Annotated[float, Field(ge=0, le=0.5)] = Field(0.0, description="of its corners, such a share")
    shadow: bool = Field(True, description="whether it has a shadow")

    @model_validator(mode="after")
    def _in_a_corner(self) -> Self:
        stated = self.model_fields_set & {"width", "border", "radius", "shadow"}
        if self.place == "full" and stated:
            key = min(stated)
            raise ValueError(f"{key} needs a place — add place: bottom-right, or delete {key}")
        return self

    @property
    def over(self) -> Place | None:
        """Where and when it is."""
        at = self.at if isinstance(self.at, EditTime) else EditTime()
        after = (self.at.segment, self.at.offset) if isinstance(self.at, SegmentMoment) else None
        if self.place == "full":
            return Place(at, after, shadow=False)
        return Place(at, after, self.place, self.width, self.border, self.radius, self.shadow)


class OverClip(ClipEntry, OverPlace):
    """A clip over the timeline, silent unless its sound is stated."""

    @property
    def edges(self) -> SoundEdges:
        is_stated = self.sound is not None and self.sound.model_fields_set
        return super().edges if is_stated else SoundEdges(mute=True)


class OverStill(StillEntry, OverPlace):
    """A still picture over the timeline."""

    @property
    def edges(self) -> SoundEdges:
        return SoundEdges(mute=True)


TIMELINE: Final[dict[str, type[SegmentEntry]]] = {
    "clip": ClipEntry,
    "still": StillEntry,
    "card": CardEntry,
    "gap": GapEntry,
    "split": SplitEntry,
}
OVER: Final[dict[str, type[SegmentEntry]]] = {"clip": OverClip, "still": OverStill}
# The sections that an entry can have: a still is framed by its own move, cards and gaps are drawn.
SECTIONS_OF: Final = {"clip": SECTIONS, "split": SECTIONS, "still": ("colour",), "card": (), "gap": ()}
