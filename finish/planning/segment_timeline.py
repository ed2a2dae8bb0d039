"""The part of a clip that a segment of a timeline uses: its range, its speed, and the handles around it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from finish.errors import SpecError
from finish.graph import Timeline
from finish.graph.timeline import SpeedSpan, ratio
from finish.model import ClipMaterial, ClipProgramme
from finish.planning.edit_layout import frames_text
from finish.planning.speed_curve import SpeedCurve
from finish.units import Span, first_frame, number

# s: while the speed changes, each part has one speed. House: at 1 to 4 times within a second, a picture is a
# ninth of a frame off, and sound 23 ms, less than the 40 ms that viewers notice (ITU-R BT.1359).
_PICTURE_STEP: Final = Fraction(1, 10)
_SOUND_STEP: Final = Fraction(1, 4)


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

    def shortened(self, frames: int) -> SegmentTimeline:
        """Its first frames."""
        picture, sound = (_shortened(timeline, frames) for timeline in (self.picture, self.sound))
        return replace(self, picture=picture, sound=sound)

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
    if not picture.parts:
        raise SpecError(
            f"at {float(clip.speed[0].by):g} times its speed, it's shorter than a frame", "slow it down"
        )
    if clip.length is not None:
        count = clip.length.length(rate)
        picture, sound = (_shortened(timeline, count) for timeline in (picture, sound))
    return SegmentTimeline(picture, sound, frames)


def used_seconds(clip: ClipMaterial, length: Fraction, rate: Fraction) -> Fraction:
    """About how long the stated range is (s) of a clip of that length (s), before the programme's rate is
    known; `rate` (Hz) is the clip's."""
    start = clip.begin.on(rate) if clip.begin else Fraction(0)
    end = clip.end.on(rate) if clip.end else length
    return max(Fraction(0), min(end, length) - start)


def _range(clip: ClipMaterial, whole: Span, rate: Fraction) -> Span:
    """The range of the clip that a segment states."""
    start = clip.begin.on(rate) if clip.begin else whole.start
    end = clip.end.on(rate) if clip.end else whole.end
    length = f"and the clip is {_time(whole.end)} long"
    if start >= whole.end:
        raise SpecError(f"`in` is {clip.begin}, {length}", "use an earlier `in`")
    if end > whole.end:
        missing = frames_text(round((end - whole.end) * rate))
        hint = f"use an `out` of at most {number(round(whole.end, 3))}"
        raise SpecError(f"`out` is {clip.end}, {length}: {missing} missing", hint)
    if end == start:
        raise SpecError(f"`in` {clip.begin} and `out` {clip.end} are the same frame", "use a later `out`")
    if end < start:
        raise SpecError(f"`out` {clip.end} isn't after `in` {clip.begin}", "swap or change them")
    return Span(start, end)


def _time(time: Fraction) -> str:
    return f"{number(round(time, 3))} s"


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
        raise SpecError(f"{message}: {frames_text(missing)} missing", "shorten it, or use an earlier `in`")
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


def audible_timeline(timeline: Timeline | None, head: int, tail: int) -> Timeline | None:
    """A clip's parts with so many frames more of its sound, on the same clock; None without any."""
    if timeline is None or head + tail == 0:
        return None
    return replace(extended(timeline, head, tail), start=timeline.start - head / timeline.rate)


def _longer(part: Span, before: Fraction, after: Fraction) -> Span:
    start, end = part.start - before * ratio(part), part.end + after * ratio(part)
    return (
        SpeedSpan(start, end, before + part.length + after)
        if isinstance(part, SpeedSpan)
        else Span(start, end)
    )
