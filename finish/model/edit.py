"""The edit of a programme: the entries of a job's `timeline:` and `over:`, as the job states them.

Nothing here is placed in time yet: times can be frames of a rate that is known only when the clips are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

from finish.model.edit_time import NO_TIME, EditTime
from finish.model.spec_documents import Document
from finish.model.values import Settings

Align = Literal["centre", "start", "end"]
TransitionKind = Literal["dissolve", "dip", "wipe", "slide", "whip", "zoom"]
Direction = Literal["left", "right", "up", "down"]


@dataclass(frozen=True)
class EditTransition:
    """The transition from the segment before; the length of the programme doesn't change by it.

    `light`: whether a dissolve mixes code values, as editors do, or linear light. `direction` is where a
    wipe, a slide or a whip moves to. `colour` (#RRGGBB) is that of a dip. `short`: what happens if a clip has
    too few frames beyond its range: an error, or its last picture is held.
    """

    kind: TransitionKind
    length: EditTime
    align: Align = "centre"
    light: Literal["code", "linear"] = "code"
    direction: Direction = "left"
    colour: str = "#000000"
    short: Literal["refuse", "hold"] = "refuse"


@dataclass(frozen=True)
class SoundEdges:
    """How a segment's sound differs from its picture: it begins `lead` earlier (J cut) and ends `lag` later
    (L cut); `gain` in dB."""

    lead: EditTime = NO_TIME
    lag: EditTime = NO_TIME
    gain: float = 0.0
    mute: bool = False


@dataclass(frozen=True)
class SpeedKey:
    """From `at` (the clip's time) on, the clip plays `by` times as fast; between two keys, the speed changes
    evenly."""

    at: EditTime
    by: Fraction


@dataclass(frozen=True)
class ClipMaterial:
    """A part of a clip: from `begin` until before `end` of the clip's time (None: its start or its end)."""

    path: Path
    begin: EditTime | None = None
    end: EditTime | None = None
    length: EditTime | None = None  # of the programme, instead of `end`
    speed: tuple[SpeedKey, ...] = ()  # () is the clip's own speed; one key is a constant speed
    captions: Document | None = None


@dataclass(frozen=True)
class StillMaterial:
    """A still picture, with a move: `box` and `until` are what is shown at its start and at its end, as
    shares of the picture (left, top, right, bottom)."""

    picture: Document
    length: EditTime
    move: Literal["none", "push", "pull", "pan"] = "none"
    box: tuple[float, float, float, float] | None = None
    until: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class CardMaterial:
    """A drawn card with text: still and plain, or animated by a title template (`design`)."""

    template: str
    length: EditTime
    title: str = ""
    subtitle: str = ""
    background: str = "#101014"
    kicker: str = ""
    accent: str = "#FFB000"
    design: Document | None = None


@dataclass(frozen=True)
class GapMaterial:
    """A plain colour (#RRGGBB), silent."""

    length: EditTime
    colour: str = "#000000"


@dataclass(frozen=True)
class SplitMaterial:
    """Two to four clips at the same time, each in a cell of the frame; the first one has the sound.

    Without a `length`, the split ends with the shortest of its clips.
    """

    clips: tuple[ClipMaterial, ...]
    layout: Literal["columns", "rows", "grid"] = "columns"
    length: EditTime | None = None


Material = ClipMaterial | StillMaterial | CardMaterial | GapMaterial | SplitMaterial


@dataclass(frozen=True)
class Place:
    """Where on the frame and when a segment of the track `over` is: `at` (programme time), and a corner with
    a width as a share of the frame's, or the whole frame (B-roll)."""

    at: EditTime = NO_TIME
    after: tuple[str, EditTime] | None = None  # `at: {segment, offset}`: from a segment's start on
    corner: str = ""  # "" is the whole frame; else such as "bottom-right"
    width: float = 1.0
    border: float = 0.0  # share of the frame's short side
    radius: float = 0.0  # share of the frame's short side
    shadow: bool = True


@dataclass(frozen=True)
class EditSegment:
    """One entry of a timeline: its name and number (from 1), its `where` (file:line), and the settings of the
    stages for its clip."""

    name: str
    number: int
    material: Material
    where: str = ""
    transition: EditTransition | None = None
    sound: SoundEdges = SoundEdges()
    place: Place | None = None  # of an entry of `over`
    settings: Mapping[str, Settings] = field(default_factory=dict, repr=False)

    @property
    def label(self) -> str:
        """The segment as messages name it."""
        return segment_label(self.name, self.number, over=self.place is not None)

    @property
    def captions(self) -> Document | None:
        """The captions of its clip, if it has some."""
        return self.material.captions if isinstance(self.material, ClipMaterial) else None

    @property
    def begins_with(self) -> str | None:
        """The segment of the main track by which this one is placed, if there is one."""
        return self.place.after[0] if self.place and self.place.after else None


@dataclass(frozen=True)
class Edit:
    """A programme's segments in order, and those of the track over them."""

    name: str
    segments: tuple[EditSegment, ...]
    over: tuple[EditSegment, ...] = ()

    def only(self, names: tuple[str, ...]) -> Edit:
        """The edit with only the named segments, in its own order.

        A segment that is first only now has no transition and no lead, and one that is last only now no lag.
        What is placed by a segment goes with it.
        """
        kept = [segment for segment in self.segments if segment.name in names]
        if kept and kept[0] is not self.segments[0]:
            kept[0] = replace(kept[0], transition=None, sound=replace(kept[0].sound, lead=NO_TIME))
        if kept and kept[-1].name != self.segments[-1].name:
            kept[-1] = replace(kept[-1], sound=replace(kept[-1].sound, lag=NO_TIME))
        over = tuple(one for one in self.over if one.begins_with is None or one.begins_with in names)
        return replace(self, segments=tuple(kept), over=over)

    def segment_of(self, clip: Path) -> EditSegment | None:
        """The first segment that shows a clip."""
        segments = (*self.segments, *self.over)
        shows = (one for one in segments if clip in [part.path for part in clips_of(one.material)])
        return next(shows, None)

    @property
    def clips(self) -> tuple[Path, ...]:
        """The files of all clips, each once, in order of first use."""
        segments = (*self.segments, *self.over)
        paths = (clip.path for segment in segments for clip in clips_of(segment.material))
        return tuple(dict.fromkeys(paths))

    @property
    def documents(self) -> tuple[Document, ...]:
        """The stills, and the captions of clips, in the order of the segments."""
        return tuple(
            document
            for segment in (*self.segments, *self.over)
            for document in documents_of(segment.material)
        )

    @property
    def settings(self) -> tuple[Settings, ...]:
        """The settings of all segments, each once."""
        segments = (*self.segments, *self.over)
        sections = (section for segment in segments for section in segment.settings.values())
        return tuple({id(section): section for section in sections}.values())


def segment_label(name: str, number: int, *, over: bool = False) -> str:
    """A segment as messages name it."""
    return f"{'over' if over else 'segment'} {number} ({name})"


def documents_of(material: Material) -> tuple[Document, ...]:
    """The small files that a material reads whole."""
    if isinstance(material, StillMaterial):
        return (material.picture,)
    return tuple(clip.captions for clip in clips_of(material) if clip.captions)


def clips_of(material: Material) -> tuple[ClipMaterial, ...]:
    """The clips that a material shows."""
    if isinstance(material, SplitMaterial):
        return material.clips
    return (material,) if isinstance(material, ClipMaterial) else ()
