"""The part of a clip that a segment of a timeline uses: its range, its speed, and the handles around it."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Final

from finish.errors import SpecError
from finish.graph import Timeline
from finish.graph.timeline import SpeedSpan, ratio
from finish.model import ClipMaterial, ClipProgramme
from finish.units import Span, first_frame, number

# s: while the speed changes, each part has one speed. House: at 1 to 4 times within a second, a picture is a
# ninth of a frame off, and sound 23 ms, less than the 40 ms that viewers notice (ITU-R BT.1359).
_PICTURE_STEP: Final = Fraction(1, 10)
_SOUND_STEP: Final = Fraction(1, 4)
_MICROSECONDS: Final = 1_000_000


@dataclass(frozen=True)
class SegmentTimeline:
    """The parts of a clip that a segment shows, and those that it lets hear, of the same length.

    They differ only where the speed changes evenly: sound has fewer parts.
    """

    picture: Timeline
    sound: Timeline
    clip_frames: int  # of the whole clip, on the delivery's grid

    @property
    def frames(self) -> int:
        """The length in frames of the delivery."""
        return round(self.picture.end * self.picture.rate)

    @property
    def before(self) -> int:
        """How many frames more there are before the range, at the speed of its first part."""
        first = self.picture.parts[0]
        return math.floor(first.start * self.picture.rate / ratio(first))

    @property
    def after(self) -> int:
        """How many frames more there are after the range, at the speed of its last part."""
        last, rate = self.picture.parts[-1], self.picture.rate
        return max(0, math.floor((self.clip_frames / rate - last.end) * rate / ratio(last)))

    @property
    def whole(self) -> bool:
        """Whether it's the whole clip at its own speed."""
        return self.picture.parts == (Span(Fraction(0), self.clip_frames / self.picture.rate),)


def segment_timeline(programme: ClipProgramme, clip: ClipMaterial, rate: Fraction) -> SegmentTimeline:
    """What a segment uses of its clip, on the delivery's grid of `rate` (Hz).

    `programme` is the clip after the stages that decide how long it is. SpecError for a range that isn't in
    the clip.
    """
    frames = max(1, first_frame(programme.duration, rate))
    whole = Span(Fraction(0), frames / rate)
    kept = programme.timeline.parts if programme.timeline else (whole,)
    parts = tuple(_inside(kept, _range(clip, whole, rate)))
    if not parts:
        raise SpecError("nothing of its range is kept", "change `in` and `out`, or what pacing cuts")
    if clip.speed and any(isinstance(part, SpeedSpan) for part in parts):
        raise SpecError("it has a speed, and pacing sets another", "state the speed once")
    curve = SpeedCurve(tuple((key.at.on(rate), key.by) for key in clip.speed))
    picture, sound = (
        Timeline(rate, tuple(curve.sped(parts, rate, step))) if clip.speed else Timeline(rate, parts)
        for step in (_PICTURE_STEP, _SOUND_STEP)
    )
    if clip.length is not None:
        count = clip.length.count(rate)
        picture, sound = (_shortened(timeline, count) for timeline in (picture, sound))
    return SegmentTimeline(picture, sound, frames)


def used_seconds(clip: ClipMaterial, programme: ClipProgramme) -> Fraction:
    """About how long the range is that a segment states (s of the clip), before its rate is known."""
    start = clip.begin.on(programme.rate) if clip.begin else Fraction(0)
    end = clip.end.on(programme.rate) if clip.end else programme.duration
    return max(Fraction(0), min(end, programme.duration) - start)


def _range(clip: ClipMaterial, whole: Span, rate: Fraction) -> Span:
    """The range of the clip that a segment states."""
    start = clip.begin.on(rate) if clip.begin else whole.start
    end = clip.end.on(rate) if clip.end else whole.end
    if start >= whole.end:
        raise SpecError(
            f"`in` is {_time(start)}, and the clip ends at {_time(whole.end)}", "use an earlier `in`"
        )
    if end > whole.end:
        missing = round((end - whole.end) * rate)
        message = (
            f"`out` is {_time(end)}, and the clip ends at {_time(whole.end)}: {_frames(missing)} missing"
        )
        raise SpecError(message, f"use an `out` of at most {number(round(whole.end, 3))}")
    if end <= start:
        raise SpecError(f"`out` ({_time(end)}) isn't after `in` ({_time(start)})", "swap or change them")
    return Span(start, end)


