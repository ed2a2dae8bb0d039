"""Where the segments of a timeline are: their frames, their handles, and the edges of their sounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Final

from finish.errors import FinishError, SpecError, several
from finish.graph import PicturePlace, PictureTransition, SoundPlace
from finish.model import SOUND_RATE, EditSegment, EditTransition

# House: as at a joint inside of a clip (graph.cuts): no click, and too short to hear what the other side is.
_CROSSFADE: Final = 480  # samples, 10 ms, half of it on either side of the joint
_EDGE: Final = 96  # samples, 2 ms: where there is no sound beyond the edge


@dataclass(frozen=True)
class SegmentExtent:
    """What a segment has before it is placed: its length in frames, and how many frames more there are before
    and after; None: as many as needed. `sounds`: it has a sound."""

    segment: EditSegment
    frames: int
    before: int | None = None
    after: int | None = None
    sounds: bool = False


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

    def picture(self, preroll: Fraction) -> PicturePlace:
        """The place of its picture, whose own first frame is the first of its head."""
        return PicturePlace(self.start - self.head, self.end + self.tail, 0, self.transition, preroll)

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
    shares = [_shares(extent.segment.transition, rate) for extent in extents]
    errors = [*_overlapping(extents, shares, rate), *_short(extents, shares)]
    edges = [_Edge.of(extents, shares, index, rate) for index in range(1, len(extents))]
    errors += [error for edge in edges for error in edge.errors]
    if errors:
        raise several(tuple(errors))
    return tuple(_placements(extents, shares, edges, rate))


def _shares(transition: EditTransition | None, rate: Fraction) -> tuple[int, int]:
    """The frames of a transition before and after its joint."""
    if transition is None:
        return 0, 0
    frames = transition.length.count(rate)
    before = {"centre": frames // 2, "start": 0, "end": frames}[transition.align]
    return before, frames - before


def _overlapping(
    extents: Sequence[SegmentExtent], shares: Sequence[tuple[int, int]], rate: Fraction
) -> Iterator[FinishError]:
    """An error for every segment that its transitions don't leave a frame of."""
    for number, extent in enumerate(extents):
        into = shares[number][1]
        out_of = shares[number + 1][0] if number + 1 < len(extents) else 0
        if into + out_of > extent.frames:
            message = (
                f"{extent.segment.label}: its transitions take {into + out_of} frames of it, and it has "
                f"{extent.frames} ({float(extent.frames / rate):.3g} s)"
            )
            yield SpecError(message, "shorten the transitions", where=extent.segment.where)


def _short(extents: Sequence[SegmentExtent], shares: Sequence[tuple[int, int]]) -> Iterator[FinishError]:
    """An error for every transition that needs more frames than a clip has beyond its range."""
    for number, (one, other) in enumerate(pairwise(extents), 1):
        before, after = shares[number]
        lacking = (
            (other, before, other.before, "before its `in`"),
            (one, after, one.after, "after its `out`"),
        )
        for extent, needed, available, where in lacking:
            if available is not None and needed > available:
                kind = other.segment.transition.kind if other.segment.transition else "transition"
                missing = needed - available
                message = (
                    f"{extent.segment.label}: the {kind} into segment {other.segment.number} "
                    f"({other.segment.name}) needs {_frames(needed)} {where}, and the clip has {available}: "
                    f"{_frames(missing)} missing"
                )
                hint = "shorten the transition or the range, or change its `align`"
                yield SpecError(message, hint, where=other.segment.where)


def _frames(count: int) -> str:
    return f"{count} frame{'' if count == 1 else 's'}"


@dataclass(frozen=True)
class _Edge:
    """How the sound of one segment ends and that of the next begins, in samples around their joint.

    `end` is when the first is silent, and `begin` when the second begins; the fades end and begin there.
    """

    end: int
    begin: int
    fade_out: int
    fade_in: int
    errors: tuple[FinishError, ...] = field(default=())

    @classmethod
    def of(
        cls, extents: Sequence[SegmentExtent], shares: Sequence[tuple[int, int]], index: int, rate: Fraction
    ) -> _Edge:
        one, other = extents[index - 1], extents[index]
        lag, lead = one.segment.sound.lag.count(rate), other.segment.sound.lead.count(rate)
        errors = tuple(_too_long(one, lag, one.after, "lag", "after its `out`")) + tuple(
            _too_long(other, lead, other.before, "lead", "before its `in`")
        )
        before, after = shares[index]
        if before + after and not (lag or lead):
            length = samples(before + after, rate)
            return cls(samples(after, rate), -samples(before, rate), length, length, errors)
        end, begin = samples(lag, rate), -samples(lead, rate)
        if not lag or not lead:  # one edge: the sound changes there
            end = begin = end + begin
        over = _CROSSFADE // 2 if end < 0 or _has_more(one.after, lag) else 0
        under = _CROSSFADE // 2 if begin > 0 or _has_more(other.before, lead) else 0
        return cls(
            end + over, begin - under, _CROSSFADE if over else _EDGE, _CROSSFADE if under else _EDGE, errors
        )


def _has_more(available: int | None, used: int) -> bool:
    return available is None or available > used


def _too_long(
    extent: SegmentExtent, frames: int, available: int | None, name: str, where: str
) -> Iterator[FinishError]:
    if available is not None and frames > available and extent.sounds:
        missing = frames - available
        message = (
            f"{extent.segment.label}: `sound: {{{name}}}` needs {_frames(frames)} {where}, and the clip has "
            f"{available}: {_frames(missing)} missing"
        )
        yield SpecError(message, f"shorten `{name}`", where=extent.segment.where)


def _placements(
    extents: Sequence[SegmentExtent],
    shares: Sequence[tuple[int, int]],
    edges: Sequence[_Edge],
    rate: Fraction,
) -> Iterator[SegmentPlacement]:
    start, count = 0, len(extents)
    for index, extent in enumerate(extents):
        into, out_of = edges[index - 1] if index else None, edges[index] if index + 1 < count else None
        tail = shares[index + 1][1] if index + 1 < count else 0
        begin, end = samples(start, rate), samples(start + extent.frames, rate)
        sound_start = begin + (into.begin if into else 0)
        sound_end = end + (out_of.end if out_of else 0)
        yield SegmentPlacement(
            extent,
            start,
            shares[index][0],
            tail,
            _transition(extent.segment.transition, sum(shares[index])),
            max(0, sound_start),
            sound_end,
            _needed(begin - sound_start, rate),
            _needed(sound_end - end, rate),
            into.fade_in if into else 0,
            out_of.fade_out if out_of else 0,
        )
        start += extent.frames


def _needed(count: int, rate: Fraction) -> int:
    """The whole frames that hold so many samples."""
    return max(0, -(-Fraction(count) * rate // SOUND_RATE)) if count > 0 else 0


def _transition(transition: EditTransition | None, frames: int) -> PictureTransition | None:
    if transition is None or not frames:
        return None
    return PictureTransition(
        transition.kind, frames, 0, transition.light, transition.direction, transition.colour
    )
