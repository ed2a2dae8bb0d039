"""The speed of a clip by its own time, as parts in whole frames of a programme."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, pairwise

from finish.graph.timeline import SpeedSpan
from finish.units import Span

_MICROSECONDS = 1_000_000


@dataclass(frozen=True)
class SpeedCurve:
    """The speed of a clip by its own time: `keys` are times (s) with speeds, in order.

    Between two keys, the speed changes evenly over the clip's time; before the first and after the last it
    stays. The programme time is the integral of 1 / speed.
    """

    keys: tuple[tuple[Fraction, Fraction], ...]

    @cached_property
    def _times(self) -> list[Fraction]:
        return [time for time, _ in self.keys]

    def sped(self, parts: Sequence[Span], rate: Fraction, step: Fraction) -> Iterator[SpeedSpan]:
        """The parts at this speed, in whole frames of `rate` (Hz): steps of about `step` s where it changes.

        Parts that are shorter than half a frame are left out. A part at one speed keeps it: it ends up to
        half a frame of the programme early, and the last one early or late.
        """
        played = accumulate((sum(self._lengths(part)) for part in parts), initial=0.0)
        for number, (part, (begin, end)) in enumerate(zip(parts, pairwise(played), strict=True), 1):
            frames = round(end * rate) - round(begin * rate)
            if frames <= 0:
                continue
            exact = self._at_one_speed(part, frames / rate)
            if exact and (exact.end <= part.end or number == len(parts)):
                yield exact
            else:
                yield from self._steps(part, frames, rate, step)

    def _at_one_speed(self, part: Span, seconds: Fraction) -> SpeedSpan | None:
        """The first `seconds` (of the programme) of a part; None if its speed changes."""
        speeds = {self._speed(moment) for ends in self._ranges(part) for moment in ends}
        if len(speeds) > 1:
            return None
        return SpeedSpan(part.start, part.start + seconds * speeds.pop(), seconds)

    def _steps(self, part: Span, frames: int, rate: Fraction, step: Fraction) -> Iterator[SpeedSpan]:
        """A part in so many frames.

        The moments of the clip follow from whole frames, so that even changes have even steps.
        """
        lengths = self._lengths(part)
        whole = sum(lengths)
        ends = [round(frames * end / whole) for end in accumulate(lengths, initial=0.0)]
        marks = [0]
        for (start, stop), (first, last) in zip(self._ranges(part), pairwise(ends), strict=True):
            even = self._speed(start) == self._speed(stop)
            count = 1 if even else max(1, round((last - first) / (step * rate)))
            marks += [first + (last - first) * number // count for number in range(1, count + 1)]
        kept = sorted(set(marks))
        moments = [part.start, *(self._moment(part, mark * whole / frames) for mark in kept[1:-1]), part.end]
        for (start, stop), (first, last) in zip(pairwise(moments), pairwise(kept), strict=True):
            yield SpeedSpan(start, stop, (last - first) / rate)

    def _ranges(self, part: Span) -> list[tuple[Fraction, Fraction]]:
        """The ranges of a part without a key inside."""
        inner = [time for time in self._times if part.start < time < part.end]
        return list(pairwise((part.start, *inner, part.end)))

    def _lengths(self, part: Span) -> list[float]:
        """How long each range of a part plays (s)."""
        return [self._seconds(*ends) for ends in self._ranges(part)]

    def _speed(self, moment: Fraction) -> Fraction:
        index = bisect_right(self._times, moment)
        if index in (0, len(self.keys)):
            return self.keys[max(0, index - 1)][1]
        (start, low), (end, high) = self.keys[index - 1 : index + 1]
        return low + (high - low) * (moment - start) / (end - start)

    def _seconds(self, start: Fraction, end: Fraction) -> float:
        """How long a range without a key inside plays (s)."""
        low, high, length = float(self._speed(start)), float(self._speed(end)), float(end - start)
        return length / low if low == high else length / (high - low) * math.log(high / low)

    def _moment(self, part: Span, seconds: float) -> Fraction:
        """The moment of the clip that plays `seconds` after the start of a part."""
        left = seconds
        for start, end in self._ranges(part):
            length = self._seconds(start, end)
            if left <= length or end == part.end:
                break
            left -= length
        low, high = float(self._speed(start)), float(self._speed(end))
        slope = (high - low) / float(end - start)
        past = low * left if not slope else low / slope * (math.exp(slope * left) - 1)
        return min(end, Fraction(round((float(start) + past) * _MICROSECONDS), _MICROSECONDS))
