"""The entries of a job's `timeline` and `over`, as people write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from finish.jobspec.sources import ImageSequenceEntry
from finish.jobspec.spec_tree import quoted
from finish.jobspec.timeline_values import (
    TIME_SCHEMA,
    Box,
    Colour,
    Length,
    Name,
    SoundEntry,
    Speeds,
    StillFile,
    Time,
    TransitionEntry,
    as_time,
    more_than_none,
    speed_keys,
)
from finish.model import (
    CardMaterial,
    ClipMaterial,
    EditTime,
    EditTransition,
    GapMaterial,
    Material,
    Place,
    Settings,
    SoundEdges,
    SplitMaterial,
    StillMaterial,
    TransitionKind,
)
from finish.model.drawn_text import DRAWN
from finish.model.values import BY_CLASS

SEGMENTS: Final = 500  # of one track; house limit: an hour of programme has about as many
# The stages that work on single clips, so a segment can have settings of its own for them.
SECTIONS: Final = ("conform", "pacing", "colour", "reframe", "clean")
_COLOUR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_GAPS: Final = {"black": "#000000", "white": "#ffffff"}


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


class StillEntry(SegmentEntry):
    """A still picture, with a move."""

    still: StillFile = Field(description="the picture: .png or .jpg")
    seconds: Length = Field(description="its length")
    move: Literal["none", "push", "pull", "pan"] = Field("none", description="a slow move of the camera")
    begin: Box | None = Field(
        None, alias="from", description="what is shown first, as shares: [left, top, right, bottom]"
    )
    end: Box | None = Field(None, alias="to", description="what is shown last, as shares")

    @model_validator(mode="after")
    def _one_move(self) -> Self:
        for key, box in (("from", self.begin), ("to", self.end)):
            if box and (box[0] >= box[2] or box[1] >= box[3]):
                raise ValueError(f"{key} is empty — write [left, top, right, bottom]")
        if (self.begin or self.end) and self.move != "none":
            raise ValueError(f"move: {self.move} and from or to are both stated — keep one")
        return self

    def material(self, paths: Sequence[Path]) -> Material:  # noqa: ARG002 (of clips)
        return StillMaterial(self.still, self.seconds, self.move, self.begin, self.end)


class CardEntry(SegmentEntry):
    """A drawn card with text."""

    card: Literal["title", "chapter", "end"] = Field(title="template", description="the template")
    seconds: Length = Field(description="its length")
    title: Annotated[str, DRAWN, Field(max_length=200)] = Field("", description="its large text")
    subtitle: Annotated[str, DRAWN, Field(max_length=200)] = Field("", description="its small text")
    background: Colour = Field("#101014", description="its colour")

    def material(self, paths: Sequence[Path]) -> Material:  # noqa: ARG002 (of clips)
        return CardMaterial(self.card, self.seconds, self.title, self.subtitle, self.background)


def _gap(value: Any) -> Any:
    """The length of a gap, or its colour as #RRGGBB."""
    if not isinstance(value, str) or value[:1].isdecimal():
        return more_than_none(as_time(value))
    colour = _GAPS.get(value, value)
    if not _COLOUR.fullmatch(colour):
        raise ValueError(f'{quoted(value)} isn\'t a colour — write black, white, or "#101010"')
    return colour


class GapEntry(SegmentEntry):
    """A plain colour, silent."""

    gap: Annotated[
        EditTime | str, BY_CLASS, BeforeValidator(_gap), PlainSerializer(str, return_type=str), TIME_SCHEMA
    ] = Field(description='its length; or its colour (black, white or "#101010"), and its length as seconds')
    seconds: Length | None = Field(None, description="the length of a gap with a colour")

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if isinstance(self.gap, str) and self.seconds is None:
            raise ValueError("the length is missing — add seconds")
        if isinstance(self.gap, EditTime) and self.seconds is not None:
            raise ValueError("the length is stated twice — write {gap: black, seconds: 1}, or {gap: 1}")
        return self

    def material(self, paths: Sequence[Path]) -> Material:  # noqa: ARG002 (of clips)
        if isinstance(self.gap, EditTime):
            return GapMaterial(self.gap)
        assert self.seconds is not None
        return GapMaterial(self.seconds, self.gap)


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
