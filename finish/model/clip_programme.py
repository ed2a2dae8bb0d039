"""A programme of one clip, and where a clip is in a programme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from finish.errors import SpecError
from finish.graph import Stream, Timeline
from finish.model.media import Source
from finish.model.programme import C, Programme
from finish.model.questions import Analyser, Ask, Measure
from finish.model.spec_documents import Document
from finish.model.stored_text import stored_text
from finish.units import Size, Span


@dataclass(frozen=True, kw_only=True)
class ClipProgramme(Programme):
    """A programme of one clip.

    - `conformed` is the source turned upright in square pixels, in source time. Questions about content are
      about it.
    - `timeline` is the part of the clip that is kept; None for all.
    - `still` is the moment of the clip (s) from which its last frame is repeated, because its sound is
      longer; None if it isn't.
    """

    source: Source
    conformed: Stream
    timeline: Timeline | None = None
    still: Fraction | None = None

    @property
    def parts(self) -> tuple[PlacedClip, ...]:
        return (PlacedClip("", self, Fraction(0), (Span(Fraction(0), self.duration),)),)

    def content(self, analyser: Analyser[C], ask: Ask) -> C:
        return ask(Measure(analyser, self.conformed))

    @property
    def content_keys(self) -> tuple[str, ...]:
        return (self.source.digest, stored_text(self.timeline), stored_text(self.framing))

    def with_changed_clips(self, change: Callable[[ClipProgramme], ClipProgramme]) -> ClipProgramme:
        return change(self)

    def when(self, moment: Fraction) -> Fraction | None:
        return self.timeline.when(moment) if self.timeline else moment

    def programme_span(self, span: Span) -> Span | None:
        return self.timeline.programme_span(span) if self.timeline else span

    def where(self, time: Fraction) -> Fraction:
        return self.timeline.where(time) if self.timeline else time

    @property
    def title(self) -> str:
        return self.source.path.name

    @property
    def picture_start(self) -> Fraction:
        """In a clip that begins with sound, the first frame is held until then."""
        video = self.source.video
        late = video.start - self.source.start if video else Fraction(0)
        start = self.when(late + 1 / self.rate) if late > 0 else None
        return start or Fraction(0)

    @property
    def content_end(self) -> Fraction:
        return self.timeline.end if self.timeline else self.content_length

    @property
    def content_rate(self) -> Fraction:
        return self.source.video.rate if self.source.video else self.rate

    @property
    def content_length(self) -> Fraction:
        video = self.source.video
        return video.end - video.start if video else self.duration

    @property
    def content_size(self) -> Size:
        return self.conformed.size or self.frame

    @property
    def preroll(self) -> Fraction:
        """Rate conversions look back by one source frame, which may be long.

        0 if the source's frames lie exactly on the programme's grid and no frame combines several: a part
        that begins with a keyframe is then decoded from it, and not from the keyframe before.
        """
        video = self.source.video
        if video is None:
            return 2 / self.rate
        even = video.gap == 1 / video.rate and video.end - video.start == video.frames / video.rate
        on_grid = even and video.rate == self.rate and not video.interlaced
        return Fraction(0) if on_grid else 2 * video.gap + 2 / self.rate


@dataclass(frozen=True)
class PlacedClip:
    """A clip in a programme: its name, how it's planned by itself, and where it is.

    `start` (s) is the programme time at which the clip's own programme begins, which can be before it's
    visible. `spans` are when it's visible, its transitions included. `captions` are the clip's own, if it has
    some. `audible` are the parts of the clip whose sound the programme has, on the clock of the clip's own
    programme; None: those of its picture.
    """

    name: str
    clip: ClipProgramme
    start: Fraction
    spans: tuple[Span, ...]
    captions: Document | None = None
    audible: Timeline | None = None

    def when(self, moment: Fraction) -> Fraction | None:
        """The programme time of a moment of the clip; None if it isn't visible."""
        own = self.clip.when(moment)
        time = None if own is None else self.start + own
        visible = time is not None and any(span.start <= time < span.end for span in self.spans)
        return time if visible else None

    def programme_span(self, span: Span) -> Span | None:
        """The programme time of a span of the clip, whether it's visible or audible; None if it's cut."""
        own = (self.audible or self.clip).programme_span(span)
        return None if own is None else Span(max(Fraction(0), self.start + own.start), self.start + own.end)

    def where(self, time: Fraction) -> Fraction:
        """The moment of the clip at a time of the programme."""
        return self.clip.where(time - self.start)


def only_clip(programme: Programme, task: str) -> ClipProgramme:
    """A programme of one clip as such; SpecError for a timeline, which `task` isn't possible for."""
    if isinstance(programme, ClipProgramme):
        return programme
    message = f"{task} needs a deliverable of one clip, and {programme.title} is a timeline"
    raise SpecError(message, "name a deliverable of one clip")
