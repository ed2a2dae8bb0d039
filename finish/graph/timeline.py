"""The parts of a clip that a programme keeps, and the map between the clip's time and the programme's."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, pairwise

from finish.graph.filter_values import TimeSliced
from finish.units import Span, number


@dataclass(frozen=True, order=True)
class SpeedSpan(Span):
    """A part that plays in `playing_time` seconds, whole frames of the programme: faster or slower."""

    playing_time: Fraction = Fraction(0)

    @property
    def length(self) -> Fraction:
        """The duration in the programme (s)."""
        return self.playing_time


def ratio(part: Span) -> Fraction:
    """The speed of a part: seconds of the clip per second of the programme."""
    return (part.end - part.start) / part.length


@dataclass(frozen=True)
class Timeline(TimeSliced):
    """Parts of a clip, in order and apart, on the frame grid of `rate` (Hz), played one after the other from
    `start` (s).

    `start` is 0 for a programme. A slice of a timeline starts where its first part starts in the clip, so
    that the same parts are equal wherever the programme plays them. In a `SpeedSpan`, each frame of the
    programme shows the frame of the clip at that moment.
    """

    rate: Fraction
    parts: tuple[Span, ...]
    start: Fraction = Fraction(0)

    @cached_property
    def placed(self) -> tuple[tuple[Span, Fraction], ...]:
        """Each part of the clip, and its start in the programme."""
        begins = accumulate((part.length for part in self.parts[:-1]), initial=self.start)
        return tuple(zip(self.parts, begins, strict=True))

    @cached_property
    def _begins(self) -> list[Fraction]:
        """The start of each part in the programme, for binary search: there can be thousands."""
        return [begins for _, begins in self.placed]

    @cached_property
    def _starts(self) -> list[Fraction]:
        """The start of each part in the clip."""
        return [part.start for part in self.parts]

    @cached_property
    def _ends(self) -> list[Fraction]:
        """The end of each part in the clip."""
        return [part.end for part in self.parts]

    @property
    def end(self) -> Fraction:
        """The end of the last part in the programme."""
        part, begins = self.placed[-1]
        return begins + part.length

    @property
    def joints(self) -> tuple[Fraction, ...]:
        """The programme times at which one part ends and the next begins."""
        return tuple(begins for _, begins in self.placed[1:])

    @property
    def sped(self) -> bool:
        """Whether a part has another speed than in the clip."""
        return any(isinstance(part, SpeedSpan) for part in self.parts)

    def where(self, time: Fraction) -> Fraction:
        """The moment of the clip at a time of the programme; extrapolated outside the parts."""
        part, begins = self.placed[max(0, bisect_right(self._begins, time) - 1)]
        return part.start + (time - begins) * ratio(part)

    def frame(self, time: Fraction) -> Fraction:
        """The start of the clip's frame at a time of the programme."""
        return math.floor(self.where(time) * self.rate) / self.rate

    @property
    def frames(self) -> Iterator[list[int]]:
        """The numbers of the clip's frames that the programme shows, part by part."""
        for part in self.parts:
            step = ratio(part)
            yield [
                math.floor(part.start * self.rate + number * step)
                for number in range(round(part.length * self.rate))
            ]

    def when(self, moment: Fraction) -> Fraction | None:
        """The programme time of a moment of the clip; None if it's removed."""
        index = bisect_right(self._starts, moment) - 1
        if index < 0 or moment >= self._ends[index]:
            return None
        part, begins = self.placed[index]
        return begins + (moment - part.start) / ratio(part)

    def programme_span(self, span: Span) -> Span | None:
        """The programme time of a span of the clip without its removed parts; None if all is removed."""
        kept = self.placed[bisect_right(self._ends, span.start) : bisect_left(self._starts, span.end)]
        if not kept:
            return None
        (first, begins), (last, ends) = kept[0], kept[-1]
        return Span(
            begins + (max(span.start, first.start) - first.start) / ratio(first),
            ends + (min(span.end, last.end) - last.start) / ratio(last),
        )

    def slice(self, span: Span) -> Timeline | None:
        """The parts that play in `span`, on the clip's own clock.

        None if that is one part at its own speed: then there is nothing to remove.
        """
        kept = self.parts_in(span)
        sliced = replace(self, parts=kept, start=math.floor(kept[0].start * self.rate) / self.rate)
        return sliced if len(kept) > 1 or sliced.sped else None

    def parts_in(self, span: Span) -> tuple[Span, ...]:
        """The parts, and shares of parts, that play in `span`."""
        first = max(0, bisect_right(self._begins, span.start) - 1)
        near = self.placed[first : bisect_left(self._begins, span.end)]
        return tuple(
            _sliced(part, begins, span) for part, begins in near if span.start < begins + part.length
        )

    def shift(self, by: Fraction) -> Timeline:
        """The timeline unchanged: it's on the clip's clock, not on the programme's."""
        del by
        return self

    @property
    def gaps(self) -> Iterator[tuple[Fraction, Fraction]]:
        """The end of each gap (the clip's time, s) and its length (s), for a timeline without sped parts."""
        if self.parts[0].start != self.start:
            yield self.parts[0].start, self.parts[0].start - self.start
        yield from ((later.start, later.start - one.end) for one, later in pairwise(self.parts))

    def __str__(self) -> str:
        begins = f" from {number(self.start)}" if self.start else ""
        return ",".join(map(_part_text, self.parts)) + begins


def _sliced(part: Span, begins: Fraction, span: Span) -> Span:
    """What plays in `span` of a part that begins at `begins` (both programme time)."""
    first, last = max(span.start - begins, Fraction(0)), min(span.end - begins, part.length)
    start, end = part.start + first * ratio(part), part.start + last * ratio(part)
    return SpeedSpan(start, end, last - first) if isinstance(part, SpeedSpan) else Span(start, end)


def _part_text(part: Span) -> str:
    speed = f" in {number(part.length)}" if isinstance(part, SpeedSpan) else ""
    return f"{number(part.start)}-{number(part.end)}{speed}"
