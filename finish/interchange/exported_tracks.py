"""The tracks of a timeline for other programs: what each shows, from which frame until which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from finish.graph.timeline import SpeedSpan, Timeline, ratio
from finish.planning.segment_rows import SegmentRow
from finish.units import Span


@dataclass(frozen=True)
class ExportedPart:
    """One part of a clip, or what is drawn, on a track of a timeline.

    It's there from frame `start` until frame `end` (half-open), without its shares of transitions. `part` is
    the range of the clip (s), or from 0 for what is drawn. `into` has the frames of the transition into it
    before `start`, and from then on.
    """

    row: SegmentRow
    part: Span
    start: int
    end: int
    into: tuple[int, int] = (0, 0)

    @property
    def name(self) -> str:
        """The name of its file, or of its segment."""
        return self.row.files[0] if self.row.files else self.row.segment.name

    def moment(self, frame: int) -> Fraction:
        """The moment of the clip (s) at a frame of the programme, also before and after the part."""
        return self.part.start + (frame - self.start) / self.row.rate * ratio(self.part)


@dataclass(frozen=True)
class ExportedTracks:
    """A timeline's tracks: `pictures` and `sounds` of the main track, and what is `over` it."""

    rate: Fraction
    pictures: tuple[ExportedPart, ...]
    sounds: tuple[ExportedPart, ...]
    over: tuple[ExportedPart, ...] = ()

    @classmethod
    def of(cls, rows: Sequence[SegmentRow]) -> ExportedTracks:
        """The tracks of a timeline with these segments."""
        main, over = [row for row in rows if not row.is_over], [row for row in rows if row.is_over]
        pictures = tuple(item for row in main for item in _items(row, row.parts, row.frames, row.transition))
        above = tuple(item for row in over for item in _items(row, row.parts, row.frames, (0, 0)))
        return cls(main[0].rate, pictures, tuple(_sounds(main)), above)


def _items(
    row: SegmentRow, parts: Sequence[Span], frames: tuple[int, int], into: tuple[int, int]
) -> Iterator[ExportedPart]:
    start, end = frames
    if not parts:
        yield ExportedPart(row, Span(Fraction(0), (end - start) / row.rate), start, end, into)
    for part in parts:
        count = round(part.length * row.rate)
        yield ExportedPart(row, part, start, start + count, into)
        start, into = start + count, (0, 0)


def _sounds(rows: Sequence[SegmentRow]) -> Iterator[ExportedPart]:
    """The sounds of the main track.

    If one edge is moved, both sounds change there; if both are, they overlap in a crossfade.
    """
    for index, row in enumerate(rows):
        if not row.sounds:
            continue
        begin, into = _edge(rows[index - 1], row) if index else (0, (0, 0))
        end, _ = _edge(row, rows[index + 1]) if index + 1 < len(rows) else (0, (0, 0))
        frames = (row.frames[0] + begin, row.frames[1] + end)
        overlaps = index and rows[index - 1].sounds
        yield from _items(row, _moved(row, begin, end), frames, into if overlaps else (0, 0))


def _edge(one: SegmentRow, other: SegmentRow) -> tuple[int, tuple[int, int]]:
    """By how many frames the sound changes after the picture does, and its crossfade around that."""
    if one.lag and other.lead:
        return 0, (other.lead, one.lag)
    if one.lag or other.lead:
        return one.lag - other.lead, (0, 0)
    return 0, other.transition


def _moved(row: SegmentRow, begin: int, end: int) -> tuple[Span, ...]:
    """A segment's parts when they begin and end so many frames later."""
    first, *others = row.parts
    parts = [_longer(first, max(0, -begin) / row.rate, Fraction(0)), *others]
    parts[-1] = _longer(parts[-1], Fraction(0), max(0, end) / row.rate)
    timeline = Timeline(row.rate, tuple(parts))
    return timeline.parts_in(Span(max(0, begin) / row.rate, timeline.end - max(0, -end) / row.rate))


def _longer(part: Span, before: Fraction, after: Fraction) -> Span:
    """A part with seconds of the programme before and after it, at its own speed."""
    speed = ratio(part)
    longer = replace(part, start=part.start - before * speed, end=part.end + after * speed)
    if isinstance(longer, SpeedSpan):
        return replace(longer, playing_time=part.length + before + after)
    return longer
