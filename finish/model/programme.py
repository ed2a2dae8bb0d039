"""The programme that stages pass on: one clip, or a sequence of several."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Self, TypeVar

from finish.graph import Stream
from finish.model.framing import Framing
from finish.model.marking import Marking
from finish.model.media import Source
from finish.model.notes import Note
from finish.model.programme_records import (
    Decision,
    ReservedArea,
    ReviewMarker,
    Sidecar,
    Stem,
    Values,
    WrittenOnce,
)
from finish.model.promises import Promise
from finish.model.questions import Analyser, Ask
from finish.units import Size, Span

if TYPE_CHECKING:
    from finish.model.clip_programme import ClipProgramme, PlacedClip
    from finish.model.graphics import Graphic

C = TypeVar("C")  # the facts of an answer


@dataclass(frozen=True, kw_only=True)
class Programme(ABC):
    """A programme between two stages: picture, sound, and the promises about them so far.

    - `frame` is the picture's present size, `rate` its frame rate (Hz), and `frames` its length on that grid.
    - Programme time starts at 0. Facts about the content (`content`) are on the content's clock: the clip's
      for a programme of one clip, else the programme's. `when` and `programme_span` convert from that clock,
      and `where` converts back.
    - `notes` are shown with the plan.
    - `locked` are the earlier decisions, by stage; `decisions` are those of this plan.
    - `framing` is how the content's picture fills the frame, once that is known.
    - `content_sound` is the sound on the content's clock; None if there is none.
    - `drafts` are files of the job that the plan would write.
    - `stems` are the parts of the sound with their roles: their sum is the sound before its loudness is set.
      Without any, all of it is dialogue.
    - `head` and `tail` are frames of the file before and after programme time, such as a slate or a clock.
    - `quiet` is True if only room tone is audible.
    - `graphics` are those without a place: the placement stage draws them.
    - `marking` is what is written into the file about its origin.
    - `together` are the sounds of the clips that the next stage's settings name (`Settings.together`), in
      order.
    """

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
    framing: Framing | None = None
    content_sound: Stream | None = None
    drafts: tuple[WrittenOnce, ...] = ()
    quiet: bool = False
    stems: tuple[Stem, ...] = ()
    head: int = 0
    tail: int = 0
    together: tuple[Stream, ...] = ()
    graphics: tuple[Graphic, ...] = ()
    marking: Marking | None = None

    @property
    @abstractmethod
    def parts(self) -> tuple[PlacedClip, ...]:
        """The clips that it shows, each at its place; the main track first."""

    @abstractmethod
    def content(self, analyser: Analyser[C], ask: Ask) -> C:
        """The answer to a question about the content, on the content's clock."""

    @property
    @abstractmethod
    def content_keys(self) -> tuple[str, ...]:
        """What facts about the content, and where they are on the frame, depend on."""

    @abstractmethod
    def with_changed_clips(self, change: Callable[[ClipProgramme], ClipProgramme]) -> Programme:
        """A copy in which every clip's sound, notes and decisions have changed."""

    def when(self, moment: Fraction) -> Fraction | None:
        """The programme time of a moment of the content; None if it is cut."""
        return moment

    def programme_span(self, span: Span) -> Span | None:
        """The programme time of a span of the content, without its cut parts; None if it is cut
        completely."""
        return span

    def where(self, time: Fraction) -> Fraction:
        """The moment of the content at a time of the programme."""
        return time

    @property
    def sources(self) -> tuple[Source, ...]:
        """The media files that it shows, each once."""
        return tuple({part.clip.source.digest: part.clip.source for part in self.parts}.values())

    @property
    @abstractmethod
    def title(self) -> str:
        """What it's of, for pages and messages: the name of the clip's file, or of the timeline."""

    @property
    def picture_start(self) -> Fraction:
        """When the first picture begins (s)."""
        return Fraction(0)

    @property
    def content_end(self) -> Fraction:
        """When the content ends (s): an end card can follow."""
        return self.content_length

    @property
    def content_rate(self) -> Fraction:
        """The frame rate of the content (Hz)."""
        return self.rate

    @property
    def content_length(self) -> Fraction:
        """The length of the content (s)."""
        return self.duration

    @property
    def content_size(self) -> Size:
        """The size of the content's picture (px)."""
        return self.frame

    @property
    def edges(self) -> tuple[Fraction, ...]:
        """The times (s) at which one clip ends and the next begins, without a transition."""
        return ()

    @property
    def closed(self) -> tuple[Span, ...]:
        """The spans that no piece begins inside of, such as transitions."""
        return ()

    @property
    def preroll(self) -> Fraction:
        """Seconds by which a graph begins early to show any moment correctly."""
        return Fraction(0)

    @property
    def file_frames(self) -> int:
        """The number of frames of the file."""
        return self.head + self.frames + self.tail

    @property
    def duration(self) -> Fraction:
        """Length in seconds, exact."""
        return self.frames / self.rate

    def decided(self, stage: str, of: str) -> Values | None:
        """The earlier decision about the same input; None if there is none, or it is about another input."""
        known = self.locked.get(stage, {})
        return known if known.get("of") == of else None

    def with_picture(self, picture: Stream) -> Self:
        """A copy with another picture of the same size, rate and length."""
        return replace(self, picture=picture)

    def with_sound(self, sound: Stream) -> Self:
        """A copy with another sound of the same length."""
        return replace(self, sound=sound)

    def add_promises(self, *promises: Promise[Any]) -> Self:
        """A copy that promises this too."""
        return replace(self, promises=(*self.promises, *promises))

    def add_notes(self, *notes: Note | str) -> Self:
        """A copy with these notes too. Plain text becomes a note of level `know` without a code."""
        return replace(self, notes=(*self.notes, *map(Note.read, notes)))

    def add_decisions(self, *decisions: Decision) -> Self:
        """A copy that records these decisions too."""
        return replace(self, decisions=(*self.decisions, *decisions))

    def add_files(self, *files: Sidecar) -> Self:
        """A copy with these files beside the picture too."""
        return replace(self, files=(*self.files, *files))

    def add_drafts(self, *drafts: WrittenOnce) -> Self:
        """A copy that would write these files of the job too."""
        return replace(self, drafts=(*self.drafts, *drafts))

    def add_marks(self, *marks: ReviewMarker) -> Self:
        """A copy with these moments to review too."""
        return replace(self, marks=(*self.marks, *marks))

    def add_graphics(self, *graphics: Graphic) -> Self:
        """A copy with these graphics to place too."""
        return replace(self, graphics=(*self.graphics, *graphics))

    def reserve(self, *areas: ReservedArea) -> Self:
        """A copy in which later stages keep clear of these areas too."""
        return replace(self, taken=(*self.taken, *areas))
