"""Places the track over a timeline: when each of its segments is visible and audible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from finish.errors import FinishError, SpecError, several
from finish.graph import PictureTransition, SoundLayout
from finish.model import EditSegment
from finish.model.sequence_programme import SoundTrack
from finish.planning.edit_layout import SegmentExtent, SegmentPlacement, frames_text, samples
from finish.units import number

_FADE: Final = 480  # samples, 10 ms: as a crossfade of the main track, without a click


def place_over(
    extents: Sequence[SegmentExtent], main: Sequence[SegmentPlacement], rate: Fraction
) -> tuple[SegmentPlacement, ...]:
    """The placements of the segments over the `main` track, in the order of the segments.

    FinishError with every one that isn't inside the programme, lacks frames, or meets another full one.
    """
    starts = {placement.segment.name: placement.start for placement in main}
    placed, errors = list[SegmentPlacement](), list[FinishError]()
    for extent in extents:
        placement = _placement(extent, _start(extent.segment, starts, rate), rate)
        mistakes = [*_outside(placement, main[-1].end, rate), *_short(extent)]
        errors += mistakes
        if not mistakes:
            placed.append(placement)
    errors += _meeting([one for one in placed if covers(one.segment)], rate)
    if errors:
        raise several(tuple(errors))
    return tuple(placed)


def covers(segment: EditSegment) -> bool:
    """Whether a segment over the main track replaces its picture (B-roll)."""
    return segment.place is not None and not segment.place.corner


def over_sounds(
    placements: Sequence[SegmentPlacement], first: int, length: int, rate: Fraction
) -> tuple[SoundTrack, ...]:
    """The sounds over the main track's, on as few tracks as they need without an overlap.

    `first` is the number of the first placement among all, and `length` the programme's in samples.
    """
    tracks = list[list[tuple[int, SegmentPlacement]]]()
    audible = [(n, one) for n, one in enumerate(placements, first) if one.extent.sounds]
    for index, placement in sorted(audible, key=lambda pair: pair[1].sound_start):
        track = next((one for one in tracks if one[-1][1].sound_end <= placement.sound_start), None)
        if track is None:
            tracks.append([(index, placement)])
        else:
            track.append((index, placement))
    return tuple(
        SoundTrack(
            SoundLayout(length, tuple(placement.sound(rate) for _, placement in track)),
            tuple(index for index, _ in track),
        )
        for track in tracks
    )


def _start(segment: EditSegment, starts: Mapping[str, int], rate: Fraction) -> int:
    """Its first frame in the programme."""
    assert segment.place is not None, "a segment over the main track has a place"
    if segment.place.after is None:
        return segment.place.at.count(rate)
    name, offset = segment.place.after
    return starts[name] + offset.count(rate)


def _placement(extent: SegmentExtent, start: int, rate: Fraction) -> SegmentPlacement:
    head, transition = extent.into[0], extent.segment.transition
    frames = sum(extent.into)
    dissolve = (
        PictureTransition("dissolve", frames, light=transition.light) if transition and frames else None
    )
    sound_start = samples(max(0, start - extent.lead), rate)
    sound_end = samples(start + extent.frames + extent.lag, rate)
    fade = min(_FADE, (sound_end - sound_start) // 2)
    return SegmentPlacement(
        extent, start, head, 0, dissolve, sound_start, sound_end, extent.lead, extent.lag, fade, fade
    )


def _outside(placement: SegmentPlacement, frames: int, rate: Fraction) -> Iterator[SpecError]:
    """An error for a segment that isn't inside the programme."""
    label, at = placement.segment.label, placement.segment.where
    if placement.start >= frames:
        message = (
            f"{label}: it starts at {_time(placement.start, rate)}, and the programme ends at "
            f"{_time(frames, rate)}"
        )
        yield SpecError(message, "use an earlier `at`", where=at)
    elif placement.end + placement.extent.lag > frames:
        over = placement.end + placement.extent.lag - frames
        message = (
            f"{label}: it ends at {_time(placement.end + placement.extent.lag, rate)}, and the programme at "
            f"{_time(frames, rate)}: {frames_text(over)} too long"
        )
        yield SpecError(message, f"shorten it by {_time(over, rate)}, or use an earlier `at`", where=at)
    elif placement.start < placement.head:
        message = f"{label}: its dissolve begins before the programme"
        yield SpecError(message, "use a later `at`, or `align: start`", where=at)


def _short(extent: SegmentExtent) -> Iterator[SpecError]:
    """An error for a transition or sound that needs more of its clip than there is."""
    subjects = (
        ("dissolve", extent.into[0], extent.before, "before its `in`", "shorten it, or use `align: start`"),
        ("`lead`", extent.lead, extent.before, "before its `in`", "shorten `lead`"),
        ("`lag`", extent.lag, extent.after, "after its `out`", "shorten `lag`"),
    )
    for name, needed, available, where, hint in subjects:
        if available is not None and needed > available and not (name == "dissolve" and extent.holds):
            message = (
                f"{extent.segment.label}: its {name} needs {frames_text(needed)} {where}, and the clip has "
                f"{available}: {frames_text(needed - available)} missing"
            )
            yield SpecError(message, hint, where=extent.segment.where)
    if extent.into[1] > extent.frames:
        message = f"{extent.segment.label}: its dissolve is longer than it is ({frames_text(extent.frames)})"
        yield SpecError(message, "shorten the dissolve", where=extent.segment.where)


def _meeting(covering: Sequence[SegmentPlacement], rate: Fraction) -> Iterator[SpecError]:
    """An error for every segment that covers the frame while an earlier one does."""
    in_order = sorted(covering, key=lambda one: one.start)
    last: SegmentPlacement | None = None
    for one in in_order:
        if last and one.start < last.end:
            message = (
                f"{one.segment.label}: it starts at {_time(one.start, rate)}, and {last.segment.label} ends "
                f"at {_time(last.end, rate)}"
            )
            yield SpecError(message, "let one end before the next starts", where=one.segment.where)
        last = one if last is None or one.end > last.end else last


def _time(frames: int, rate: Fraction) -> str:
    return f"{number(round(frames / rate, 3))} s"
