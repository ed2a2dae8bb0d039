"""The edit of a programme: the entries of a job's `timeline:` and `over:`, as the job states them.

Nothing here is placed in time yet: times can be frames of a rate that is known only when the clips are read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal

from finish.errors import SpecError
from finish.model.spec_documents import Document
from finish.model.values import Settings
from finish.units import first_frame, seconds

Align = Literal["centre", "start", "end"]
TransitionKind = Literal["dissolve", "dip", "wipe", "slide", "whip", "zoom"]
Direction = Literal["left", "right", "up", "down"]
_FRAMES: Final = re.compile(r"^(\d{1,9})f$")
_TIMECODE: Final = re.compile(r"^(\d{1,2}):([0-5]\d):([0-5]\d):(\d{2,3})$")
_FORMS: Final = "write seconds (1.5), minutes:seconds (0:01.5), frames (8f), or a timecode (00:00:01:12)"
_DAY: Final = 86_400  # s: as long as a clock of timecode runs


@dataclass(frozen=True)
class EditTime:
    """A moment or a length as an editor writes it: seconds, and frames of a rate that isn't known yet.

    A timecode counts whole frames per second: the rate, rounded up (SMPTE ST 12-1, non-drop).
    """

    seconds: Fraction = Fraction(0)
    frames: int = 0
    timecode: tuple[int, int] | None = None  # whole seconds on the timecode's clock, and frames

    @classmethod
    def parse(cls, text: str | float) -> EditTime:
        """`1.5`, `0:01.5`, `8f`, or the timecode `00:00:01:12`; ValueError otherwise."""
        stated = str(text).strip()
        if match := _FRAMES.match(stated):
            return cls(frames=int(match[1]))
        if match := _TIMECODE.match(stated):
            hours, minutes, whole, frames = (int(part) for part in match.groups())
            return cls(timecode=(3600 * hours + 60 * minutes + whole, frames))
        try:
            time = seconds(stated)
        except ValueError as error:
            raise ValueError(f"{stated[:40]!r} isn't a time — {_FORMS}") from error
        if time > _DAY:
            raise ValueError(f"{stated[:40]!r} is longer than a day — {_FORMS}")
        return cls(seconds=time)

    def __str__(self) -> str:
        """The time as a job states it."""
        if self.timecode is not None:
            whole, frames = self.timecode
            return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}:{frames:02d}"
        return f"{self.frames}f" if self.frames else f"{float(self.seconds):g}"

    def is_before(self, other: EditTime) -> bool | None:
        """Whether `other` is later at every rate; None if that depends on the rate."""
        if self.timecode is not None and other.timecode is not None:
            return self.timecode < other.timecode
        if self.timecode is None and other.timecode is None:
            if not self.frames and not other.frames:
                return self.seconds < other.seconds
            if not self.seconds and not other.seconds:
                return self.frames < other.frames
        return None

    def count(self, rate: Fraction) -> int:
        """The number of frames at `rate` (Hz): seconds are rounded to the nearest frame, halves
        up.

        SpecError for a timecode whose frames the rate doesn't have.
        """
        if self.timecode is not None:
            base, (whole, frames) = -(-rate // 1), self.timecode
            if frames >= base:
                message = f"frame {frames} of the timecode {self} doesn't exist at {float(rate):g} fps"
                raise SpecError(message, f"use a frame from 0 to {base - 1}")
            return int(whole * base + frames)
        return self.frames + first_frame(self.seconds, rate)

    def on(self, rate: Fraction) -> Fraction:
        """The time in seconds, on a frame of `rate` (Hz)."""
        return self.count(rate) / rate


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

    lead: EditTime = EditTime()
    lag: EditTime = EditTime()
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
    """A drawn card with text."""

    template: str
    length: EditTime
    title: str = ""
    subtitle: str = ""
    background: str = "#101014"


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

    at: EditTime = EditTime()
    after: tuple[str, EditTime] | None = (
        None  # `at: {segment, offset}`: the start of a segment, plus an offset
    )
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

        A segment that is first only now has no transition. What is placed by a segment goes with it.
        """
        kept = [segment for segment in self.segments if segment.name in names]
        if kept and kept[0] is not self.segments[0]:
            kept[0] = replace(kept[0], transition=None)
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
