"""Where the segments of a timeline are: their frames, their handles, and the edges of their sounds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, zip_longest
from typing import Final

from finish.errors import FinishError, SpecError, several
from finish.graph import PicturePlace, PictureTransition, SoundPlace
from finish.model import SOUND_RATE, EditSegment, EditTransition
from finish.units import Span

# House: as at a joint inside of a clip (graph.cuts): no click, and too short to hear what the other side is.
_CROSSFADE: Final = 480  # samples, 10 ms, half of it on either side of the joint
_EDGE: Final = 96  # samples, 2 ms: for a clip without sound beyond the edge


@dataclass(frozen=True)
class SegmentExtent:
    """What a segment has, and what it asks for, before it is placed; all but `sounds` in frames.

    `before` and `after` are how many more frames there are beyond its range; None: as many as needed.
    `into` are the frames of its transition before and after the joint. Its sound begins `lead` earlier than
    its picture and ends `lag` later. `sounds`: it has a sound.
    """

    segment: EditSegment
    frames: int
    before: int | None = None
    after: int | None = None
    sounds: bool = False
    into: tuple[int, int] = (0, 0)
    lead: int = 0
    lag: int = 0

    @classmethod
    def of(
        cls,
        segment: EditSegment,
        frames: int,
        beyond: tuple[int | None, int | None],
        rate: Fraction,
        *,
        sounds: bool,
    ) -> SegmentExtent:
        """The extent of a segment at `rate` (Hz), with so many frames `beyond` its range on either side."""
        into = shares(segment.transition, rate)
        lead, lag = segment.sound.lead.count(rate), segment.sound.lag.count(rate)
        if (lead or lag) and not sounds:
            raise SpecError("it has `lead` or `lag`, and no sound", "remove them")
        return cls(segment, frames, *beyond, sounds, into, lead, lag)

    @property
    def holds(self) -> bool:
        """Whether its first picture replaces missing ones in its transition."""
        return self.segment.transition is not None and self.segment.transition.short == "hold"


@dataclass(frozen=True)
class SegmentPlacement:
    """Where a segment is on the programme's grid.

    It's the picture from frame `start` for `frames`, and visible for `head` frames before and `tail` frames
    after that. Its sound is audible from `sound_start` until `sound_end` (samples). `sound_head` and
    `sound_tail` are the frames that its sound needs beyond its range.
    """

    extent: SegmentExtent
    start: int
    head: int = 0
    tail: int = 0
    transition: PictureTransition | None = None
    sound_start: int = 0
    sound_end: int = 0
    sound_head: int = 0
    sound_tail: int = 0
    fade_in: int = 0
    fade_out: int = 0

    @property
    def segment(self) -> EditSegment:
        return self.extent.segment

    @property
    def frames(self) -> int:
        return self.extent.frames

    @property
    def end(self) -> int:
        """The frame after the last one of its range."""
        return self.start + self.frames

    @property
    def handles(self) -> tuple[int, int]:
        """How many frames of its head and of its tail the clip has; for the others, a picture is held."""
        before, after = self.extent.before, self.extent.after
        return (
            self.head if before is None else min(self.head, before),
            self.tail if after is None else min(self.tail, after),
        )

    def visible(self, rate: Fraction) -> Span:
        """When it's visible (s), unless something covers it."""
        return Span((self.start - self.head) / rate, (self.end + self.tail) / rate)

    @property
    def sound_beyond(self) -> tuple[int, int]:
        """How many frames its sound begins before its handles, and ends after them."""
        head, tail = self.handles
        return max(0, self.extent.lead - head), max(0, self.extent.lag - tail)

    def picture(self, preroll: Fraction) -> PicturePlace:
        """The place of its picture, whose own first frame is the first of the clip's handles."""
        head, tail = self.handles
        available = head + self.frames + tail if tail < self.tail else None
        place = PicturePlace(self.start - self.head, self.end + self.tail, head - self.head, self.transition)
        return replace(place, preroll=preroll, available=available)

    def sound(self, rate: Fraction) -> SoundPlace:
        """The place of its sound, whose own first sample is the first of `sound_head`."""
        begin = samples(self.start, rate) - samples(self.sound_head, rate)
        gain = self.segment.sound.gain
        first = self.sound_start - begin
        return SoundPlace(self.sound_start, self.sound_end, first, self.fade_in, self.fade_out, gain)


def samples(frames: int, rate: Fraction) -> int:
    """The sample (48 kHz) at which a frame begins."""
    return round(frames * SOUND_RATE / rate)


def lay_out(extents: Sequence[SegmentExtent], rate: Fraction) -> tuple[SegmentPlacement, ...]:
    """The placements of a timeline's segments at `rate` (Hz).

    FinishError with every transition that is too long for its clips, and every sound that is too short.
    """
    errors = [*_overlapping(extents, rate), *_short(extents), *_odd_edges(extents)]
    if errors:
        raise several(tuple(errors))
    edges = [_SoundEdge.of(one, other, rate) for one, other in pairwise(extents)]
    return tuple(_placements(extents, edges, rate))


