"""The programme that stages pass on, and the protocol of a stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from finish.graph import Kind, Stream, Timeline
from finish.model.delivery import Delivery
from finish.model.framing import Framing
from finish.model.media import Source
from finish.model.notes import Note
from finish.model.promises import Promise
from finish.model.questions import Analyser, Ask
from finish.model.values import Settings
from finish.units import Box, Size, Span


@dataclass(frozen=True)
class Sidecar:
    """A file beside the delivered one: the end of its name, such as ".en.srt", and its content."""

    suffix: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class WrittenOnce:
    """A file of the job that a stage writes once, for people to read and edit; it never replaces an existing
    file."""

    path: Path
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class ReviewMarker:
    """A moment to review before delivery: the middle of a cue, a shot or an overlay; `time` in programme
    seconds."""

    time: Fraction
    label: str


@dataclass(frozen=True)
class ReservedArea:
    """An area of the delivered frame that a graphic covers during `span` (programme seconds): text keeps
    clear of it."""

    box: Box
    span: Span


Values = Mapping[str, Any]


@dataclass(frozen=True)
class Decision:
    """A stage's decision from an analysis: plain values that people can read and edit, and the digest `of`
    its input.

    A later plan follows it while the input is the same, even with a newer analyser (`Programme.decided`).
    """

    stage: str
    of: str
    values: Values


@dataclass(frozen=True)
class Programme:
    """A clip between two stages: picture, sound, and the promises about them so far.

    - `conformed` is the source turned upright in square pixels, in source time. Questions about content are
      about it.
    - `frame` is the picture's present size, `rate` its frame rate (Hz), and `frames` its length on that grid.
    - `timeline` is the part of the clip that is kept; None for all. Programme time starts at 0. `when` and
      `programme_span` convert times of the clip, and `where` converts back.
    - `notes` are shown with the plan.
    - `locked` are the earlier decisions, by stage; `decisions` are those of this plan.
    - `framing` is how the conformed picture fills the frame, once that is known.
    - `clip_sound` is the clip's sound in its own time; None if it has none.
    - `drafts` are files of the job that the plan would write.
    - `quiet` is True if only room tone is audible.
    - `still` is the moment of the clip (s) from which its last frame is repeated, because its sound is
      longer; None if it isn't.
    - `together` are the sounds of the clips that the next stage's settings name (`Settings.together`), in
      order.
    """

    source: Source
    conformed: Stream
    picture: Stream
    sound: Stream
    frame: Size
    rate: Fraction
    frames: int
    promises: tuple[Promise[Any], ...] = ()
    files: tuple[Sidecar, ...] = ()
    notes: tuple[Note, ...] = ()
    marks: tuple[ReviewMarker, ...] = ()
    taken: tuple[ReservedArea, ...] = ()
    locked: Mapping[str, Values] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    timeline: Timeline | None = None
    framing: Framing | None = None
    clip_sound: Stream | None = None
    drafts: tuple[WrittenOnce, ...] = ()
    quiet: bool = False
    together: tuple[Stream, ...] = ()
    still: Fraction | None = None

    def when(self, moment: Fraction) -> Fraction | None:
        """The programme time of a moment of the clip; None if it is cut."""
        return self.timeline.when(moment) if self.timeline else moment

    def programme_span(self, span: Span) -> Span | None:
        """The programme time of a span of the clip, without its cut parts; None if it is cut completely."""
        return self.timeline.programme_span(span) if self.timeline else span

    def where(self, time: Fraction) -> Fraction:
        """The moment of the clip at a time of the programme."""
        return self.timeline.where(time) if self.timeline else time

    @property
    def duration(self) -> Fraction:
        """Length in seconds, exact."""
        return self.frames / self.rate

    @property
    def preroll(self) -> Fraction:
        """Seconds by which a graph begins early to show any moment correctly: rate conversions look back by
        one source frame, which may be long.

        0 if the source's frames lie exactly on the programme's grid and no frame combines several: a part
        that begins with a keyframe is then decoded from it, and not from the keyframe before.
        """
        video = self.source.video
        if video is None:
            return 2 / self.rate
        even = video.gap == 1 / video.rate and video.end - video.start == video.frames / video.rate
        on_grid = even and video.rate == self.rate and not video.interlaced
        return Fraction(0) if on_grid else 2 * video.gap + 2 / self.rate

    def decided(self, stage: str, of: str) -> Values | None:
        """The earlier decision about the same input; None if there is none, or it is about another input."""
        known = self.locked.get(stage, {})
        return known if known.get("of") == of else None

    def with_picture(self, picture: Stream) -> Programme:
        """A copy with another picture of the same size, rate and length."""
        return replace(self, picture=picture)

    def with_sound(self, sound: Stream) -> Programme:
        """A copy with another sound of the same length."""
        return replace(self, sound=sound)

    def add_promises(self, *promises: Promise[Any]) -> Programme:
        """A copy that promises this too."""
        return replace(self, promises=(*self.promises, *promises))

    def add_notes(self, *notes: Note | str) -> Programme:
        """A copy with these notes too. Plain text becomes a note of level `know` without a code."""
        return replace(self, notes=(*self.notes, *map(Note.read, notes)))

    def add_decisions(self, *decisions: Decision) -> Programme:
        """A copy that records these decisions too."""
        return replace(self, decisions=(*self.decisions, *decisions))

    def add_files(self, *files: Sidecar) -> Programme:
        """A copy with these files beside the picture too."""
        return replace(self, files=(*self.files, *files))

    def add_drafts(self, *drafts: WrittenOnce) -> Programme:
        """A copy that would write these files of the job too."""
        return replace(self, drafts=(*self.drafts, *drafts))

    def add_marks(self, *marks: ReviewMarker) -> Programme:
        """A copy with these moments to review too."""
        return replace(self, marks=(*self.marks, *marks))

    def reserve(self, *areas: ReservedArea) -> Programme:
        """A copy in which later stages keep clear of these areas too."""
        return replace(self, taken=(*self.taken, *areas))


class Stage(Protocol):
    """One stage of finishing: a module with these names. To add one: the module, and its line in
    `stages/stage_order`.

    `touches` is "video", "audio", or both: a still is planned without the stages of sound.
    """

    @property
    def touches(self) -> tuple[Kind, ...]: ...

    @property
    def name(self) -> str: ...
    @property
    def Settings(self) -> type[Settings]: ...
    def questions(self, settings: Any, /) -> tuple[Analyser[Any], ...]:
        """The questions about the conformed source: those of all stages are answered in one decode."""
        ...

    def plan(self, settings: Any, programme: Programme, delivery: Delivery, ask: Ask, /) -> Programme: ...
