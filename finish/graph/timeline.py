"""What is kept of a clip, part after part: the map between the clip's time and the programme's."""

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
    """A part that is shown in `shown` seconds, whole frames of the programme: faster or slower than it was."""

    shown: Fraction = Fraction(0)

    @property
    def length(self) -> Fraction:
        """How long it is shown (s)."""
        return self.shown


def ratio(part: Span) -> Fraction:
    """How many seconds of the clip are shown in one."""
    return (part.end - part.start) / part.length


@dataclass(frozen=True)
class Timeline(TimeSliced):
    """Parts of a clip, ascending and apart, on the frame grid of `rate` (Hz), shown one after the other from `start` (s) on.

    `start` is 0 for a programme. A few parts taken out of it begin where the first lies in the clip, so that the same parts are
    equal wherever the programme shows them. Of a part that is `SpeedSpan`, each frame of the programme shows the frame of the clip that
    stands at its moment.
    """

    rate: Fraction
    parts: tuple[Span, ...]
    start: Fraction = Fraction(0)

    @cached_property
    def placed(self) -> tuple[tuple[Span, Fraction], ...]:
        """Each part of the clip, and when it begins to show."""
        begins = accumulate((part.length for part in self.parts[:-1]), initial=self.start)
        return tuple(zip(self.parts, begins, strict=True))

    @cached_property
    def _begins(self) -> list[Fraction]:
        """When each part begins to show: a moment's part is found by halving, for there may be thousands."""
        return [begins for _, begins in self.placed]

    @cached_property
    def _starts(self) -> list[Fraction]:
        return [part.start for part in self.parts]

    @cached_property
    def _ends(self) -> list[Fraction]:
        return [part.end for part in self.parts]

    @property
    def end(self) -> Fraction:
        """When the last part is over."""
        part, begins = self.placed[-1]
        return begins + part.length

    @property
    def joints(self) -> tuple[Fraction, ...]:
        """When a part begins that does not follow on from the one before."""
        return tuple(begins for _, begins in self.placed[1:])

    @property
    def sped(self) -> bool:
        """Whether any part is faster or slower than it was."""
        return any(isinstance(part, SpeedSpan) for part in self.parts)

    def where(self, time: Fraction) -> Fraction:
        """The moment of the clip that shows at `time`; before the first and after the last part counted on."""
        part, begins = self.placed[max(0, bisect_right(self._begins, time) - 1)]
        return part.start + (time - begins) * ratio(part)

    def frame(self, time: Fraction) -> Fraction:
        """The beginning of the clip's frame that shows at `time`."""
        return math.floor(self.where(time) * self.rate) / self.rate

    @property
    def frames(self) -> Iterator[list[int]]:
        """The numbers of the clip's frames that are shown, part by part."""
        for part in self.parts:
            step = ratio(part)
            yield [
                math.floor(part.start * self.rate + number * step)
                for number in range(round(part.length * self.rate))
            ]

    def when(self, moment: Fraction) -> Fraction | None:
        """When a moment of the clip shows; None for one that is left out."""
        at = bisect_right(self._starts, moment) - 1
        if at < 0 or moment >= self._ends[at]:
            return None
        part, begins = self.placed[at]
        return begins + (moment - part.start) / ratio(part)

    def shown(self, span: Span) -> Span | None:
        """When a span of the clip shows, without what of it is left out; None where nothing of it is kept."""
        kept = self.placed[bisect_right(self._ends, span.start) : bisect_left(self._starts, span.end)]
        if not kept:
            return None
        (first, begins), (last, ends) = kept[0], kept[-1]
        return Span(
            begins + (max(span.start, first.start) - first.start) / ratio(first),
            ends + (min(span.end, last.end) - last.start) / ratio(last),
        )

    def during(self, span: Span) -> Timeline | None:
        """The parts that show in `span`, on the clip's own clock; None where it is one as it was, and nothing need be left out."""
        first = max(0, bisect_right(self._begins, span.start) - 1)
        near = self.placed[first : bisect_left(self._begins, span.end)]
        kept = [_during(part, begins, span) for part, begins in near if span.start < begins + part.length]
        here = replace(self, parts=tuple(kept), start=math.floor(kept[0].start * self.rate) / self.rate)
        return here if len(kept) > 1 or here.sped else None

    def later(self, by: Fraction) -> Timeline:
        """The same: it is on the clip's clock whatever the programme's."""
        del by
        return self

    @property
    def gaps(self) -> Iterator[tuple[Fraction, Fraction]]:
        """From which moment of the clip on how much more (s) has been left out, where nothing is sped."""
        if self.parts[0].start != self.start:
            yield self.parts[0].start, self.parts[0].start - self.start
        yield from ((later.start, later.start - one.end) for one, later in pairwise(self.parts))

    def __str__(self) -> str:
        begins = f" from {number(self.start)}" if self.start else ""
        return ",".join(map(_told, self.parts)) + begins


def _during(part: Span, begins: Fraction, span: Span) -> Span:
    """What of a part shows in `span`."""
    first, last = max(span.start - begins, Fraction(0)), min(span.end - begins, part.length)
    start, end = part.start + first * ratio(part), part.start + last * ratio(part)
    return SpeedSpan(start, end, last - first) if isinstance(part, SpeedSpan) else Span(start, end)


def _told(part: Span) -> str:
    return f"{number(part.start)}-{number(part.end)}" + (
        f" in {number(part.length)}" if isinstance(part, SpeedSpan) else ""
    )