def shares(transition: EditTransition | None, rate: Fraction) -> tuple[int, int]:
    """The frames of a transition before and after its joint."""
    if transition is None:
        return 0, 0
    frames = transition.length.length(rate)
    before = {"centre": frames // 2, "start": 0, "end": frames}[transition.align]
    return before, frames - before


def _overlapping(extents: Sequence[SegmentExtent], rate: Fraction) -> Iterator[FinishError]:
    """An error for every segment that its transitions don't leave a frame of."""
    for extent, later in zip_longest(extents, extents[1:]):
        taken = extent.into[1] + (later.into[0] if later else 0)
        if taken > extent.frames:
            message = (
                f"{extent.segment.label}: its transitions take {frames_text(taken)} of it, and it has "
                f"{extent.frames} ({float(extent.frames / rate):.3g} s)"
            )
            yield SpecError(message, "shorten the transitions", where=extent.segment.where)


def _short(extents: Sequence[SegmentExtent]) -> Iterator[FinishError]:
    """An error for every transition that needs more frames than a clip has beyond its range."""
    for one, other in pairwise(extents):
        before, after = other.into
        lacking = (
            (other, before, other.before, "before its `in`"),
            (one, after, one.after, "after its `out`"),
        )
        for extent, needed, available, where in lacking if not other.holds else ():
            if available is not None and needed > available:
                kind = other.segment.transition.kind if other.segment.transition else "transition"
                message = (
                    f"{extent.segment.label}: the {kind} into {other.segment.label} needs "
                    f"{frames_text(needed)} {where}, and the clip has {available}: "
                    f"{frames_text(needed - available)} missing"
                )
                hint = "shorten the transition or the range, change its `align`, or set `short: hold`"
                yield SpecError(message, hint, where=other.segment.where)


def _odd_edges(extents: Sequence[SegmentExtent]) -> Iterator[FinishError]:
    """An error for every `lead` and `lag` that is longer than its clip or its neighbour allows."""
    for one, extent, other in zip((None, *extents), extents, (*extents[1:], None), strict=False):
        sides = (
            ("lead", extent.lead, extent.before, "before its `in`", one, "before"),
            ("lag", extent.lag, extent.after, "after its `out`", other, "after"),
        )
        for name, frames, available, where, neighbour, side in sides:
            subject = f"{extent.segment.label}: `sound: {{{name}: {frames}f}}`"
            at, hint = extent.segment.where, f"shorten `{name}`"
            if frames and (neighbour is None or not neighbour.segment.number):
                yield SpecError(f"{subject} has no segment {side} it", f"remove `{name}`", where=at)
            elif frames and neighbour and frames > neighbour.frames:
                over = f"{subject} is longer than {neighbour.segment.label} ({frames_text(neighbour.frames)})"
                yield SpecError(over, hint, where=at)
            elif available is not None and frames > available:
                missing = f"and the clip has {available} {where}: {frames_text(frames - available)} missing"
                yield SpecError(f"{subject} needs {frames_text(frames)}, {missing}", hint, where=at)
        if one and other and one.lag + other.lead > extent.frames:
            message = f"{extent.segment.label}: the sounds on either side of it meet over it"
            yield SpecError(message, "shorten `lag` or `lead` beside it", where=extent.segment.where)


def frames_text(count: int) -> str:
    """A number of frames in words, such as "1 frame"."""
    return f"{count} frame{'' if count == 1 else 's'}"


@dataclass(frozen=True)
class _SoundEdge:
    """How the sound of one segment ends and that of the next begins, in samples from their joint.

    `end` is when the first is silent, and `begin` when the second begins; the fades end and begin there.
    """

    end: int
    begin: int
    fade_out: int
    fade_in: int

    @classmethod
    def of(cls, one: SegmentExtent, other: SegmentExtent, rate: Fraction) -> _SoundEdge:
        before, after = other.into
        held = other.holds and (_lacks(other.before, before) or _lacks(one.after, after))
        if before + after and not (one.lag or other.lead or held):
            length = samples(before + after, rate)
            return cls(samples(after, rate), -samples(before, rate), length, length)
        end, begin = samples(one.lag, rate), -samples(other.lead, rate)
        if not one.lag or not other.lead:  # one edge: the sound changes there
            end = begin = end + begin
        over = _CROSSFADE // 2 if end < 0 or not _lacks(one.after, one.lag + 1) else 0
        under = _CROSSFADE // 2 if begin > 0 or not _lacks(other.before, other.lead + 1) else 0
        return cls(end + over, begin - under, _CROSSFADE if over else _EDGE, _CROSSFADE if under else _EDGE)


def _lacks(available: int | None, needed: int) -> bool:
    return available is not None and available < needed


def _placements(
    extents: Sequence[SegmentExtent], edges: Sequence[_SoundEdge], rate: Fraction
) -> Iterator[SegmentPlacement]:
    start = 0
    inner = zip(extents, (None, *edges), (*edges, None), (*extents[1:], None), strict=True)
    for extent, into, out_of, later in inner:
        begin, end = samples(start, rate), samples(start + extent.frames, rate)
        sound_start = begin + (into.begin if into else 0)
        sound_end = end + (out_of.end if out_of else 0)
        yield SegmentPlacement(
            extent,
            start,
            extent.into[0],
            later.into[1] if later else 0,
            _transition(extent.segment.transition, sum(extent.into)),
            max(0, sound_start),
            sound_end,
            _whole_frames(begin - sound_start, rate, extent.before),
            _whole_frames(sound_end - end, rate, extent.after),
            into.fade_in if into else 0,
            out_of.fade_out if out_of else 0,
        )
        start += extent.frames


def _whole_frames(count: int, rate: Fraction, available: int | None) -> int:
    """The least number of frames that hold so many samples, of those that are available.

    Samples are rounded, so all of the available frames can seem to be a sample short.
    """
    frames = max(0, math.ceil(Fraction(count) * rate / SOUND_RATE))
    return frames if available is None else min(frames, available)


def _transition(transition: EditTransition | None, frames: int) -> PictureTransition | None:
    if transition is None or not frames:
        return None
    return PictureTransition(
        transition.kind, frames, 0, transition.light, transition.direction, transition.colour
    )