def _time(time: Fraction) -> str:
    return f"{number(round(time, 3))} s"


def _frames(count: int) -> str:
    return f"{count} frame{'' if count == 1 else 's'}"


def _inside(parts: Sequence[Span], span: Span) -> Iterator[Span]:
    """The parts, at their own speeds, inside a span of the clip."""
    for part in parts:
        start, end = max(part.start, span.start), min(part.end, span.end)
        if start >= end:
            continue
        if isinstance(part, SpeedSpan):
            yield SpeedSpan(start, end, (end - start) / ratio(part))
        else:
            yield Span(start, end)


def _shortened(timeline: Timeline, frames: int) -> Timeline:
    """The first frames of a timeline; SpecError if it has fewer."""
    rate, length = timeline.rate, round(timeline.end * timeline.rate)
    if frames > length:
        missing = frames - length
        message = f"`seconds` is {_time(frames / rate)}, and the clip has {_time(length / rate)} from `in` on"
        raise SpecError(f"{message}: {_frames(missing)} missing", "shorten it, or use an earlier `in`")
    kept = []
    for part, begins in timeline.placed:
        left = frames / rate - begins
        if left >= part.length:
            kept.append(part)
        elif left > 0:
            kept.append(_cut(part, left))
    return replace(timeline, parts=tuple(kept))


def _cut(part: Span, seconds: Fraction) -> Span:
    """The first seconds (of the programme) of a part."""
    end = part.start + seconds * ratio(part)
    return SpeedSpan(part.start, end, seconds) if isinstance(part, SpeedSpan) else Span(part.start, end)


def extended(timeline: Timeline, head: int, tail: int) -> Timeline:
    """The timeline with more frames before and after it, at the speeds of its first and last part."""
    first, *others = timeline.parts
    parts = [_longer(first, head / timeline.rate, Fraction(0)), *others]
    parts[-1] = _longer(parts[-1], Fraction(0), tail / timeline.rate)
    return replace(timeline, parts=tuple(parts))


def _longer(part: Span, before: Fraction, after: Fraction) -> Span:
    start, end = part.start - before * ratio(part), part.end + after * ratio(part)
    return (
        SpeedSpan(start, end, before + part.length + after)
        if isinstance(part, SpeedSpan)
        else Span(start, end)
    )


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
        """The parts at this speed, in whole frames of `rate` (Hz): steps of about `step` s where it
        changes."""
        played, frames = 0.0, 0
        for part in parts:
            for start, end, seconds in self._steps(part, step):
                played += seconds
                count = round(played * rate) - frames
                if count > 0:
                    frames += count
                    yield SpeedSpan(start, end, count / rate)

    def _steps(self, part: Span, step: Fraction) -> Iterator[tuple[Fraction, Fraction, float]]:
        """Ranges of the clip with nearly one speed, and how long each plays (s)."""
        inner = [time for time in self._times if part.start < time < part.end]
        for start, end in pairwise((part.start, *inner, part.end)):
            seconds = self._seconds(start, end)
            count = 1 if self._speed(start) == self._speed(end) else max(1, round(seconds / step))
            moments = [start, *(self._moment(start, end, seconds * n / count) for n in range(1, count)), end]
            yield from ((one, other, seconds / count) for one, other in pairwise(moments))

    def _speed(self, moment: Fraction) -> Fraction:
        index = bisect_right(self._times, moment)
        if index in (0, len(self.keys)):
            return self.keys[max(0, index - 1)][1]
        (start, low), (end, high) = self.keys[index - 1 : index + 1]
        return low + (high - low) * (moment - start) / (end - start)

    def _seconds(self, start: Fraction, end: Fraction) -> float:
        """How long a range without a key inside plays (s)."""
        low, high = float(self._speed(start)), float(self._speed(end))
        length = float(end - start)
        return length / low if low == high else length / (high - low) * math.log(high / low)

    def _moment(self, start: Fraction, end: Fraction, seconds: float) -> Fraction:
        """The moment of the clip that plays `seconds` after the start of a range without a key inside."""
        low, high = float(self._speed(start)), float(self._speed(end))
        slope = (high - low) / float(end - start)
        moment = float(start) + low / slope * (math.exp(slope * seconds) - 1)
        return Fraction(round(moment * _MICROSECONDS), _MICROSECONDS)
